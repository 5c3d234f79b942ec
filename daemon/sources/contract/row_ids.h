#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/model/digest.h"

namespace tidewaiter {

/// Numbers the identities of a page's rows, 0, 1, 2, … in the order of their coming, and so tells
/// rows that have one. A table with open addressing, at most half full: digests are spread evenly
/// by what they are. One thread at a time.
class RowIds {
 public:
  /// `rows`: how many are to be expected.
  explicit RowIds(std::size_t rows = 0);

  /// The number of an identity: that of its first row if it came before, else size(), which then is
  /// one more.
  std::size_t number(const Digest& id);
  /// False if it came before.
  bool is_first(const Digest& id);

  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  /// Of a number that was given.
  [[nodiscard]] const Digest& id(std::size_t number) const { return ids_[number]; }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  void make_room(std::size_t slots);
  [[nodiscard]] std::size_t slot_of(const Digest& id) const;

  std::vector<Digest> ids_;           ///< by number
  std::vector<std::uint32_t> slots_;  ///< a power of two of numbers
};

}  // namespace tidewaiter
