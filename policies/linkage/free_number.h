#pragma once

#include <limits>
#include <stdexcept>
#include <vector>

namespace tidewaiter {

/// A number for a new item: one that is free, or the next, for which an item is made. What the item
/// holds is whatever it held. Throws std::length_error where all numbers are taken: the greatest,
/// which stands for none, is that of no item.
template <class Items, class Number>
[[nodiscard]] Number free_number(Items& items, std::vector<Number>& free) {
  if (free.empty()) {
    if (items.size() == std::numeric_limits<Number>::max()) {
      throw std::length_error("linkage has no number for one more of its things");
    }
    items.emplace_back();
    return static_cast<Number>(items.size() - 1);
  }
  const Number number = free.back();
  free.pop_back();
  return number;
}

}  // namespace tidewaiter
