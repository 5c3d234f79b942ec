#pragma once

#include <cstddef>
#include <vector>

#include "policies/model/digest.h"

namespace tidewaiter {

/// Tells rows of a page that have one identity. A table with open addressing, at most half full:
/// digests are spread evenly by what they are. One thread at a time.
class RowIds {
 public:
  /// `rows`: how many are to be expected.
  explicit RowIds(std::size_t rows = 0);

  /// False if it came before.
  bool is_first(const Digest& id);

 private:
  void make_room(std::size_t slots);
  [[nodiscard]] std::size_t slot_of(const Digest& id) const;

  std::vector<Digest> slots_;  ///< a power of two of them; all zeros: free
  std::size_t used_ = 0;
  bool has_zeros_ = false;  ///< the one identity that would look like a free slot
};

}  // namespace tidewaiter
