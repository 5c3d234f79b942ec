#include "policies/screening/name_index.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace tidewaiter {
namespace {

/// Sounds of up to this many letters are found by their near keys, longer ones by going through
/// them. Two consonants that no class joins cost 2 letters, and eight letters at 0.8 allow 1.96.
constexpr std::size_t kLongestNear = 8;
constexpr Score kLeastNear = 800'000;

/// The classes of consonants of a sound but for h, which alignments make cheap.
std::string consonant_key(std::string_view sound) {
  std::string key;
  for (const char c : sound) {
    if (const char group = sound_class(c); group != 0 && group != 'h') key += group;
  }
  return key;
}

/// The key, and the key without each of its letters: two sounds whose keys are a letter apart, or
/// have two letters in the other order, have one in common.
std::vector<std::string> near_keys(std::string_view sound) {
  const std::string key = consonant_key(sound);
  std::vector<std::string> keys{key};
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string shorter = key;
    shorter.erase(i, 1);
    if (std::find(keys.begin(), keys.end(), shorter) == keys.end()) keys.push_back(shorter);
  }
  return keys;
}

std::string identity_of(const NameWord& word) {
  return word.letters + '/' + static_cast<char>('0' + static_cast<int>(word.script)) +
         std::to_string(static_cast<std::uint32_t>(word.sign));
}

constexpr std::uint8_t kIsAbjad = 1;
constexpr std::uint8_t kIsSign = 2;
constexpr std::uint8_t kHasNicknames = 4;
constexpr std::uint8_t kIsInitial = 8;

/// Words that can make a name worth comparing.
bool is_seed(const NameWord& word) { return word.role == WordRole::kPlain; }

}  // namespace

NameIndex::NameIndex(PartyKind kind, std::vector<ComparedName> names)
    : kind_(kind), names_(std::move(names)) {
  add_words();
  add_keys();
  for (std::size_t n = 0; n < names_.size(); ++n) {
    names_[n] = weighed(std::move(names_[n]));
    for (std::size_t i = 0; i < names_[n].words.size(); ++i) {
      uses_[uses_begin_[n] + i].weight = names_[n].words[i].weight;
    }
  }
}

std::int32_t NameIndex::rarity(std::size_t count) const {
  const std::size_t share = names_.size() / std::max<std::size_t>(count, 1);
  return std::min(100, 60 + 5 * static_cast<std::int32_t>(std::bit_width(share)));
}

ComparedName NameIndex::weighed(ComparedName name) const {
  for (NameWord& word : name.words) {
    const auto found = counts_.find(word.letters);
    const std::size_t count = found == counts_.end() ? 1 : found->second;
    word.weight = word.weight * rarity(count) / 100;
  }
  name.update_weight();
  return name;
}

NameIndex::Glance NameIndex::glance_at(const NameWord& word) {
  Glance glance{word.marks, 0};
  if (word.script == Script::kAbjad) glance.traits |= kIsAbjad;
  if (word.sign != 0) glance.traits |= kIsSign;
  if (word.has_nicknames) glance.traits |= kHasNicknames;
  if (word.role == WordRole::kInitial) glance.traits |= kIsInitial;
  return glance;
}

/// False only where word_likeness() is 0.
bool NameIndex::may_be_alike(const Glance& a, const Glance& b) {
  const int both = a.traits & b.traits;
  const int either = a.traits | b.traits;
  const int one = a.traits ^ b.traits;
  const bool is_told_by_more = (both & (kIsSign | kHasNicknames)) != 0 ||
                               (either & kIsInitial) != 0 || (one & kIsAbjad) != 0;
  return is_told_by_more || may_sound_alike(a.marks, b.marks, kLeastLikeness);
}

void NameIndex::add_words() {
  std::unordered_map<std::string, std::uint32_t> places;
  for (std::uint32_t n = 0; n < names_.size(); ++n) {
    uses_begin_.push_back(static_cast<std::uint32_t>(uses_.size()));
    for (const NameWord& form : names_[n].words) {
      const auto [place, fresh] =
          places.try_emplace(identity_of(form), static_cast<std::uint32_t>(words_.size()));
      if (fresh) words_.push_back({form, {}});
      Places& names = words_[place->second].names;
      uses_.push_back({place->second, form.weight});
      if (!names.empty() && names.back() == n) continue;
      names.push_back(n);
      ++counts_[form.letters];
    }
  }
  uses_begin_.push_back(static_cast<std::uint32_t>(uses_.size()));
  std::vector<std::uint32_t> order(words_.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return words_[a].form.sound.size() < words_[b].form.sound.size();
  });
  std::vector<std::uint32_t> moved(words_.size());
  std::vector<Word> sorted;
  sorted.reserve(words_.size());
  for (const std::uint32_t at : order) {
    moved[at] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(std::move(words_[at]));
  }
  words_ = std::move(sorted);
  for (Use& use : uses_) use.word = moved[use.word];
  for (const Word& word : words_) glances_.push_back(glance_at(word.form));
}

void NameIndex::add_keys() {
  long_begin_ = static_cast<std::uint32_t>(words_.size());
  for (std::uint32_t w = 0; w < words_.size(); ++w) {
    const NameWord& form = words_[w].form;
    if (form.sound.size() > kLongestNear) {
      long_begin_ = std::min(long_begin_, w);
    } else {
      for (const std::string& key : near_keys(form.sound)) near_keys_[key].push_back(w);
    }
    for (const std::uint16_t group : nickname_groups(form.letters)) nicknames_[group].push_back(w);
    if (form.sign != 0) signs_[form.sign].push_back(w);
    if (form.script == Script::kAbjad) abjad_words_.push_back(w);
    by_initial_[form.letters.front()].push_back(w);
    if (form.role == WordRole::kInitial) initials_[form.letters.front()].push_back(w);
    words_by_skeleton_[form.skeleton_hash].push_back(w);
  }
  for (std::uint32_t n = 0; n < names_.size(); ++n) {
    joined_[names_[n].joined].push_back(n);
    for (const JoinedWords& run : names_[n].runs) {
      Places& names = runs_[run.skeleton_hash];
      if (names.empty() || names.back() != n) names.push_back(n);
    }
  }
}

NameSearch::NameSearch(const NameIndex& index)
    : index_(index),
      considered_at_(index.names_.size()),
      joined_at_(index.names_.size()),
      seen_at_(index.words_.size()) {}

void NameSearch::consider(const NameIndex::Places& names, bool joined) {
  for (const std::uint32_t name : names) {
    if (joined) joined_at_[name] = search_;
    if (std::exchange(considered_at_[name], search_) != search_) considered_.push_back(name);
  }
}

/// The words of the index that are at least `least` like `word`.
void NameSearch::look_up(const NameWord& word, Score least, NameIndex::Places& found) {
  ++look_up_;
  const auto look_at = [&](std::uint32_t place) {
    if (std::exchange(seen_at_[place], look_up_) == look_up_) return;
    const NameIndex::Word& other = index_.words_[place];
    if (word_likeness(word, other.form, index_.kind_).score >= least) found.push_back(place);
  };
  const auto look_at_sound = [&](std::uint32_t place) {
    if (may_sound_alike(word.marks, index_.words_[place].form.marks, least)) look_at(place);
  };
  const auto all_of = [](const auto& map, const auto& key, const auto& action) {
    if (const auto at = map.find(key); at != map.end()) std::ranges::for_each(at->second, action);
  };
  std::uint32_t from = index_.long_begin_;
  if (least < kLeastNear || word.sound.size() > kLongestNear) {
    from = 0;
  } else {
    for (const std::string& key : near_keys(word.sound)) {
      all_of(index_.near_keys_, key, look_at_sound);
    }
  }
  for (std::uint32_t place = from; place < index_.words_.size(); ++place) look_at_sound(place);
  if (index_.kind_ == PartyKind::kPerson) {
    for (const std::uint16_t group : nickname_groups(word.letters)) {
      all_of(index_.nicknames_, group, look_at);
    }
  }
  if (word.sign != 0) all_of(index_.signs_, word.sign, look_at);
  if (least > kNearConsonants) {
    all_of(index_.words_by_skeleton_, word.skeleton_hash, look_at);
  } else if (word.script == Script::kAbjad) {
    for (std::uint32_t place = 0; place < index_.words_.size(); ++place) look_at(place);
  } else {
    std::ranges::for_each(index_.abjad_words_, look_at);
  }
}

void NameSearch::add_like(const NameWord& word, Score least) {
  constexpr std::size_t kMostKept = 50'000;
  if (looked_up_least_ != least || looked_up_.size() > kMostKept) looked_up_.clear();
  looked_up_least_ = least;
  const auto [found, fresh] = looked_up_.try_emplace(identity_of(word));
  if (fresh) look_up(word, least, found->second);
  for (const std::uint32_t place : found->second) {
    if (is_seed(index_.words_[place].form) || !is_seed(word))
      consider(index_.words_[place].names, false);
  }
}

Score NameSearch::likeness(std::size_t row, const NameWord& word, std::uint32_t place) {
  Memo& memo = memos_[row][place];
  if (memo.search != search_) {
    const bool may = NameIndex::may_be_alike(rows_[row], index_.glances_[place]);
    memo = {search_, may ? word_likeness(word, index_.words_[place].form, index_.kind_).score : 0};
  }
  return memo.score;
}

Score NameSearch::score_of(const ComparedName& name, std::uint32_t place, Score least) {
  const std::span uses(&index_.uses_[index_.uses_begin_[place]],
                       index_.uses_begin_[place + 1] - index_.uses_begin_[place]);
  matrix_.clear();
  std::uint64_t paired = 0;  // a bit for each of the uses
  std::int64_t alone = 0;
  for (std::size_t i = 0; i < name.words.size(); ++i) {
    bool has_partner = false;
    for (std::size_t j = 0; j < uses.size(); ++j) {
      const Score score = likeness(i, name.words[i], uses[j].word);
      matrix_.push_back(score);
      if (score == 0) continue;
      has_partner = true;
      paired |= std::uint64_t{1} << j;
    }
    if (!has_partner) alone += name.words[i].weight;
  }
  if (joined_at_[place] != search_) {
    std::int64_t weight = 0;
    std::int64_t other_alone = 0;
    for (std::size_t j = 0; j < uses.size(); ++j) {
      weight += uses[j].weight;
      if ((paired >> j & 1U) == 0) other_alone += uses[j].weight;
    }
    if (score_bound(index_.kind_, name.weight, alone, weight, other_alone) < least) return 0;
  }
  return matcher_.score(name, index_.names_[place], matrix_);
}

std::vector<IndexHit> NameSearch::find(const ComparedName& wanted, Score least) {
  const ComparedName name = index_.weighed(wanted);
  ++search_;
  considered_.clear();
  const bool has_seed = std::ranges::any_of(name.words, is_seed);
  for (const NameWord& word : name.words) {
    if (!has_seed || is_seed(word)) add_like(word, least);
    if (const auto runs = index_.runs_.find(word.skeleton_hash); runs != index_.runs_.end()) {
      consider(runs->second, true);
    }
  }
  for (const JoinedWords& run : name.runs) {
    const auto words = index_.words_by_skeleton_.find(run.skeleton_hash);
    if (words == index_.words_by_skeleton_.end()) continue;
    for (const std::uint32_t word : words->second) consider(index_.words_[word].names, true);
  }
  if (const auto same = index_.joined_.find(name.joined); same != index_.joined_.end()) {
    consider(same->second, true);
  }
  std::sort(considered_.begin(), considered_.end());
  rows_.clear();
  for (const NameWord& word : name.words) rows_.push_back(NameIndex::glance_at(word));
  while (memos_.size() < name.words.size()) memos_.emplace_back(index_.words_.size());
  std::vector<IndexHit> hits;
  for (const std::uint32_t place : considered_) {
    const Score score = score_of(name, place, least);
    if (score >= least) hits.push_back({place, score});
  }
  return hits;
}

std::vector<IndexHit> NameSearch::scan(const ComparedName& wanted, Score least) {
  const ComparedName name = index_.weighed(wanted);
  std::vector<IndexHit> hits;
  for (std::uint32_t n = 0; n < index_.names_.size(); ++n) {
    const Score score = matcher_.score(name, index_.names_[n]);
    if (score >= least) hits.push_back({n, score});
  }
  return hits;
}

}  // namespace tidewaiter
