#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidewaiter {

/// Finds things that have the numbers 0, 1, 2, … by their hashes: a table of bare numbers with open
/// addressing and linear probing, at most three quarters full, and beside each number seven bits of
/// its hash, so that a look-up seldom has to compare a thing that is not meant. It keeps neither
/// things nor hashes: who asks compares, and lists them when the table grows. So a thing costs 7 to
/// 13 bytes, where a library's table of pairs costs 17 at least (Abseil's flat_hash_map has this
/// layout: abseil.io/about/design/swisstables).
///
/// Costs: a look-up, an addition and a removal are constant on average, for hashes that are spread
/// well. Not thread-safe: one thread at a time.
class NumberIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// The number under this hash of which `same(number)` is true, or kNone.
  template <class Same>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, const Same& same) const {
    if (tags_.empty()) return kNone;
    const std::uint8_t tag = tag_of(hash);
    for (std::size_t at = home(hash); tags_[at] != kFree; at = next(at)) {
      if (tags_[at] == tag && same(numbers_[at])) return numbers_[at];
    }
    return kNone;
  }

  /// `list(put)` calls `put(hash, number)` for all that are in it now: where the table grows.
  /// REQUIRES: the number is not in it.
  template <class List>
  void add(std::uint64_t hash, std::uint32_t number, const List& list) {
    if ((count_ + 1) * 4 > tags_.size() * 3) {
      const std::size_t slots = tags_.empty() ? 16 : tags_.size() * 2;
      tags_.assign(slots, kFree);
      numbers_ = std::vector<std::uint32_t>(slots);
      list([this](std::uint64_t known_hash, std::uint32_t known) { place(known_hash, known); });
    }
    place(hash, number);
    ++count_;
  }

  /// `hash_of(number)` is the hash of any that is in it. REQUIRES: the number is, under this hash.
  template <class HashOf>
  void remove(std::uint64_t hash, std::uint32_t number, const HashOf& hash_of) {
    std::size_t gap = home(hash);
    while (tags_[gap] == kFree || numbers_[gap] != number) gap = next(gap);
    // What probing would not find behind a gap moves up into it.
    for (std::size_t at = next(gap); tags_[at] != kFree; at = next(at)) {
      const std::size_t from_home = (at - home(hash_of(numbers_[at]))) & (tags_.size() - 1);
      const std::size_t from_gap = (at - gap) & (tags_.size() - 1);
      if (from_home < from_gap) continue;
      tags_[gap] = tags_[at];
      numbers_[gap] = numbers_[at];
      gap = at;
    }
    tags_[gap] = kFree;
    --count_;
  }

  /// For snapshots of evaluation (policies/engine/state_archive.h), as in the parts of a Linker.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(tags_, numbers_, count_);
  }

 private:
  static constexpr std::uint8_t kFree = 0xFF;

  // INVARIANT: the number of slots is 0 or a power of two, and one of them at least is free.
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return hash & (tags_.size() - 1); }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & (tags_.size() - 1); }
  [[nodiscard]] static std::uint8_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint8_t>(hash >> 57);
  }

  void place(std::uint64_t hash, std::uint32_t number) {
    std::size_t at = home(hash);
    while (tags_[at] != kFree) at = next(at);
    tags_[at] = tag_of(hash);
    numbers_[at] = number;
  }

  std::vector<std::uint8_t> tags_;
  std::vector<std::uint32_t> numbers_;
  std::size_t count_ = 0;
};

}  // namespace tidewaiter
