#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidewaiter {

/// Finds things that have the numbers 0, 1, 2, … by their hashes: a table of bare numbers with open
/// addressing and linear probing, at most three quarters full, and beside each number seven bits of
/// its hash, so that a look-up seldom has to compare a thing that is not meant. It keeps neither
/// things nor hashes: who asks compares, and lists them when the table grows, by half of what it
/// was. So a thing costs 7 to 10 bytes, where a library's table of pairs costs 17 at least
/// (Abseil's flat_hash_map has this layout: abseil.io/about/design/swisstables). As the table has
/// not as many slots as a power of two, a hash is brought to a slot by multiplication (D. Lemire,
/// "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019).
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
      const std::size_t slots = std::max(kLeast, tags_.size() + tags_.size() / 2);
      numbers_ = {};  // what is in it is listed anew: there is no need of both tables at once
      tags_ = {};
      tags_.resize(slots, kFree);
      numbers_.resize(slots);
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
      if (steps(home(hash_of(numbers_[at])), at) < steps(gap, at)) continue;
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

  static constexpr std::size_t kLeast = 16;  // slots

  // INVARIANT: where there are slots, one of them at least is free.
  [[nodiscard]] std::size_t home(std::uint64_t hash) const {
    constexpr std::uint64_t kLow = 0xFFFFFFFF;  // the tag is of the others
    return (hash & kLow) * tags_.size() >> 32U;
  }
  [[nodiscard]] std::size_t next(std::size_t at) const {
    return at + 1 == tags_.size() ? 0 : at + 1;
  }
  /// How far it is from one slot on to another.
  [[nodiscard]] std::size_t steps(std::size_t from, std::size_t to) const {
    return to >= from ? to - from : to + tags_.size() - from;
  }
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
