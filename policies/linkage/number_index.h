#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tidewaiter {

/// Finds things that have the numbers 0, 1, 2, … by their hashes: a table of bare numbers with open
/// addressing and linear probing, at most three quarters full. It keeps neither things nor hashes:
/// who asks compares, and gives the hash of any number that is in it (`hash_of`) where others move.
/// So a thing costs 5 to 11 bytes, where a library's table of pairs costs 16 at least.
///
/// Costs: a look-up, an addition and a removal are constant on average, for hashes whose low bits
/// are spread well. Not thread-safe: one thread at a time.
class NumberIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// The number under this hash of which `same(number)` is true, or kNone.
  template <class Same>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, const Same& same) const {
    if (slots_.empty()) return kNone;
    for (std::size_t at = home(hash);; at = next(at)) {
      if (slots_[at] == kNone || same(slots_[at])) return slots_[at];
    }
  }

  /// REQUIRES: the number is not in it, and is less than kNone.
  template <class HashOf>
  void add(std::uint64_t hash, std::uint32_t number, const HashOf& hash_of) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow(hash_of);
    place(hash, number);
    ++count_;
  }

  /// REQUIRES: the number is in it, under this hash.
  template <class HashOf>
  void remove(std::uint64_t hash, std::uint32_t number, const HashOf& hash_of) {
    std::size_t gap = home(hash);
    while (slots_[gap] != number) gap = next(gap);
    // What probing would not find behind a gap moves up into it.
    for (std::size_t at = next(gap); slots_[at] != kNone; at = next(at)) {
      const std::size_t from_home = (at - home(hash_of(slots_[at]))) & (slots_.size() - 1);
      const std::size_t from_gap = (at - gap) & (slots_.size() - 1);
      if (from_home < from_gap) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap] = kNone;
    --count_;
  }

 private:
  // INVARIANT: the number of slots is 0 or a power of two, and one of them at least is free.
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }

  void place(std::uint64_t hash, std::uint32_t number) {
    std::size_t at = home(hash);
    while (slots_[at] != kNone) at = next(at);
    slots_[at] = number;
  }

  template <class HashOf>
  void grow(const HashOf& hash_of) {
    const std::vector<std::uint32_t> old = std::exchange(slots_, {});
    slots_.assign(old.empty() ? 16 : old.size() * 2, kNone);
    for (const std::uint32_t number : old) {
      if (number != kNone) place(hash_of(number), number);
    }
  }

  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
};

}  // namespace tidewaiter
