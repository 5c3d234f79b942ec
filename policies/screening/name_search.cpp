#include <algorithm>
#include <numeric>
#include <utility>

#include "policies/screening/name_index.h"

namespace tidewaiter {

NameSearch::NameSearch(const NameIndex& index, std::uint32_t searches)
    : index_(index),
      search_(searches),
      looked_at_(index.names_.size()),
      tallies_(index.names_.size()),
      rows_(index.words_->size()) {}

std::vector<IndexHit> NameSearch::find(const ComparedName& wanted, Score least) {
  if (least <= 0) return scan(wanted, least);
  begin(wanted, least);
  const ScoreBound bound(index_.kind_, least);
  look_at_same(name_.joined);
  look_at_same(name_.spelt);
  look_at_joined(bound);
  look_at_words(bound);
  std::ranges::sort(hits_, {}, &IndexHit::name);
  return std::exchange(hits_, {});
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

void NameSearch::begin(const ComparedName& wanted, Score least) {
  constexpr std::size_t kMostKept = 2'000'000;  // like words, 8 bytes each
  if (std::exchange(least_, least) != least || kept_ > kMostKept) {
    looked_up_.clear();
    kept_ = 0;
  }
  count_search();
  name_ = index_.weighed(wanted);
  cells_.clear();
  traits_.clear();
  for (const NameWord& word : name_.words) traits_.push_back(WordIndex::traits_of(word));
}

/// The numbers come round in months of work: what was left by a search of the same number, and
/// what was never looked at, must not pass for this one's.
void NameSearch::count_search() {
  if (++search_ != 0) return;
  std::ranges::fill(looked_at_, 0U);
  std::ranges::fill(tallies_, Tally{});
  std::ranges::fill(rows_, Row{});
  search_ = 1;
}

void NameSearch::look_at_same(const std::string& written_as_one) {
  const auto same = index_.joined_.find(written_as_one);
  if (same == index_.joined_.end()) return;
  for (const std::uint32_t place : same->second) {
    if (is_new(place)) compare(place);
  }
}

bool NameSearch::is_new(std::uint32_t place) {
  return std::exchange(looked_at_[place], search_) != search_;
}

void NameSearch::look_at_joined(const ScoreBound& bound) {
  find_joined();
  std::ranges::stable_sort(joined_, {}, &Joined::other);
  for (auto first = joined_.begin(); first != joined_.end();) {
    const auto last = std::find_if(
        first, joined_.end(), [first](const Joined& one) { return one.other != first->other; });
    if (is_new(first->other)) look_at(first->other, bound, {first, last});
    first = last;
  }
}

/// All words in a row that count as one of the other name.
void NameSearch::find_joined() {
  joined_.clear();
  const auto words = static_cast<std::uint8_t>(name_.words.size());
  for (std::uint8_t i = 0; i < words; ++i) {
    const auto runs = index_.runs_.find(name_.words[i].skeleton_hash);
    if (runs == index_.runs_.end()) continue;
    for (const NameIndex::Run& run : runs->second) {
      const Score score = joined_likeness(run.words, name_.words[i]);
      if (score == 0) continue;
      for (const NameIndex::RunPlace& place : run.places) {
        joined_.push_back({place.name, {i, 1, place.first, run.words.count, {score}}});
      }
    }
  }
  for (const JoinedWords& run : name_.runs) {
    for (const auto& [hash, word] : index_.words_->with_skeleton(run.skeleton_hash)) {
      const Score score = joined_likeness(run, (*index_.words_)[word]);
      if (score == 0) continue;
      for (const NameIndex::User& user : index_.users(word)) {
        const auto uses = index_.uses(user.name);
        for (std::uint8_t j = 0; j < uses.size(); ++j) {
          if (uses[j].word == word)
            joined_.push_back({user.name, {run.first, run.count, j, 1, {score}}});
        }
      }
    }
  }
}

inline Score NameSearch::glance(std::size_t i, const NameIndex::Use& use) {
  const std::optional<Score> most = WordIndex::glance(traits_[i], use.traits);
  return most ? *most : likeness(i, use.word);
}

/// False only for names that cannot have the score. What is worth something is in the tally; all
/// other words take away from it, by a likeness that is not below theirs.
template <class LikenessOf>
bool NameSearch::may_reach(std::uint32_t place, const ScoreBound& bound,
                           const LikenessOf& likeness_of) {
  const auto uses = index_.uses(place);
  const Tally& known = tallies_[place];
  std::int64_t worth = known.worth;
  std::int64_t alone = 0;
  std::int64_t other_alone = 0;
  std::fill_n(other_best_.begin(), uses.size(), 0);
  const auto add = [&](Score best, std::int64_t weight, std::int64_t& left) {
    (best == 0 ? left : worth) += weight * (best == 0 ? 1 : bound.worth(std::min(best, least_)));
  };
  for (const std::size_t i : by_weight_) {
    if ((known.covered >> i & 1U) != 0) continue;
    Score best = 0;
    for (std::size_t j = 0; j < uses.size(); ++j) {
      const Score score = likeness_of(i, uses[j]);
      best = std::max(best, score);
      other_best_[j] = std::max(other_best_[j], score);
    }
    add(best, name_.words[i].weight, alone);
    if (!bound.may_reach(worth, alone, 0)) return false;
  }
  for (std::size_t j = 0; j < uses.size(); ++j) {
    for (const std::size_t i : by_weight_) {
      if ((known.covered >> i & 1U) == 0) continue;
      if (other_best_[j] >= least_) break;
      other_best_[j] = std::max(other_best_[j], likeness_of(i, uses[j]));
    }
    add(other_best_[j], uses[j].weight, other_alone);
    if (!bound.may_reach(worth, alone, other_alone)) return false;
  }
  return true;
}

void NameSearch::look_at_words(const ScoreBound& bound) {
  constexpr std::size_t kAhead = 8;
  std::vector<const std::vector<LikeWord>*> lists;
  lists.reserve(name_.words.size());
  for (const NameWord& word : name_.words) lists.push_back(&like(word));
  const auto users_of = [this](const std::vector<LikeWord>* list) {
    std::size_t sum = 0;
    for (const LikeWord& one : *list) sum += index_.users(one.word).size();
    return sum;
  };
  const auto certain = std::ranges::min_element(lists, {}, users_of);
  tallied_.clear();
  for (auto list = lists.begin(); list != lists.end(); ++list) {
    tally(static_cast<std::size_t>(list - lists.begin()), **list, bound, list == certain);
  }
  by_weight_.resize(name_.words.size());
  std::iota(by_weight_.begin(), by_weight_.end(), std::size_t{0});
  std::ranges::sort(by_weight_, std::ranges::greater{},
                    [this](std::size_t i) { return name_.words[i].weight; });
  const auto at_a_glance = [this](std::size_t i, const NameIndex::Use& use) {
    return glance(i, use);
  };
  const auto exactly = [this](std::size_t i, const NameIndex::Use& use) {
    return likeness(i, use.word);
  };
  for (std::size_t at = 0; at < tallied_.size(); ++at) {
    if (at + 2 * kAhead < tallied_.size()) {
      const std::uint32_t later = tallied_[at + 2 * kAhead];
      index_.fetch_begin(later);
      __builtin_prefetch(&looked_at_[later], 1);
      __builtin_prefetch(&tallies_[later]);
    }
    if (at + kAhead < tallied_.size()) index_.fetch(tallied_[at + kAhead]);
    const std::uint32_t place = tallied_[at];
    if (is_new(place) && may_reach(place, bound, at_a_glance) && may_reach(place, bound, exactly)) {
      compare(place);
    }
  }
}

/// Adds what a word of the name is worth to the names that have one like it, those that are just
/// `least_` alike `with_least` alone.
void NameSearch::tally(std::size_t i, std::span<const LikeWord> like, const ScoreBound& bound,
                       bool with_least) {
  const std::uint64_t bit = std::uint64_t{1} << i;
  const std::int64_t weight = name_.words[i].weight;
  for (const LikeWord& one : like) {
    if (one.score <= least_ && !with_least) continue;
    const std::int64_t worth = bound.worth(one.score);
    for (const NameIndex::User& user : index_.users(one.word)) {
      Tally& known = tallies_[user.name];
      if (known.search != search_) {
        known = {search_, 0, 0};
        tallied_.push_back(user.name);
      }
      // The likest may come later: as if each of the name's words that is like it were another.
      known.worth += (weight + user.weight) * worth;
      known.covered |= bit;
    }
  }
}

/// The words of the index that are at least `least_` like `word`.
const std::vector<LikeWord>& NameSearch::like(const NameWord& word) {
  const auto [found, fresh] = looked_up_.try_emplace(word_identity(word));
  if (fresh) {
    found->second = index_.words_->like(word, least_);
    constexpr std::size_t kOfItself = 20;  // what a word takes beside what is like it
    kept_ += kOfItself + found->second.size();
  }
  return found->second;
}

/// Compares a name that may reach the score by what is known of its words at a glance, and then by
/// their likeness.
void NameSearch::look_at(std::uint32_t place, const ScoreBound& bound,
                         std::span<const Joined> joined) {
  const auto uses = index_.uses(place);
  if (may_reach(uses, bound, joined, false) && may_reach(uses, bound, joined, true)) {
    compare(place);
  }
}

void NameSearch::compare(std::uint32_t place) {
  const auto uses = index_.uses(place);
  matrix_.clear();
  for (std::size_t i = 0; i < name_.words.size(); ++i) {
    for (const NameIndex::Use& use : uses) matrix_.push_back(likeness(i, use.word));
  }
  const Score score = matcher_.score(name_, index_.names_[place], matrix_);
  if (score >= least_) hits_.push_back({place, score});
}

Score NameSearch::likeness(std::size_t i, std::uint32_t word) {
  Row& row = rows_[word];
  if (row.search != search_) {
    row = {search_, static_cast<std::uint32_t>(cells_.size())};
    cells_.resize(cells_.size() + name_.words.size(), -1);
  }
  Score& known = cells_[row.begin + i];
  if (known < 0) {
    known = word_likeness(name_.words[i], (*index_.words_)[word], index_.kind_).score;
  }
  return known;
}

bool NameSearch::may_reach(std::span<const NameIndex::Use> uses, const ScoreBound& bound,
                           std::span<const Joined> joined, bool is_exact) {
  const std::size_t words = name_.words.size();
  std::fill_n(best_.begin(), words, 0);
  std::fill_n(other_best_.begin(), uses.size(), 0);
  const auto raise = [](Best& best, std::size_t first, std::size_t count, Score score) {
    for (std::size_t i = first; i < first + count; ++i) best[i] = std::max(best[i], score);
  };
  for (const auto& [other, pair] : joined) {
    raise(best_, pair.a, pair.a_count, pair.likeness.score);
    raise(other_best_, pair.b, pair.b_count, pair.likeness.score);
  }
  for (std::size_t j = 0; j < uses.size(); ++j) {
    for (std::size_t i = 0; i < words; ++i) {
      const Score score = is_exact ? likeness(i, uses[j].word) : glance(i, uses[j]);
      raise(best_, i, 1, score);
      raise(other_best_, j, 1, score);
    }
  }
  std::int64_t worth = 0;
  std::int64_t alone = 0;
  std::int64_t other_alone = 0;
  const auto add = [&](Score best, std::int64_t weight, std::int64_t& left) {
    (best == 0 ? left : worth) += weight * (best == 0 ? 1 : bound.worth(best));
  };
  for (std::size_t i = 0; i < words; ++i) add(best_[i], name_.words[i].weight, alone);
  for (std::size_t j = 0; j < uses.size(); ++j) add(other_best_[j], uses[j].weight, other_alone);
  return bound.may_reach(worth, alone, other_alone);
}

}  // namespace tidewaiter
