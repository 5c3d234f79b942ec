#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policies/screening/sound_costs.h"

namespace tidewaiter {

/// Sounds of words, in which those near to another are found without comparing each.
///
/// The sounds of one length are a tree of their letters, and another of their letters from the end.
/// The alignment of the sound that is looked for goes down a tree row by row, one letter of the
/// tree a row, as far as what it costs can still be paid; sounds that begin alike share the rows.
/// Of an alignment that costs c, the part before the middle of the sound that is looked for costs
/// c/2 at most, or the part after it does: each tree is gone through with half of what may be spent
/// up to the middle, so that most of it is left at the first letters.
///
/// Immutable once made; safe from any thread. Keeps no reference to the sounds.
class SoundTree {
 public:
  /// `sounds` differ from each other.
  explicit SoundTree(std::span<const std::string_view> sounds);

  /// Adds the places, in the sounds given, of all whose sound_likeness() to `sound` is at least
  /// `least` and not 0: none of them is left out. In no order; some are there twice, and some are
  /// farther.
  void find_near(std::string_view sound, Score least, std::vector<std::uint32_t>& found) const;

 private:
  /// A letter after those of the nodes above it.
  struct Node {
    std::uint32_t first = 0;  ///< of the nodes under it, or the one sound under it
    std::uint32_t last = 0;   ///< past the last of the nodes under it; 0 where there is one sound
    char letter = 0;
    std::uint8_t code = 0;  ///< of the letter
  };
  struct Sound {
    SoundMarks marks;
    std::uint32_t place = 0;  ///< in those given
  };
  /// Of sounds of one length.
  struct Tree {
    std::vector<Node> nodes;    ///< depth by depth, those under one node beside each other
    std::vector<Sound> sounds;  ///< in the order of their letters
  };
  struct Length {
    Tree forward;
    Tree backward;  ///< by their letters from the end
  };
  class Walk;

  [[nodiscard]] static Tree made(std::vector<std::pair<std::string, std::uint32_t>> sounds);

  std::array<Length, sound_costs::kLongestSound + 1> lengths_;
  /// Those that are like none but themselves: of no letter, or of more than are compared.
  std::unordered_map<std::string, std::uint32_t> others_;
};

}  // namespace tidewaiter
