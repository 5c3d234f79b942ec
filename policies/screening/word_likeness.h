#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/screening/compared_name.h"
#include "policies/screening/score.h"
#include "policies/screening/sound_costs.h"

namespace tidewaiter {

/// Why two words count as the same, from the surest to the least sure.
enum class WordRelation : std::uint8_t {
  kNone,
  kSame,
  kTransliterated,  ///< the same in Latin letters, written in two scripts
  kSound,           ///< written otherwise, sounds the same
  kSpelling,        ///< some letters differ
  kJoined,          ///< one is several of the other, written as one
  kNickname,
  kConsonants,  ///< one is in a script without vowels, and the consonants are alike
  kInitial,     ///< one is the first letter of the other
};
[[nodiscard]] std::string_view word_relation_name(WordRelation relation);

/// How like two words are; `score` 0 and kNone for words that are not.
struct WordLikeness {
  Score score = 0;
  WordRelation relation = WordRelation::kNone;
  bool operator==(const WordLikeness&) const = default;
};

/// Words are not alike below this.
inline constexpr Score kLeastLikeness = 700'000;

/// What two words in different kinds of scripts score whose consonants differ in one.
inline constexpr Score kNearConsonants = 750'000;

/// How like two words of names are:
///
///   1 − (cost / max(|a|, |b|))² / 0.3     over their sounds, where that is at least 0.7,
///
/// with the least cost of turning one sound into the other (optimal string alignment: F. J.
/// Damerau, CACM 7(3), 1964, with costs), where another vowel costs 0.6, a consonant of the same
/// class 0.7, a vowel or an h too many 0.7, two letters in the other order 0.9, all else 1, and a
/// first letter that differs 0.2 more. The square is for spelling: many small differences are those
/// of one name written twice, a large one is another name. Short words allow less: nothing but
/// equal sounds to two letters, a cost of 0.7 to three. Equal sounds score 0.97, equal letters 1.
///
/// Numbers, Han and Hangul signs of the same script are the same or not alike. A word that lacks
/// its short vowels is compared with one that has them by its skeleton too: where the skeletons are
/// the same it is 0.96, 0.93 with three letters, 0.86 with two, if the vowels that are written fit,
/// and 0.86, 0.80 and 0.70 if they do not; 0.75 where the skeleton is another in one of four
/// letters or more. By the sounds it is 0.86 at most if the vowels do not fit. A sign read in
/// Mandarin or Korean: 0.92, 0.9 at most if it is not the same in letters. Initials and nicknames:
/// 0.85. Words of organisations are compared without the s of a plural.
///
/// Symmetric. Both words are of names of the kind `kind`.
[[nodiscard]] WordLikeness word_likeness(const NameWord& a, const NameWord& b, PartyKind kind);

/// The part of word_likeness() that compares two sounds, from 0 to kSameName, 0 if not alike.
[[nodiscard]] Score sound_likeness(std::string_view a, std::string_view b);

/// What two words score that are nicknames of each other.
inline constexpr Score kNicknameScore = 850'000;

/// The letters that two skeletons need for kNearConsonants.
inline constexpr std::size_t kLeastNearConsonants = 4;

/// At least as much as sound_likeness(), told without comparing the sounds; kSameName where nothing
/// tells them apart, 0 only where it is 0.
[[nodiscard]] inline Score most_sound_likeness(const SoundMarks& a, const SoundMarks& b) {
  const int longer = a.length > b.length ? a.length : b.length;
  const int shorter = a.length > b.length ? b.length : a.length;
  const int most = sound_costs::kMostShare * longer;
  if ((longer - shorter) * sound_costs::kSoftLetter > most) return 0;
  const int cost = sound_costs::least_for(a, b);
  if (cost > most) return 0;
  return cost == 0 ? kSameName : kSameName - sound_costs::loss_of(cost, longer);
}

/// False only where sound_likeness() is below `least`, by most_sound_likeness().
[[nodiscard]] inline bool may_sound_alike(const SoundMarks& a, const SoundMarks& b, Score least) {
  return most_sound_likeness(a, b) >= least;
}

}  // namespace tidewaiter
