#pragma once

#include <cstdint>

#include "policies/language/policy.h"

namespace tidewaiter {

/// Where the windows of a policy lie (docs/evaluation.md, Windows): the one place that knows
/// whether they are counted in microseconds or in dates. Window k + 1 never begins before window k.
/// Cheap to make: it borrows the window, which outlives it. Pure; any number of threads.
class WindowGrid {
 public:
  explicit WindowGrid(const Window& window) : window_(&window) {}

  /// How many windows hold an instant: they are the last one that has begun, and those before it.
  [[nodiscard]] std::int64_t overlap() const { return window_->length.us / window_->every.us; }

  /// The last window that begins at or before `time`.
  [[nodiscard]] std::int64_t last_begun(UtcTime time) const;
  /// The first window that begins at or after `time`.
  [[nodiscard]] std::int64_t first_from(UtcTime time) const;
  /// The last window that ends at or before `time`.
  [[nodiscard]] std::int64_t last_ended(UtcTime time) const;

  /// Empty for a date that the zone's clocks left out.
  [[nodiscard]] Interval interval(std::int64_t k) const;
  [[nodiscard]] Interval interval(std::int64_t first, std::int64_t last) const {
    return {interval(first).from, interval(last).to};
  }
  /// As long as the clocks make it.
  [[nodiscard]] Duration length(std::int64_t k) const {
    const Interval span = interval(k);
    return span.to - span.from;
  }

 private:
  [[nodiscard]] UtcTime begin_of_date(const Calendar& calendar, std::int64_t k) const;

  const Window* window_;
};

}  // namespace tidewaiter
