#include "policies/engine/frozen_windows.h"

#include <algorithm>
#include <cstddef>

namespace tidewaiter {

void FrozenWindows::add(std::int64_t first, std::int64_t last, std::int64_t pane, bool told) {
  std::vector<Count>& counts = by_pane_[pane];
  counts.resize(static_cast<std::size_t>(overlap_));
  const std::int64_t earliest = pane - overlap_ + 1;
  for (std::int64_t k = first; k <= last; ++k) {
    Count& count = counts[static_cast<std::size_t>(k - earliest)];
    ++(told ? count.told : count.unknown);
  }
}

FrozenWindows::Change FrozenWindows::forget_before(std::int64_t pane) {
  Change added;
  const auto left = by_pane_.lower_bound(pane);
  for (auto gone = by_pane_.begin(); gone != left; ++gone) {
    for (const Count& count : gone->second) {
      added.told -= count.told;
      added.unknown -= count.unknown;
    }
  }
  by_pane_.erase(by_pane_.begin(), left);
  for (auto& [latest, counts] : by_pane_) {
    const std::int64_t earliest = latest - overlap_ + 1;
    if (earliest >= pane) break;  // and those that follow begin later still
    for (std::int64_t k = earliest; k < std::min(pane, latest + 1); ++k) {
      Count& count = counts[static_cast<std::size_t>(k - earliest)];
      added.told -= count.told;
      added.unknown += count.told;
      count = {0, count.told + count.unknown};
    }
  }
  return added;
}

}  // namespace tidewaiter
