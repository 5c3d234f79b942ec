#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policies/engine/window_grid.h"
#include "policies/model/log.h"

namespace tidewaiter {

enum class WindowStatus : std::uint8_t {
  kUnsettled,  ///< the watermark has not reached its end
  kAwaited,    ///< settled without an idle source, which may still close it
  kUncovered,  ///< settled, and more may be missing that nobody waits for
  kClosed,     ///< settled, and nothing is missing
};

/// What the sources of one kind of record cover after some entry of the log.
struct Horizon {
  /// What every source had drained at some moment. Of all moments only those are kept that no other
  /// one includes. INVARIANT: both members rise from one to the next.
  struct Complete {
    std::int64_t from = 0;
    std::int64_t to = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(from, to);
    }
  };
  std::vector<Complete> complete;
  /// The watermark, and the greatest end that all sources had drained, idle ones too: at most the
  /// watermark. Neither steps back. Absent: nothing has been stated, nothing is settled.
  std::optional<std::int64_t> watermark;
  std::optional<std::int64_t> complete_to;

  /// Whether at some moment all sources had drained [from, to).
  [[nodiscard]] bool covers(std::int64_t from, std::int64_t to) const;
  /// Whether more is complete before `complete_to` of `before`, an earlier state, than was then.
  [[nodiscard]] bool reaches_back(const Horizon& before) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(complete, watermark, complete_to);
  }
};

/// "source-idle:<name>", "source-removed:<name>": the reason of a gap in the coverage of every
/// policy that reads the source's kind. Empty for statements about findings, whose makers tell of
/// it.
[[nodiscard]] std::string gap_reason(const SourceIdle& idle);
[[nodiscard]] std::string gap_reason(const SourceRemoved& removed);

/// Follows the statements of the sources of one kind of record.
class KindCoverage {
 public:
  void take(const SourceDrained& drained);
  /// Both without effect on a source that has stated nothing. True if a gap opens: the source was
  /// not idle yet; it is removed with less drained than the watermark is without it.
  bool take(const SourceIdle& idle);
  bool take(const SourceRemoved& removed);
  void take(const SourceSettles& settles);

  /// The least drained end over the sources that are not idle (docs/evaluation.md, Coverage);
  /// nothing before the first statement. It never steps back.
  [[nodiscard]] std::optional<std::int64_t> watermark() const { return horizon_.watermark; }
  /// The greatest end that all of them had drained: what is late is late by it.
  [[nodiscard]] std::optional<std::int64_t> complete_to() const { return horizon_.complete_to; }
  /// Records before it are too late for a policy that waits as long as its sources settle; nothing
  /// before the first statement. It never steps back: a record that comes in time never
  /// revises one that was too late.
  [[nodiscard]] std::optional<std::int64_t> late_before() const { return late_before_; }
  [[nodiscard]] const Horizon& horizon() const { return horizon_; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(sources_, settles_, asked_from_, late_before_, horizon_);
  }

 private:
  struct SourceState {
    std::int64_t from = 0;
    std::int64_t to = 0;
    bool idle = false;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(from, to, idle);
    }
  };
  void advance();
  void advance_lines();
  void advance_late();
  void note_complete();

  std::map<std::string, SourceState, std::less<>> sources_;
  std::map<std::string, std::int64_t, std::less<>> settles_;  ///< by source, in microseconds
  /// Before it, what a removed source had may be missing.
  std::int64_t asked_from_ = std::numeric_limits<std::int64_t>::min();
  std::optional<std::int64_t> late_before_;
  Horizon horizon_;
};

/// The status of every window of one grid: a status holds from `first` to before the next one's.
/// INVARIANT: sorted, never empty, the first from the least int64.
class StatusMap {
 public:
  struct Stretch {
    std::int64_t first = 0;
    WindowStatus status = WindowStatus::kUnsettled;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(first, status);
    }
  };
  StatusMap();
  /// `first_judged`: windows before it begin before what retention has left; none is closed.
  StatusMap(const Horizon& horizon, const WindowGrid& grid, std::int64_t first_judged);

  [[nodiscard]] WindowStatus at(std::int64_t k) const;
  /// The last window from k on up to which the status stays.
  [[nodiscard]] std::int64_t same_until(std::int64_t k) const;
  [[nodiscard]] std::int64_t last_settled() const { return last_settled_; }
  /// Windows after it are unsettled or awaited. At most last_settled().
  [[nodiscard]] std::int64_t last_complete() const { return last_complete_; }
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

  template <class Archive>
  void serialize(Archive& archive) {
    archive(stretches_, last_settled_, last_complete_, first_judged_);
  }

 private:
  [[nodiscard]] std::size_t index_of(std::int64_t k) const;
  /// Of the last stretch: from here on the status is another one.
  void begin(std::int64_t first, WindowStatus status);
  void judge_from(std::int64_t first);

  std::vector<Stretch> stretches_;
  std::int64_t last_settled_;
  std::int64_t last_complete_;
  std::int64_t first_judged_;
};

}  // namespace tidewaiter
