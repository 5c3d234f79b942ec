#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policies/engine/window_grid.h"
#include "policies/model/log.h"

namespace tidewaiter {

enum class WindowStatus : std::uint8_t {
  kUnsettled,  ///< the watermark has not reached its end
  kUncovered,  ///< settled, but it began before what the sources cover: more may be missing
  kClosed,     ///< settled, and nothing is missing
};

/// What the sources of one kind of record cover after some entry of the log.
struct Horizon {
  /// A moment's coverage. Of all moments only those are kept that no other one includes.
  /// INVARIANT: both members rise from one to the next.
  struct Stated {
    std::int64_t covered_from = 0;
    std::int64_t watermark = 0;
  };
  std::vector<Stated> stated;  ///< empty: nothing has been stated, nothing is settled
};

/// Follows the statements of the sources of one kind of record.
class KindCoverage {
 public:
  void take(const SourceDrained& drained);
  /// Of a source that has stated nothing: without effect.
  void take(const SourceIdle& idle);

  /// The least drained end over the sources that are not idle (docs/evaluation.md, Coverage);
  /// nothing before the first statement.
  [[nodiscard]] std::optional<std::int64_t> watermark() const;
  [[nodiscard]] const Horizon& horizon() const { return horizon_; }

 private:
  struct SourceState {
    std::int64_t from = 0;
    std::int64_t to = 0;
    bool idle = false;
  };
  void advance();

  std::map<std::string, SourceState, std::less<>> sources_;
  Horizon horizon_;
};

/// The status of every window of one grid: a status holds from `first` to before the next one's.
/// INVARIANT: sorted, never empty, the first from the least int64.
class StatusMap {
 public:
  struct Stretch {
    std::int64_t first = 0;
    WindowStatus status = WindowStatus::kUnsettled;
  };
  StatusMap();
  /// `first_judged`: windows before it begin before what retention has left; none is closed.
  StatusMap(const Horizon& horizon, const WindowGrid& grid, std::int64_t first_judged);

  [[nodiscard]] WindowStatus at(std::int64_t k) const;
  /// The last window from k on up to which the status stays.
  [[nodiscard]] std::int64_t same_until(std::int64_t k) const;
  [[nodiscard]] std::int64_t last_settled() const { return last_settled_; }
  /// Windows before it are not judged. A border of stretches.
  [[nodiscard]] std::int64_t first_judged() const { return first_judged_; }

  /// Windows [first, last] that have another status in `after`.
  struct Change {
    std::int64_t first = 0;
    std::int64_t last = 0;
    WindowStatus before = WindowStatus::kUnsettled;
    WindowStatus after = WindowStatus::kUnsettled;
  };
  [[nodiscard]] std::vector<Change> changes_to(const StatusMap& after) const;

 private:
  [[nodiscard]] std::size_t index_of(std::int64_t k) const;
  void judge_from(std::int64_t first);

  std::vector<Stretch> stretches_;
  std::int64_t last_settled_;
  std::int64_t first_judged_;
};

}  // namespace tidewaiter
