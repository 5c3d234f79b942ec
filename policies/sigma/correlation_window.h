#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/time.h"
#include "policies/sigma/correlation.h"

namespace tidewaiter {

/// One group's matches within the timespan, and what the correlation measures of them.
class SigmaWindow {
 public:
  /// What one field of an event has: one text, or several.
  using Values = std::vector<std::string>;

  /// A match, as its group sees it.
  struct Entry {
    UtcTime time;
    std::size_t rule = 0;  ///< place among the correlation's rules
    /// The values of the correlation's fields; nothing if the event lacks one of them.
    std::optional<std::vector<Values>> values;
  };

  /// Keeps a reference to the correlation, which outlives the window.
  explicit SigmaWindow(const SigmaCorrelation& correlation) : correlation_(&correlation) {}

  /// Entries come in the order of time. In log n, and of sums, averages and percentiles a move of
  /// the numbers behind it; `judge` of sums and averages goes over the numbers once, so that n
  /// matches that lie within the timespan cost n² additions.
  void add(Entry entry);
  void drop_before(UtcTime time);
  /// Whether nothing has come at or after `time`.
  [[nodiscard]] bool is_idle_since(UtcTime time) const {
    return entries_.empty() || entries_.back().time < time;
  }

  /// The measure at `now`, if it meets the condition. Of the share of a value (value_percentile
  /// without `percentile`) it is that of the first value, in the order of texts, that came at
  /// `now` and meets it.
  [[nodiscard]] std::optional<double> judge(UtcTime now) const;

 private:
  [[nodiscard]] std::optional<double> measure(UtcTime now) const;
  [[nodiscard]] bool in_order(UtcTime now) const;
  [[nodiscard]] std::optional<double> rare_share(UtcTime now) const;

  const SigmaCorrelation* correlation_;
  std::deque<Entry> entries_;
  std::map<std::size_t, std::size_t> by_rule_;           ///< rule → entries
  std::map<std::vector<Values>, std::size_t> by_value_;  ///< values → entries
  std::size_t with_values_ = 0;                          ///< entries
  /// Of the entries whose one value is a number. Sorted, so that sums do not hang on the order in
  /// which matches of one instant came.
  std::vector<double> numbers_;
};

}  // namespace tidewaiter
