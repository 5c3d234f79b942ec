#pragma once

#include <cstddef>
#include <cstdint>

#include "policies/screening/compared_name.h"
#include "policies/screening/score.h"

/// What word_likeness() counts as how far apart, in hundredths of a letter: for those that compare
/// two sounds and those that look for near ones among many.
namespace tidewaiter::sound_costs {

inline constexpr int kLetter = 100;
inline constexpr int kOtherVowel = 60;
inline constexpr int kSameClass = 70;
inline constexpr int kSoftLetter = 70;  // a vowel or an h that only one of the sounds has
inline constexpr int kKindred = 80;     // are_kindred()
inline constexpr int kSwap = 90;
inline constexpr int kOtherBeginning = 20;

/// Of each letter of the longer sound, in hundredths: where likeness comes to kLeastLikeness.
inline constexpr int kMostShare = 30;

/// Sounds of more letters are like none but themselves.
inline constexpr std::size_t kLongestSound = 40;

/// Of a letter that one of the sounds has and the other has not; kSoftLetter at least.
constexpr int of_gap(char c) { return sound_class(c) == 0 || c == 'h' ? kSoftLetter : kLetter; }

/// Letters of other classes that stand for each other from one way of writing to another: y and j
/// (Ikhtiyar, Ikhtijar), u and w (Makuei, Makwei), kh and h (Khalid, Halid).
constexpr bool are_kindred(char a, char b) {
  const auto are = [a, b](char x, char y) { return (a == x && b == y) || (a == y && b == x); };
  return are('i', 'j') || are('u', 'v') || are('h', 'k');
}

constexpr int of_pair(char a, char b) {
  if (a == b) return 0;
  const char class_a = sound_class(a);
  if (class_a != sound_class(b)) return are_kindred(a, b) ? kKindred : kLetter;
  return class_a == 0 ? kOtherVowel : kSameClass;
}

/// The most that may be spent on two sounds of which the longer one has that length.
constexpr int most_for(std::size_t length) {
  if (length <= 2) return 0;
  if (length == 3) return 70;
  if (length == 4) return 120;
  return static_cast<int>(length) * kMostShare;
}

/// What a cost takes away from the likeness of sounds of which the longer one has that length:
/// (cost/length)² / 0.3.
constexpr Score loss_of(int cost, int length) {
  const auto square = static_cast<std::uint64_t>(cost) * static_cast<std::uint64_t>(cost) * 1000;
  const auto by = 3 * static_cast<std::uint64_t>(length) * static_cast<std::uint64_t>(length);
  // Nearly always; dividing 64 bits takes several times as long.
  if (square <= UINT32_MAX) {
    return static_cast<Score>(static_cast<std::uint32_t>(square) / static_cast<std::uint32_t>(by));
  }
  return static_cast<Score>(square / by);
}

/// Σ |a_i − b_i| over the eight bytes of each, none above 127 and their sum below 256.
constexpr int sum_of_differences(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = kOnes << 7U;
  const std::uint64_t difference = (a | kHigh) - b;
  const std::uint64_t is_below = (~difference & kHigh) >> 7U;
  const std::uint64_t absolute = ((difference & ~kHigh) ^ (is_below * 0x7F)) + is_below;
  return static_cast<int>((absolute * kOnes) >> 56U);
}

/// No more than what one sound costs to turn into another, by how many letters of each class they
/// have: a letter replaced changes two counts, one left out changes one. Of kindred letters one is
/// soft and the other is not.
static_assert(kKindred >= kLetter / 2 + kOtherVowel / 2);
constexpr int least_for(const SoundMarks& a, const SoundMarks& b) {
  const int gaps = a.length > b.length ? a.length - b.length : b.length - a.length;
  const int counts = sum_of_differences(a.consonants, b.consonants) * (kLetter / 2) +
                     sum_of_differences(a.soft, b.soft) * (kOtherVowel / 2);
  return counts > gaps * kSoftLetter ? counts : gaps * kSoftLetter;
}

}  // namespace tidewaiter::sound_costs
