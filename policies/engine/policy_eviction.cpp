// PolicyRuntime, its part that lets go of all that it holds, where the log says so: StateEvicted.

#include <algorithm>
#include <limits>
#include <string>

#include "policies/engine/policy_runtime.h"

namespace tidewaiter {

std::int64_t PolicyRuntime::first_left(std::int64_t dropped_before) const {
  return grid_.first_from(UtcTime{std::max(dropped_before, evicted_before_)});
}

void PolicyRuntime::evict(const KindBatch::Control& control, std::vector<PendingStep>& steps) {
  close_evicted(control.seq, steps);
  const std::int64_t untold = unsettled_windows();
  windows_by_answer_[place_of(RangeAnswer::kUnknown)] += untold;
  gaps_by_reason_[std::string(kEvictedReason)] += untold;
  forget_all();
  evicted_before_ = std::max(evicted_before_, control.evicted->before.us);
  dropped_before_ = std::max(dropped_before_, evicted_before_);
  if (!policy_.window.session) {
    statuses_ = StatusMap(control.horizon, grid_, first_left(control.dropped_before));
  }
  take_gaps(control.seq, steps);
}

void PolicyRuntime::close_evicted(std::int64_t seq, std::vector<PendingStep>& steps) {
  for (const Standing& one : standing()) {
    if (one.evicted) continue;
    LiveFinding& closing = finding(one);
    if (!closing.closed) {
      closing.closed = true;
      closing.stated = first_values(*states_[one.subject_id], closing);
      PendingStep closed = step_about(one, StepKind::kClosed, seq);
      closed.step.reason = kEvictedReason;
      steps.push_back(std::move(closed));
    }
    evicted_.push_back({one.subject_id, closing});
  }
}

std::int64_t PolicyRuntime::unsettled_windows() const {
  std::int64_t count = 0;
  const auto add = [&count](const SpanStanding& span) {
    if (span.status == WindowStatus::kUnsettled) count += span.to - span.from + 1;
  };
  for (std::size_t at = states_.next(0); at < states_.size(); at = states_.next(at + 1)) {
    for (const Span& span : states_[at]->windows.spans()) {
      if (span.exists()) add(span);
    }
  }
  std::vector<SpanOutline> outline;
  for (std::size_t at = resting_.next(0); at < resting_.size(); at = resting_.next(at + 1)) {
    if (QuietSubjects::is_one(resting_[at])) continue;
    read_outline_at_rest(resting_[at], outline);
    std::ranges::for_each(outline, add);
  }
  if (!quiet_) return count;
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max() - 1;
  return count + quiet_windows_.sum({statuses_.last_settled() + 1, kLast});
}

/// What the log has said of sources and accounts stays, and what was counted.
void PolicyRuntime::forget_all() {
  states_ = {};
  resting_ = {};
  quiet_windows_ = {};
  // Not clear(), which keeps the room.
  spare_ = std::vector<std::unique_ptr<SubjectState>>();
  awake_ = std::deque<std::uint32_t>();
  active_ = std::vector<std::uint32_t>();
  idle_ = std::vector<Idle>();
  frozen_ = FrozenWindows(panes_);
  frozen_panes_ = {};
  subjects_with_windows_ = 0;
  judge_.forget_subjects();
  if (members_) members_->forget_before(std::numeric_limits<std::int64_t>::max());
}

}  // namespace tidewaiter
