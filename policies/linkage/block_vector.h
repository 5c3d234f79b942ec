#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace tidewaiter {

/// A vector that grows in blocks of some 64 KiB. What is in it is never copied for others to come,
/// and there is room for a block more at the most: where a vector that doubles holds what it has
/// and twice that again while it grows, and leaves holes in the heap of all the sizes it had. Short
/// of one block it grows as a vector does, so that few things cost little.
///
/// Costs: as a vector's, with a look-up in the list of blocks for each access. Not thread-safe.
template <class T>
class BlockVector {
 public:
  using value_type = T;

  /// How many things a block has.
  static constexpr std::size_t kBlock =
      std::bit_floor(std::max<std::size_t>(1, 65'536 / sizeof(T)));

  BlockVector() = default;
  BlockVector(const BlockVector& other) : blocks_(other.blocks_) { make_room(); }
  BlockVector(BlockVector&&) noexcept = default;
  BlockVector& operator=(const BlockVector& other) { return *this = BlockVector(other); }
  BlockVector& operator=(BlockVector&&) noexcept = default;
  ~BlockVector() = default;

  [[nodiscard]] std::size_t size() const {
    return blocks_.empty() ? 0 : (blocks_.size() - 1) * kBlock + blocks_.back().size();
  }
  [[nodiscard]] bool empty() const { return blocks_.empty(); }
  /// REQUIRES: at < size().
  [[nodiscard]] T& operator[](std::size_t at) { return blocks_[at / kBlock][at % kBlock]; }
  [[nodiscard]] const T& operator[](std::size_t at) const {
    return blocks_[at / kBlock][at % kBlock];
  }
  /// REQUIRES: it is not empty.
  [[nodiscard]] T& back() { return blocks_.back().back(); }

  /// Whatever is in a later block than the first stays where it is. REQUIRES: no part is in it.
  template <class... Parts>
  T& emplace_back(Parts&&... parts) {
    if (blocks_.empty() || blocks_.back().size() == kBlock) {
      blocks_.emplace_back();
      make_room();
    }
    // The first block grows up to a block, whatever it began with.
    std::vector<T>& last = blocks_.back();
    if (last.size() == last.capacity()) {
      last.reserve(std::min(kBlock, std::max<std::size_t>(1, 2 * last.size())));
    }
    return last.emplace_back(std::forward<Parts>(parts)...);
  }
  void push_back(T item) { emplace_back(std::move(item)); }
  void clear() { blocks_ = {}; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(blocks_);
    if constexpr (Archive::is_loading::value) make_room();
  }

  /// For how many there is room.
  [[nodiscard]] std::size_t capacity() const {
    return blocks_.empty() ? 0 : (blocks_.size() - 1) * kBlock + blocks_.back().capacity();
  }

 private:
  /// For those to come, as there was before a copy or an archive: these make what is as large as
  /// what is in it.
  void make_room() {
    if (blocks_.size() > 1) blocks_.back().reserve(kBlock);
  }

  std::vector<std::vector<T>> blocks_;  // INVARIANT: all but the last are full, and none is empty
};

}  // namespace tidewaiter
