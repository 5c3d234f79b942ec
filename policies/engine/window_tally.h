#pragma once

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
  /// How many there are in these windows, each of them counted.
  [[nodiscard]] std::int64_t sum(const WindowRun& windows) const {
    std::int64_t sum = 0;
    std::int64_t count = 0;  // of the windows before `step`
    std::int64_t from = windows.first;
    for (const auto& [first, by] : steps_) {
      if (first > windows.last) break;
      if (first > from) {
        if (count != 0) sum += count * (first - from);
        from = first;
      }
      count += by;
    }
    return sum + (count == 0 ? 0 : count * (windows.last + 1 - from));
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
