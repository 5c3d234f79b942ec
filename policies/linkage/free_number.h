#pragma once

#include <vector>

namespace tidewaiter {

/// A number for a new item: one that is free, or the next, for which an item is made. What the item
/// holds is whatever it held.
template <class Items, class Number>
[[nodiscard]] Number free_number(Items& items, std::vector<Number>& free) {
  if (free.empty()) {
    items.emplace_back();
    return static_cast<Number>(items.size() - 1);
  }
  const Number number = free.back();
  free.pop_back();
  return number;
}

}  // namespace tidewaiter
