#include "policies/screening/word_likeness.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr Score kSameSound = 970'000;
/// By how many letters the skeletons have: two letters are those of many names.
constexpr Score same_consonants(std::size_t letters) {
  if (letters <= 2) return 750'000;
  return letters == 3 ? 860'000 : 930'000;
}
/// A syllable may be written by many signs.
constexpr Score kReadSign = 950'000;
constexpr Score kNicknameScore = 880'000;
constexpr Score kInitialScore = 850'000;

// Costs of an alignment, in hundredths of a letter.
constexpr int kLetter = 100;
constexpr int kOtherVowel = 60;
constexpr int kSameClass = 70;
constexpr int kSoftLetter = 70;  // a vowel or an h that only one of the sounds has
constexpr int kSwap = 90;
constexpr int kOtherBeginning = 20;

/// Of each letter of the longer sound, in hundredths: where likeness comes to kLeastLikeness.
constexpr int kMostShare = 30;

constexpr std::size_t kLongestSound = 40;

bool is_vowel_sound(char c) { return sound_class(c) == 0; }

int cost_of_gap(char c) { return is_vowel_sound(c) || c == 'h' ? kSoftLetter : kLetter; }

int cost_of_pair(char a, char b) {
  if (a == b) return 0;
  const char class_a = sound_class(a);
  if (class_a != sound_class(b)) return kLetter;
  return class_a == 0 ? kOtherVowel : kSameClass;
}

/// The most that may be spent on words of that length.
int most_cost(std::size_t length) {
  if (length <= 2) return 0;
  if (length == 3) return 70;
  if (length == 4) return 120;
  return static_cast<int>(length) * kMostShare;
}

/// What a cost takes away from the likeness of sounds of which the longer one has that length:
/// (cost/length)² / 0.3.
Score loss_of(int cost, int length) {
  const std::int64_t square = std::int64_t{cost} * cost;
  return static_cast<Score>(square * 1000 / (3 * std::int64_t{length} * length));
}

/// The least cost of turning one sound into the other; more than `most` if it is more. Only
/// alignments are looked at in which no more letters are missing than `most` pays for.
int alignment_cost(std::string_view a, std::string_view b, int most) {
  constexpr int kNever = 1 << 20;
  using Row = std::array<int, kLongestSound + 2>;
  std::array<Row, 3> rows;
  Row* before = &rows[0];
  Row* last = &rows[1];
  Row* row = &rows[2];
  const auto band = static_cast<std::size_t>(most / kSoftLetter);
  const std::size_t n = b.size();
  (*last)[0] = 0;
  for (std::size_t j = 1; j <= std::min(n, band); ++j) {
    (*last)[j] = (*last)[j - 1] + cost_of_gap(b[j - 1]);
  }
  if (band < n) (*last)[band + 1] = kNever;
  int last_least = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const int gap = cost_of_gap(a[i - 1]);
    const std::size_t from = i > band ? i - band : 1;
    const std::size_t to = std::min(n, i + band);
    (*row)[from - 1] = from == 1 && i <= band ? (*last)[0] + gap : kNever;
    int least = (*row)[from - 1];
    for (std::size_t j = from; j <= to; ++j) {
      int cost = std::min({(*last)[j - 1] + cost_of_pair(a[i - 1], b[j - 1]), (*last)[j] + gap,
                           (*row)[j - 1] + cost_of_gap(b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost = std::min(cost, (*before)[j - 2] + kSwap);
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
  return (*last)[n] + (a.front() == b.front() ? 0 : kOtherBeginning);
}

/// Σ |a_i − b_i| over the eight bytes of each, none above 127 and their sum below 256.
int sum_of_differences(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = kOnes << 7U;
  const std::uint64_t difference = (a | kHigh) - b;
  const std::uint64_t is_below = (~difference & kHigh) >> 7U;
  const std::uint64_t absolute = ((difference & ~kHigh) ^ (is_below * 0x7F)) + is_below;
  return static_cast<int>((absolute * kOnes) >> 56U);
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

WordLikeness consonant_likeness(const NameWord& a, const NameWord& b) {
  if (a.skeleton.size() < 2 || b.skeleton.size() < 2) return {};
  if (a.skeleton == b.skeleton) {
    return {same_consonants(a.skeleton.size()), WordRelation::kConsonants};
  }
  const bool near =
      std::min(a.skeleton.size(), b.skeleton.size()) >= 4 && are_one_apart(a.skeleton, b.skeleton);
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
  if (a.empty() || b.empty() || std::max(a.size(), b.size()) > kLongestSound) return 0;
  const std::size_t longer = std::max(a.size(), b.size());
  const int most = most_cost(longer);
  const std::size_t shorter = std::min(a.size(), b.size());
  if (most < static_cast<int>(longer - shorter) * kSoftLetter || most == 0) return 0;
  const int cost = alignment_cost(a, b, most);
  if (cost > most) return 0;
  return kSameName - loss_of(cost, static_cast<int>(longer));
}

bool may_sound_alike(const SoundMarks& a, const SoundMarks& b, Score least) {
  const int longer = std::max(a.length, b.length);
  const int gaps = std::abs(static_cast<int>(a.length) - static_cast<int>(b.length));
  // A letter replaced changes two counts, one left out changes one.
  const int cost = std::max(sum_of_differences(a.consonants, b.consonants) * (kLetter / 2) +
                                sum_of_differences(a.soft, b.soft) * (kOtherVowel / 2),
                            gaps * kSoftLetter);
  return cost == 0 || (cost <= kMostShare * longer && loss_of(cost, longer) <= kSameName - least);
}

WordLikeness word_likeness(const NameWord& a, const NameWord& b, PartyKind kind) {
  if (a.sign != 0 && b.sign != 0 && a.script == b.script) return signs_likeness(a, b);
  const bool two_scripts = a.script != b.script;
  if (a.letters == b.letters) {
    if ((a.sign != 0) != (b.sign != 0)) return {kReadSign, WordRelation::kTransliterated};
    return {kSameName, two_scripts ? WordRelation::kTransliterated : WordRelation::kSame};
  }
  if (a.role == WordRole::kNumber || b.role == WordRole::kNumber) return {};
  if (a.role == WordRole::kInitial || b.role == WordRole::kInitial) {
    const bool same = a.letters.front() == b.letters.front();
    return same ? WordLikeness{kInitialScore, WordRelation::kInitial} : WordLikeness{};
  }
  const bool one_abjad = (a.script == Script::kAbjad) != (b.script == Script::kAbjad);
  WordLikeness best;
  if (one_abjad) best = consonant_likeness(a, b);
  const bool may = may_sound_alike(a.marks, b.marks, std::max(best.score, kLeastLikeness));
  const Score sound = may ? sound_likeness(a.sound, b.sound) : 0;
  if (sound > best.score) {
    best = {sound, sound == kSameSound ? WordRelation::kSound : WordRelation::kSpelling};
  }
  if (kind == PartyKind::kPerson && best.score < kNicknameScore && share_nickname(a, b)) {
    best = {kNicknameScore, WordRelation::kNickname};
  }
  return best;
}

}  // namespace tidewaiter
