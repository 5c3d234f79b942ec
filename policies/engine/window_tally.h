#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

#include "policies/engine/runs.h"

namespace tidewaiter {

/// Counts windows by their numbers: how many subjects have each. Costs by where the number changes,
/// not by how many windows there are. One thread at a time.
class WindowTally {
 public:
  /// `by` more of each of these windows; nothing where the last is before the first.
  void change(const WindowRun& windows, std::int64_t by) {
    if (windows.first > windows.last) return;
    step(windows.first, by);
    step(windows.last + 1, -by);
  }
  /// How many there are in these windows, each of them counted. Costs by the steps from the last
  /// one back to there: it is the latest windows that are asked for.
  [[nodiscard]] std::int64_t sum(const WindowRun& windows) const {
    std::int64_t sum = 0;
    std::int64_t count = 0;  // of each window from `step` to the next one: after the last are none
    std::int64_t end = windows.last;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
      if (step->first <= end) {
        const std::int64_t from = std::max(step->first, windows.first);
        if (count != 0 && from <= end) sum += count * (end - from + 1);
        if (step->first <= windows.first) return sum;
        end = step->first - 1;
      }
      count -= step->second;
    }
    return sum;
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(steps_);
  }

 private:
  void step(std::int64_t window, std::int64_t by) {
    const auto at = steps_.try_emplace(window, 0).first;
    at->second += by;
    if (at->second == 0) steps_.erase(at);
  }

  /// By window: how many more there are of it than of the window before.
  std::map<std::int64_t, std::int64_t> steps_;
};

}  // namespace tidewaiter
