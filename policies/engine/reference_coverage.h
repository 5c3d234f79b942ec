#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/log.h"

namespace tidewaiter::reference {

/// What the sources have said of one kind of record.
class Coverage {
 public:
  /// Takes an entry, if it is a statement about records of `kind` or of retention.
  void take(const Control& control, RecordKind kind);

  /// Retention has dropped what lies before `before`.
  void dropped(UtcTime before) { dropped_before_ = std::max(dropped_before_, before); }

  /// Nothing before the first statement.
  [[nodiscard]] std::optional<UtcTime> watermark() const { return watermark_; }
  [[nodiscard]] UtcTime dropped_before() const { return dropped_before_; }
  [[nodiscard]] bool settled(const Interval& window) const;
  /// Settled, and no idle source is waited for that may still close it.
  [[nodiscard]] bool complete(const Interval& window) const;
  [[nodiscard]] bool closed(const Interval& window) const;
  /// Whether a record that comes now is too late for a policy with these windows.
  [[nodiscard]] bool is_behind(UtcTime time, const Window& window) const;
  /// The reason of the gap that a statement opens, which makes this coverage the one `after`; empty
  /// if it opens none.
  [[nodiscard]] std::string gap_of(const Control& statement, const Coverage& after) const;

 private:
  struct Source {
    UtcTime from;
    UtcTime to;
    bool idle = false;
  };
  void drained(const SourceDrained& statement);
  void idle(const SourceIdle& statement);
  void removed(const SourceRemoved& statement);
  void settles(const SourceSettles& statement);
  void advance();
  void advance_lines();
  void advance_late();
  void note_closed();

  std::map<std::string, Source> sources_;
  std::map<std::string, Duration> settles_;
  std::optional<UtcTime> watermark_;
  std::optional<UtcTime> complete_to_;  ///< the greatest end that all sources had drained
  std::optional<UtcTime> late_before_;  ///< the greatest line less lateness that there has been
  UtcTime asked_from_{std::numeric_limits<std::int64_t>::min()};
  UtcTime dropped_before_{std::numeric_limits<std::int64_t>::min()};
  std::vector<Interval> closed_;  ///< all that every source had drained, at each moment so far
};

}  // namespace tidewaiter::reference
