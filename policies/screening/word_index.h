#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/screening/place_table.h"
#include "policies/screening/sound_tree.h"
#include "policies/screening/word_likeness.h"

namespace tidewaiter {

/// A word of an index that is like another.
struct LikeWord {
  std::uint32_t word = 0;
  Score score = 0;
  bool operator==(const LikeWord&) const = default;
};

/// What two words must have the same for their likeness to any third one to be the same.
[[nodiscard]] std::string word_identity(const NameWord& word);

/// The different words of names of one kind, in which those that are like another are found without
/// comparing each. Immutable once made; safe from any thread.
class WordIndex {
 public:
  /// `words` have different identities. What stands first is found fastest: frequent words.
  WordIndex(PartyKind kind, std::vector<NameWord> words);

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const NameWord& operator[](std::uint32_t place) const { return words_[place]; }

  /// All whose word_likeness() to `word` is at least `least` and above 0, by place: none is left
  /// out.
  [[nodiscard]] std::vector<LikeWord> like(const NameWord& word, Score least) const;

  /// What tells most words apart without comparing them.
  struct Traits {
    SoundMarks marks;
    std::uint8_t bits = 0;
    char first = 0;  ///< letter
  };
  [[nodiscard]] static Traits traits_of(const NameWord& word);

  /// At least as much as the likeness of two words, 0 only where it is 0; none where
  /// word_likeness() itself has to tell.
  [[nodiscard]] static std::optional<Score> glance(const Traits& a, const Traits& b) {
    if (((a.bits ^ b.bits) & kNoVowelsTrait) != 0) return std::nullopt;
    const int either = a.bits | b.bits;
    const Score most = most_sound_likeness(a.marks, b.marks);
    if ((either & kNumberTrait) != 0) return most < kSameName ? 0 : most;
    if ((either & kInitialTrait) != 0) return a.first == b.first ? kSameName : 0;
    const bool nicknames = (a.bits & b.bits & kNicknameTrait) != 0;
    return nicknames ? std::max(most, kNicknameScore) : most;
  }

  /// Words with that NameWord::skeleton_hash.
  [[nodiscard]] std::span<const PlaceTable::Entry> with_skeleton(std::size_t hash) const {
    return skeletons_.of(hash);
  }

 private:
  static constexpr std::uint8_t kNoVowelsTrait = 1;
  static constexpr std::uint8_t kNicknameTrait = 4;
  static constexpr std::uint8_t kInitialTrait = 8;
  static constexpr std::uint8_t kNumberTrait = 16;

  void add_sounds();
  void add_tables();

  PartyKind kind_;
  std::vector<NameWord> words_;
  std::vector<std::vector<std::uint32_t>> of_sound_;  ///< words by place in sounds_
  std::unique_ptr<SoundTree> sounds_;
  PlaceTable skeletons_;
  /// By near_skeletons(): words that are written with vowels, and those of scripts without.
  std::array<PlaceTable, 2> near_skeletons_;
  PlaceTable nicknames_;   ///< by group
  PlaceTable beginnings_;  ///< by first letter
  PlaceTable initials_;    ///< words that are one letter
};

}  // namespace tidewaiter
