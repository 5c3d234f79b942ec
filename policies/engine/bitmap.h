#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidewaiter {

/// One bit a row. INVARIANT: the bits of the last word beyond size() are zero; whoever writes
/// whole words keeps it so.
class Bitmap {
 public:
  Bitmap() = default;
  explicit Bitmap(std::size_t size, bool value = false) { assign(size, value); }

  void assign(std::size_t size, bool value) {
    size_ = size;
    words_.assign((size + 63) / 64, value ? ~std::uint64_t{0} : 0);
    trim();
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t words() const { return words_.size(); }
  [[nodiscard]] std::uint64_t& word(std::size_t i) { return words_[i]; }
  [[nodiscard]] std::uint64_t word(std::size_t i) const { return words_[i]; }

  [[nodiscard]] bool test(std::size_t i) const { return ((words_[i / 64] >> (i % 64)) & 1U) != 0; }
  void set(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void clear(std::size_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  /// How many bits are set.
  [[nodiscard]] std::size_t count() const {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

  /// The first bit at or after `from` that is set; size() if there is none.
  [[nodiscard]] std::size_t next(std::size_t from) const {
    std::size_t i = from / 64;
    if (i >= words_.size()) return size_;
    std::uint64_t rest = words_[i] & (~std::uint64_t{0} << (from % 64));
    while (rest == 0) {
      if (++i == words_.size()) return size_;
      rest = words_[i];
    }
    return i * 64 + static_cast<std::size_t>(std::countr_zero(rest));
  }

  void negate() {
    for (std::uint64_t& word : words_) word = ~word;
    trim();
  }
  [[nodiscard]] bool none() const {
    for (const std::uint64_t word : words_) {
      if (word != 0) return false;
    }
    return true;
  }

 private:
  void trim() {
    if (size_ % 64 != 0) words_.back() &= (std::uint64_t{1} << (size_ % 64)) - 1;
  }

  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

/// A truth value for each row in Kleene's logic. INVARIANT: no row is both.
struct TruthBits {
  Bitmap yes;
  Bitmap unknown;
};

}  // namespace tidewaiter
