#include "policies/screening/sound_tree.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "policies/screening/word_likeness.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kLongest = sound_costs::kLongestSound;
constexpr int kUnpayable = 1 << 20;

/// A bit for each letter of sounds; all that are none of ours share one.
using LetterBits = std::uint64_t;
constexpr LetterBits kAllLetters = ~LetterBits{0};
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789SC";

constexpr std::array<std::uint8_t, 256> made_codes() {
  std::array<std::uint8_t, 256> codes{};
  codes.fill(kLetters.size());
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    codes[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  return codes;
}
constexpr std::array<std::uint8_t, 256> kCodes = made_codes();

constexpr std::uint8_t code_of(char letter) { return kCodes[static_cast<unsigned char>(letter)]; }

/// By code: the letters of one class.
constexpr std::array<LetterBits, kLetters.size() + 1> made_classes() {
  std::array<LetterBits, kLetters.size() + 1> same{};
  for (const char a : kLetters) {
    for (const char b : kLetters) {
      if (sound_class(a) == sound_class(b)) same[code_of(a)] |= LetterBits{1} << code_of(b);
    }
  }
  same[kLetters.size()] = LetterBits{1} << kLetters.size();
  return same;
}
constexpr std::array<LetterBits, kLetters.size() + 1> kSameClass = made_classes();
/// By code: the letters that are kindred to one.
constexpr std::array<LetterBits, kLetters.size() + 1> made_kindred() {
  std::array<LetterBits, kLetters.size() + 1> kindred{};
  for (const char a : kLetters) {
    for (const char b : kLetters) {
      if (sound_costs::are_kindred(a, b)) kindred[code_of(a)] |= LetterBits{1} << code_of(b);
    }
  }
  return kindred;
}
constexpr std::array<LetterBits, kLetters.size() + 1> kKindredLetters = made_kindred();
constexpr LetterBits kSoftLetters = kSameClass[code_of('a')] | LetterBits{1} << code_of('h');

bool is_compared(std::string_view sound) { return !sound.empty() && sound.size() <= kLongest; }

/// The most that sounds may cost that are `least` alike.
int most_for(std::size_t longer, Score least) {
  int most = sound_costs::most_for(longer);
  while (most > 0 && kSameName - sound_costs::loss_of(most, static_cast<int>(longer)) < least) {
    --most;
  }
  return most;
}

std::string turned_round(std::string_view text) { return {text.rbegin(), text.rend()}; }

}  // namespace

/// The ways through the trees of one direction.
///
/// Row i has what it costs at least to turn the first i letters of a sound of the tree into the
/// first j of the one that is looked for. Of each row only those are there at which the letters
/// that are missing before and after can be paid for: j = i − most_ahead_ + k, for k from 0.
class SoundTree::Walk {
 public:
  Walk(std::string_view wanted, const SoundMarks& marks, Score least, bool is_forward)
      : marks_(marks),
        least_(std::max(least, kLeastLikeness)),
        columns_(static_cast<int>(wanted.size())),
        is_forward_(is_forward),
        split_(is_forward ? columns_ / 2 : columns_ - columns_ / 2) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const char c = wanted[i];
      letters_[i + 1] = {c, sound_costs::of_gap(c), LetterBits{1} << code_of(c),
                         kSameClass[code_of(c)], kKindredLetters[code_of(c)]};
    }
  }

  /// Adds the sounds of that length that `most` pays for.
  void through(const Tree& tree, int length, int most, std::vector<std::uint32_t>& found) {
    begin(length, most);
    descend(tree, 0, 1, found);
  }

 private:
  struct Letter {
    char letter = 0;
    int gap = 0;
    LetterBits bit = 0;
    LetterBits same_class = 0;
    LetterBits kindred = 0;
  };
  static constexpr int kWidest = kLongest * sound_costs::kMostShare / sound_costs::kSoftLetter + 1;
  /// The cells and one on either side that can never be paid.
  using Row = std::array<int, kWidest + 2>;

  /// Goes on with the nodes under one, which are of that depth.
  void descend(const Tree& tree, std::uint32_t under, int depth,
               std::vector<std::uint32_t>& found) {
    const Node parent = tree.nodes[under];
    for (std::uint32_t at = parent.first; at < parent.last; ++at) {
      const Node& node = tree.nodes[at];
      if ((next_letters_[static_cast<std::size_t>(depth) - 1] >> node.code & 1U) == 0) continue;
      if (node.last == 0) {
        const Sound& sound = tree.sounds[node.first];
        if (may_sound_alike(marks_, sound.marks, least_)) found.push_back(sound.place);
      } else if (fill_row(node.letter, depth)) {
        descend(tree, at, depth + 1, found);
      }
    }
  }

  void begin(int length, int most) {
    length_ = length;
    most_ = most;
    const int longer_by = length - columns_;
    const int spare = (most / sound_costs::kSoftLetter - std::abs(longer_by)) / 2;
    most_ahead_ = std::max(0, longer_by) + spare;
    width_ = most_ahead_ - std::min(0, longer_by) + spare + 1;
    set_budget(most);
    Row& row = rows_[0];
    row.fill(kUnpayable);
    int cost = 0;
    for (int k = most_ahead_; k < width_ && k - most_ahead_ <= columns_; ++k) {
      const int j = k - most_ahead_;
      if (j > 0) cost += letters_[static_cast<std::size_t>(j)].gap;
      if (cost <= payable(k, j)) cell(row, k) = cost;
    }
    next_letters_[0] = next_letters(0);
  }

  void set_budget(int budget) {
    budget_ = budget;
    for (int k = 0; k < width_; ++k) {
      const int missing = std::abs(length_ - columns_ - most_ahead_ + k);
      payable_[static_cast<std::size_t>(k)] = budget - missing * sound_costs::kSoftLetter;
    }
  }

  static int& cell(Row& row, int k) { return row[static_cast<std::size_t>(k + 1)]; }
  static int cell(const Row& row, int k) { return row[static_cast<std::size_t>(k + 1)]; }

  /// The most that may have been spent at a cell.
  [[nodiscard]] int payable(int k, int column) const {
    const int left = payable_[static_cast<std::size_t>(k)];
    return column < split_ ? std::min(left, budget_ / 2) : left;
  }

  /// False if no alignment of what is under the node can be paid.
  bool fill_row(char letter, int i) {
    // What another beginning costs is known at the first letter, or at the end.
    if (i == 1 && is_forward_) {
      set_budget(most_ - (letter == letters_[1].letter ? 0 : sound_costs::kOtherBeginning));
    }
    path_[static_cast<std::size_t>(i)] = letter;
    Row& row = rows_[static_cast<std::size_t>(i)];
    cell(row, -1) = kUnpayable;
    cell(row, width_) = kUnpayable;
    for (int k = 0; k < width_; ++k) {
      const int j = i - most_ahead_ + k;
      const bool is_there = j >= 0 && j <= columns_;
      const int cost = is_there ? least_cost(letter, i, k, j) : kUnpayable;
      cell(row, k) = is_there && cost <= payable(k, j) ? cost : kUnpayable;
    }
    next_letters_[static_cast<std::size_t>(i)] = next_letters(i);
    return next_letters_[static_cast<std::size_t>(i)] != 0;
  }

  [[nodiscard]] int least_cost(char letter, int i, int k, int column) const {
    const Row& above = rows_[static_cast<std::size_t>(i) - 1];
    const int without = cell(above, k + 1) + sound_costs::of_gap(letter);
    if (column == 0) return without;
    const Letter& with = letters_[static_cast<std::size_t>(column)];
    const int pair = sound_costs::of_pair(letter, with.letter);
    const int cost = std::min({without, cell(above, k) + pair,
                               cell(rows_[static_cast<std::size_t>(i)], k - 1) + with.gap});
    const bool is_swap = column > 1 && i > 1 &&
                         path_[static_cast<std::size_t>(i) - 1] == with.letter &&
                         letter == letters_[static_cast<std::size_t>(column) - 1].letter;
    return is_swap ? std::min(cost,
                              cell(rows_[static_cast<std::size_t>(i) - 2], k) + sound_costs::kSwap)
                   : cost;
  }

  /// A bit for each letter with which a row after this one can have something payable, or which may
  /// be the first of two in the other order; some others too.
  [[nodiscard]] LetterBits next_letters(int i) const {
    LetterBits letters = 0;
    const Row& row = rows_[static_cast<std::size_t>(i)];
    for (int k = 0; k < width_; ++k) {
      const int j = i + 1 - most_ahead_ + k;
      if (j < 0 || j > columns_) continue;
      const int left = payable(k, j);
      const int for_gap = left - cell(row, k + 1);
      if (for_gap >= sound_costs::kSoftLetter) letters |= kSoftLetters;
      if (for_gap >= sound_costs::kLetter) return kAllLetters;
      if (j == 0) continue;
      const int for_pair = left - cell(row, k);
      const Letter& with = letters_[static_cast<std::size_t>(j)];
      if (for_pair >= 0) letters |= with.bit;
      if (for_pair >= sound_costs::kOtherVowel) letters |= with.same_class;
      if (for_pair >= sound_costs::kKindred) letters |= with.kindred;
      if (for_pair >= sound_costs::kLetter) return kAllLetters;
      if (j < columns_ && cell(row, k) + sound_costs::kSwap <= budget_) {
        letters |= letters_[static_cast<std::size_t>(j) + 1].bit;
      }
      if (j > 1 && i > 0 && path_[static_cast<std::size_t>(i)] == with.letter) {
        letters |= letters_[static_cast<std::size_t>(j) - 1].bit;
      }
    }
    return letters;
  }

  SoundMarks marks_;
  Score least_;
  int columns_;
  bool is_forward_;
  int split_;
  int length_ = 0;
  int most_ = 0;
  int most_ahead_ = 0;  ///< letters of the tree more than of the other
  int width_ = 0;
  int budget_ = 0;
  std::array<int, kWidest> payable_;
  std::array<Letter, kLongest + 2> letters_;  ///< of the sound that is looked for, from 1
  // By depth, filled as far as they are read.
  std::array<Row, kLongest + 1> rows_;
  std::array<char, kLongest + 1> path_;
  std::array<LetterBits, kLongest + 1> next_letters_;
};

SoundTree::SoundTree(std::span<const std::string_view> sounds) {
  using Placed = std::vector<std::pair<std::string, std::uint32_t>>;
  std::array<Placed, kLongest + 1> forward;
  std::array<Placed, kLongest + 1> backward;
  for (std::uint32_t place = 0; place < sounds.size(); ++place) {
    const std::string_view sound = sounds[place];
    if (is_compared(sound)) {
      forward[sound.size()].emplace_back(sound, place);
      backward[sound.size()].emplace_back(turned_round(sound), place);
    } else {
      others_.emplace(sound, place);
    }
  }
  for (std::size_t length = 1; length <= kLongest; ++length) {
    lengths_[length] = {made(std::move(forward[length])), made(std::move(backward[length]))};
  }
}

SoundTree::Tree SoundTree::made(std::vector<std::pair<std::string, std::uint32_t>> sounds) {
  Tree tree;
  if (sounds.empty()) return tree;
  std::ranges::sort(sounds);
  for (const auto& [sound, place] : sounds) tree.sounds.push_back({SoundMarks::of(sound), place});
  // Of nodes that have no children yet: the sounds under them, and their depth.
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::size_t depth = 0;
  };
  std::vector<Range> ranges{{0, static_cast<std::uint32_t>(sounds.size()), 0}};
  tree.nodes.emplace_back();
  for (std::uint32_t at = 0; at < tree.nodes.size(); ++at) {
    const Range range = ranges[at];
    if (at > 0 && range.last - range.first == 1) {
      tree.nodes[at].first = range.first;
      continue;
    }
    tree.nodes[at].first = static_cast<std::uint32_t>(tree.nodes.size());
    for (std::uint32_t from = range.first; from < range.last;) {
      const char letter = sounds[from].first[range.depth];
      std::uint32_t to = from;
      while (to < range.last && sounds[to].first[range.depth] == letter) ++to;
      tree.nodes.push_back({0, 0, letter, code_of(letter)});
      ranges.push_back({from, to, range.depth + 1});
      from = to;
    }
    tree.nodes[at].last = static_cast<std::uint32_t>(tree.nodes.size());
  }
  return tree;
}

void SoundTree::find_near(std::string_view sound, Score least,
                          std::vector<std::uint32_t>& found) const {
  if (!is_compared(sound)) {
    const auto same = others_.find(std::string(sound));
    if (same != others_.end()) found.push_back(same->second);
    return;
  }
  const SoundMarks marks = SoundMarks::of(sound);
  const std::string turned = turned_round(sound);
  Walk forward(sound, marks, least, true);
  Walk backward(turned, marks, least, false);
  for (std::size_t length = 1; length <= kLongest; ++length) {
    const std::size_t longer = std::max(length, sound.size());
    const std::size_t missing = longer - std::min(length, sound.size());
    const int most = most_for(longer, least);
    const bool is_payable = static_cast<int>(missing) * sound_costs::kSoftLetter <= most;
    if (!is_payable || lengths_[length].forward.nodes.empty()) continue;
    const auto letters = static_cast<int>(length);
    forward.through(lengths_[length].forward, letters, most, found);
    backward.through(lengths_[length].backward, letters, most, found);
  }
}

}  // namespace tidewaiter
