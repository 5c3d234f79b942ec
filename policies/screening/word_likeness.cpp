#include "policies/screening/word_likeness.h"

#include <algorithm>
#include <array>

#include "policies/screening/sound_costs.h"

namespace tidewaiter {
namespace {

constexpr Score kSameSound = 970'000;
/// By how many letters the skeletons have: two letters are those of many names. A reading has the
/// vowels that are written as well; where these differ it is most often another name.
constexpr Score same_consonants(std::size_t letters, bool is_reading) {
  constexpr std::array<Score, 5> kRead{0, 0, 860'000, 930'000, 960'000};
  constexpr std::array<Score, 5> kOther{0, 0, 700'000, 800'000, 860'000};
  return (is_reading ? kRead : kOther)[std::min<std::size_t>(letters, 4)];
}
constexpr Score kOtherVowels = 860'000;
/// A syllable may be written by many signs; one that is another by a little is another sign.
constexpr Score kReadSign = 920'000;
constexpr Score kNearSign = 900'000;
constexpr Score kInitialScore = 850'000;

/// The least cost of turning one sound into the other; more than `most` if it is more. Only
/// alignments are looked at in which no more letters are missing than `most` pays for.
int alignment_cost(std::string_view a, std::string_view b, int most) {
  constexpr int kNever = 1 << 20;
  using Row = std::array<int, sound_costs::kLongestSound + 2>;
  std::array<Row, 3> rows;
  Row* before = &rows[0];
  Row* last = &rows[1];
  Row* row = &rows[2];
  const auto band = static_cast<std::size_t>(most / sound_costs::kSoftLetter);
  const std::size_t n = b.size();
  (*last)[0] = 0;
  for (std::size_t j = 1; j <= std::min(n, band); ++j) {
    (*last)[j] = (*last)[j - 1] + sound_costs::of_gap(b[j - 1]);
  }
  if (band < n) (*last)[band + 1] = kNever;
  int last_least = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const int gap = sound_costs::of_gap(a[i - 1]);
    const std::size_t from = i > band ? i - band : 1;
    const std::size_t to = std::min(n, i + band);
    (*row)[from - 1] = from == 1 && i <= band ? (*last)[0] + gap : kNever;
    int least = (*row)[from - 1];
    for (std::size_t j = from; j <= to; ++j) {
      int cost = std::min({(*last)[j - 1] + sound_costs::of_pair(a[i - 1], b[j - 1]),
                           (*last)[j] + gap, (*row)[j - 1] + sound_costs::of_gap(b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost = std::min(cost, (*before)[j - 2] + sound_costs::kSwap);
      }
      (*row)[j] = cost;
      least = std::min(least, cost);
    }
    if (to < n) (*row)[to + 1] = kNever;
    if (least > most && last_least > most) return kNever;
    last_least = least;
    std::swap(before, last);
    std::swap(last, row);
  }
  return (*last)[n] + (a.front() == b.front() ? 0 : sound_costs::kOtherBeginning);
}

/// Skeletons of one and the other are a letter apart, by replacing, leaving out or adding it.
bool are_one_apart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  const std::size_t skip = a.size() == b.size() ? 1 : 0;
  return a.substr(std::min(a.size(), same + skip)) == b.substr(same + 1);
}

/// The sound of one is that of the other with vowels that its script does not write. What an alif
/// at the beginning stands for is not told.
bool is_reading(const NameWord& a, const NameWord& b) {
  const std::string_view read = a.lacks_vowels ? a.sound : b.sound;
  const std::string_view sound = a.lacks_vowels ? b.sound : a.sound;
  std::size_t at = 0;
  for (const char c : sound) {
    const bool any_vowel = at == 0 && sound_class(c) == 0 && sound_class(read.front()) == 0;
    if (at < read.size() && (c == read[at] || any_vowel)) {
      ++at;
    } else if (sound_class(c) != 0) {
      return false;
    }
  }
  return at == read.size();
}

WordLikeness consonant_likeness(const NameWord& a, const NameWord& b) {
  if (a.skeleton.size() < 2 || b.skeleton.size() < 2) return {};
  if (a.skeleton == b.skeleton) {
    return {same_consonants(a.skeleton.size(), is_reading(a, b)), WordRelation::kConsonants};
  }
  const bool near = std::min(a.skeleton.size(), b.skeleton.size()) >= kLeastNearConsonants &&
                    are_one_apart(a.skeleton, b.skeleton);
  return near ? WordLikeness{kNearConsonants, WordRelation::kConsonants} : WordLikeness{};
}

bool share_nickname(const NameWord& a, const NameWord& b) {
  if (!a.has_nicknames || !b.has_nicknames) return false;
  for (const std::uint16_t group : nickname_groups(a.letters)) {
    if (std::ranges::find(nickname_groups(b.letters), group) != nickname_groups(b.letters).end()) {
      return true;
    }
  }
  return false;
}

WordLikeness signs_likeness(const NameWord& a, const NameWord& b) {
  if (a.sign != b.sign) return {};
  return {kSameName, WordRelation::kSame};
}

}  // namespace

std::string_view word_relation_name(WordRelation relation) {
  switch (relation) {
    case WordRelation::kNone:
      return "missing";
    case WordRelation::kSame:
      return "exact";
    case WordRelation::kTransliterated:
      return "transliterated";
    case WordRelation::kSound:
      return "same sound";
    case WordRelation::kSpelling:
      return "similar spelling";
    case WordRelation::kJoined:
      return "joined or split";
    case WordRelation::kNickname:
      return "nickname";
    case WordRelation::kConsonants:
      return "same consonants";
    case WordRelation::kInitial:
      return "initial";
  }
  return "";
}

Score sound_likeness(std::string_view a, std::string_view b) {
  if (a == b) return kSameSound;
  if (a.empty() || b.empty() || std::max(a.size(), b.size()) > sound_costs::kLongestSound) return 0;
  const std::size_t longer = std::max(a.size(), b.size());
  const int most = sound_costs::most_for(longer);
  const std::size_t shorter = std::min(a.size(), b.size());
  if (most < static_cast<int>(longer - shorter) * sound_costs::kSoftLetter || most == 0) return 0;
  const int cost = alignment_cost(a, b, most);
  if (cost > most) return 0;
  return kSameName - sound_costs::loss_of(cost, static_cast<int>(longer));
}

WordLikeness word_likeness(const NameWord& a, const NameWord& b, PartyKind kind) {
  if (a.sign != 0 && b.sign != 0 && a.script == b.script) return signs_likeness(a, b);
  const bool two_scripts = a.script != b.script;
  if (a.letters == b.letters) {
    if (a.sign != 0 || b.sign != 0) return {kReadSign, WordRelation::kTransliterated};
    return {kSameName, two_scripts ? WordRelation::kTransliterated : WordRelation::kSame};
  }
  if (a.role == WordRole::kNumber || b.role == WordRole::kNumber) return {};
  if (a.role == WordRole::kInitial || b.role == WordRole::kInitial) {
    const bool same = a.letters.front() == b.letters.front();
    return same ? WordLikeness{kInitialScore, WordRelation::kInitial} : WordLikeness{};
  }
  const bool one_lacks = a.lacks_vowels != b.lacks_vowels;
  WordLikeness best;
  if (one_lacks) best = consonant_likeness(a, b);
  const bool may = may_sound_alike(a.marks, b.marks, std::max(best.score, kLeastLikeness));
  Score sound = may ? sound_likeness(a.sound, b.sound) : 0;
  if (a.sign != 0 || b.sign != 0) sound = std::min(sound, kNearSign);
  if (one_lacks && sound > kOtherVowels && !is_reading(a, b)) sound = kOtherVowels;
  if (sound > best.score) {
    best = {sound, sound == kSameSound ? WordRelation::kSound : WordRelation::kSpelling};
  }
  if (kind == PartyKind::kPerson && best.score < kNicknameScore && share_nickname(a, b)) {
    best = {kNicknameScore, WordRelation::kNickname};
  }
  return best;
}

}  // namespace tidewaiter
