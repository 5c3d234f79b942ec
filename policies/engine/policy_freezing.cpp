// PolicyRuntime, its part that forgets windows which no record can change any more.

#include <algorithm>

#include "policies/engine/policy_runtime.h"

namespace tidewaiter {
namespace {

/// What FrozenWindows takes grows with the overlap: a day every five minutes is the most.
constexpr std::int64_t kMostOverlap = 288;

}  // namespace

bool PolicyRuntime::freezes() const {
  return !policy_.window.session && !members_ && judge_.reach() == 0 && !judge_.compares_peers() &&
         policy_.reads != RecordKind::kFinding && panes_ <= kMostOverlap;
}

void PolicyRuntime::note_late_line(const KindBatch::Control& control) {
  std::optional<std::int64_t> line = control.late_before;
  if (const auto& wait = policy_.window.wait_for_late) {
    line = control.horizon.complete_to;
    std::int64_t before = 0;
    if (!line || __builtin_sub_overflow(*line, wait->us, &before)) return;
    line = before;
  }
  if (line) last_frozen_ = std::max(last_frozen_, grid_.last_ended(UtcTime{*line}));
}

void PolicyRuntime::note_idle(SubjectState& state, std::uint32_t subject) {
  if (state.is_idle || state.windows.spans().empty() || !freezes()) return;
  state.is_idle = true;
  put_idle(state.windows.spans().back().to, subject);
}

void PolicyRuntime::put_idle(std::int64_t window, std::uint32_t subject) {
  idle_.push_back({window, subject});
  std::push_heap(idle_.begin(), idle_.end());
}

void PolicyRuntime::freeze_idle() {
  while (!idle_.empty() && idle_.front().window <= last_frozen_) {
    const std::uint32_t subject = idle_.front().subject;
    std::pop_heap(idle_.begin(), idle_.end());
    idle_.pop_back();
    const bool was_quiet = is_quiet(subject);
    if (was_quiet && freeze_quietly(subject)) continue;
    SubjectState& state = wake(subject);
    state.is_idle = false;
    if (was_quiet && awaits_watermark(state)) await_watermark(state, subject);
    freeze(state, subject);
    const auto left = state.windows.spans();
    if (!state.active && left.empty() && state.findings.empty()) {
      states_[subject].reset();
      continue;
    }
    if (!state.active && !left.empty() && left.back().to > last_frozen_) note_idle(state, subject);
    let_rest(subject);
  }
}

bool PolicyRuntime::is_worth_freezing(std::size_t done, std::size_t kept, std::size_t all) {
  constexpr std::size_t kLeast = 2;  // below it what is saved is not worth the work
  return done >= kept + std::max(kLeast, (all - done) / 4);
}

void PolicyRuntime::freeze_some(SubjectState& state, std::uint32_t subject) {
  const std::size_t done = state.windows.spans_up_to(last_frozen_);
  if (is_worth_freezing(done, state.spans_kept, state.windows.spans().size())) {
    freeze(state, subject);
  }
}

void PolicyRuntime::freeze(SubjectState& state, std::uint32_t subject) {
  const auto done = state.windows.forget_done(layout_, panes_, last_frozen_);
  state.spans_kept = state.windows.spans_up_to(last_frozen_);
  if (done.empty()) return;
  judge_.note_loss();
  count_frozen(done, subject);
}

void PolicyRuntime::count_frozen(std::span<const SubjectWindows::Done> done,
                                 std::uint32_t subject) {
  std::int64_t& latest = frozen_panes_.at(subject).pane;
  for (const SubjectWindows::Done& windows : done) {
    frozen_.add(windows.first, windows.last, windows.pane, windows.told);
    latest = std::max(latest, windows.pane);
  }
}

bool PolicyRuntime::has_windows(const SubjectState& state, std::uint32_t subject) const {
  return !state.windows.spans().empty() || frozen_panes_.has(subject);
}

void PolicyRuntime::forget_frozen() {
  const std::int64_t first = statuses_.first_judged();
  const FrozenWindows::Change change = frozen_.forget_before(first);
  windows_by_answer_[place_of(RangeAnswer::kFalse)] += change.told;
  windows_by_answer_[place_of(RangeAnswer::kUnknown)] += change.unknown;
  for (std::size_t subject = frozen_panes_.next(0); subject < frozen_panes_.size();
       subject = frozen_panes_.next(subject + 1)) {
    if (frozen_panes_[subject].pane >= first) continue;
    frozen_panes_[subject] = {};
    const bool has_none =
        states_.has(subject) ? states_[subject]->windows.spans().empty() : !resting_.has(subject);
    if (has_none) --subjects_with_windows_;
  }
}

}  // namespace tidewaiter
