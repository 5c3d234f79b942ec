// PolicyRuntime, its part that answers control entries: windows settle, or are forgotten.

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "policies/engine/policy_runtime.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kLeastTime = std::numeric_limits<std::int64_t>::min();

}  // namespace

bool PolicyRuntime::awaits_watermark(const SubjectState& state) const {
  if (policy_.window.session) {
    const auto sessions = state.windows.spans();
    return !sessions.empty() &&
           sessions.back().session->interval.to.us > horizon_.complete_to.value_or(kLeastTime);
  }
  const std::int64_t settled = statuses_.last_settled();
  const auto spans = state.windows.spans();
  if (!spans.empty() && spans.back().to > statuses_.last_complete()) return true;
  // A run that ends with the last settled window is still to be closed.
  return !state.findings.empty() && !state.findings.back().closed &&
         state.findings.back().run.last + 1 > settled;
}

void PolicyRuntime::judge(SubjectState& state, std::size_t at, Effect& effect) {
  Span& span = state.windows.spans()[at];
  const bool held = span.answer == RangeAnswer::kTrue;
  if (span.from >= statuses_.first_judged()) judge_.judge(state.windows, at);
  if (!state.could_be_linked && span.answer == RangeAnswer::kFalse)
    span.answer = RangeAnswer::kUnknown;
  if (held != (span.answer == RangeAnswer::kTrue)) widen(effect.flipped, span.from, span.to);
  std::optional<RangeAnswer> counts;
  if (span.status != WindowStatus::kUnsettled && span.exists()) counts = span.answer;
  if (counts == span.counted) return;
  if (span.counted) windows_by_answer_[place_of(*span.counted)] -= span.windows();
  if (counts) windows_by_answer_[place_of(*counts)] += span.windows();
  if (!span.counted && counts == RangeAnswer::kUnknown) gap_not_evaluable_ += span.windows();
  span.counted = counts;
}

void PolicyRuntime::judge_all(SubjectState& state, const WindowRun& windows, Effect& effect) {
  for (std::size_t i = state.windows.lower_bound(windows.first); i < state.windows.spans().size();
       ++i) {
    if (state.windows.spans()[i].from > windows.last) break;
    judge(state, i, effect);
  }
}

void PolicyRuntime::run_control(const KindBatch::Control& control,
                                const MemberRegrouping& regrouping, bool silent,
                                std::vector<PendingStep>& steps) {
  if (control.evicted != nullptr) {
    // A version that comes into force is judged over all that is stored, and is another's heir.
    if (!silent && control.evicted->policy == policy_.id) evict(control, steps);
    return;
  }
  if (control.of_record || control.is_ruling) {
    const Occasion occasion{control.seq,         control.backfill,         false,
                            control.is_revision, statuses_.last_settled(), control.is_ruling};
    if (members_) regroup_alone(regrouping, occasion, steps);
    return;
  }
  if (!control.gap.empty()) ++gaps_by_reason_[control.gap];
  if (policy_.window.session) {
    run_session_control(control, steps);
    if (!silent) take_gaps(control.seq, steps);
    return;
  }
  StatusMap after(control.horizon, grid_, first_left(control.dropped_before));
  const std::vector<StatusMap::Change> changes = statuses_.changes_to(after);
  const bool dropped = after.first_judged() > statuses_.first_judged();
  const Occasion occasion{control.seq, control.backfill, true, false, statuses_.last_settled()};
  prepare_quiet(after, changes);
  statuses_ = std::move(after);
  if (freezes()) note_late_line(control);
  if (dropped || !changes.empty()) judge_.note_statuses();
  if (dropped) {
    forget_dropped(regrouping, occasion, steps);
  } else if (!changes.empty()) {
    settle_all(changes, occasion, steps);
  } else if (members_) {
    regroup_alone(regrouping, occasion, steps);
  }
  freeze_idle();
  if (!silent) take_gaps(control.seq, steps);
}

void PolicyRuntime::settle_all(const std::vector<StatusMap::Change>& changes,
                               const Occasion& occasion, std::vector<PendingStep>& steps) {
  // Windows that are complete are otherwise done with: only a source's new, earlier start reaches
  // back to them.
  const bool reaches_back = std::ranges::any_of(changes, [](const StatusMap::Change& change) {
    return change.before == WindowStatus::kUncovered || change.before == WindowStatus::kClosed;
  });
  if (reaches_back) {
    for (std::uint32_t subject = 0; subject < states_.size(); ++subject) {
      if (!has_state(subject) || is_quiet(subject)) continue;
      SubjectState& state = wake(subject);
      if (state.active) continue;
      state.active = true;
      active_.push_back(subject);
    }
  }
  settle_quiet(changes);
  StepsBySubject by_subject;
  std::erase_if(active_, [&](std::uint32_t subject) {
    if (leaves_active(subject)) return true;
    if (settle_at_rest(subject, changes)) return false;
    std::vector<PendingStep> own;
    SubjectState& state = wake(subject);
    const bool remains = settle(state, subject, changes, occasion, own);
    if (!own.empty()) by_subject.emplace_back(subject, std::move(own));
    state.active = remains;
    if (remains) {
      freeze_some(state, subject);
    } else {
      note_idle(state, subject);
    }
    let_rest_alone(subject);
    return !remains || leaves_active(subject);
  });
  append_in_order(std::move(by_subject), steps);
}

void PolicyRuntime::forget_dropped(const MemberRegrouping& regrouping, const Occasion& occasion,
                                   std::vector<PendingStep>& steps) {
  judge_.note_loss();
  forget_frozen();
  Effects effects;
  for (std::uint32_t subject = 0; subject < states_.size(); ++subject) {
    // Of those that are quiet still none has a window there: see prepare_quiet().
    if (!has_state(subject) || is_quiet(subject)) continue;
    if (rests_after(subject, statuses_.first_judged())) continue;
    SubjectState& state = wake(subject);
    if (state.windows.spans().empty()) continue;
    const Effect effect = forget_dropped(state);
    if (members_ || effect.flipped || !state.findings.empty()) {
      effects.emplace(subject, effect);
      continue;
    }
    judge_dropped(state, subject);
    await_watermark(state, subject);
    let_rest(subject);
  }
  if (members_) {
    members_->forget_before(statuses_.first_judged());
    InputChanges changes;
    reach_peers_of(regroup(regrouping, changes), changes);
    judge_changes(changes, effects);
  }
  // Only now, as an account that came may hold a window that lost all its own inputs: it has been
  // there all along, and did not come into being.
  for (const auto& [subject, effect] : effects) {
    judge_dropped(*states_[subject], subject);
  }
  reconcile_all(effects, occasion, steps);
}

PolicyRuntime::Effect PolicyRuntime::forget_dropped(SubjectState& state) {
  const std::int64_t first = statuses_.first_judged();
  Effect effect{{state.windows.spans().front().from, first - 1}, std::nullopt};
  for (const Span& span : state.windows.spans()) {
    if (span.from >= first) break;
    if (span.answer == RangeAnswer::kTrue)
      widen(effect.flipped, span.from, std::min(span.to, first - 1));
  }
  state.windows.forget_before(layout_, statuses_, panes_, first);
  for (Span& span : state.windows.spans()) {
    if (span.from >= first) break;
    if (!span.counted) continue;
    // It was there and settled before, so that it is no gap of this entry.
    windows_by_answer_[place_of(*span.counted)] -= span.windows();
    windows_by_answer_[place_of(RangeAnswer::kUnknown)] += span.windows();
    span.counted = RangeAnswer::kUnknown;
  }
  if (judge_.reach() > 0) {
    // Windows whose history was dropped cannot be told any more.
    effect.touched.last += judge_.reach();
    judge_all(state, {first, effect.touched.last}, effect);
  }
  return effect;
}

/// What windows hold nothing of now goes.
void PolicyRuntime::judge_dropped(SubjectState& state, std::uint32_t subject) {
  if (state.windows.spans().empty()) return;
  (void)judge_windows(state, subject,
                      {state.windows.spans().front().from, statuses_.first_judged() - 1});
}

void PolicyRuntime::append_in_order(StepsBySubject by_subject,
                                    std::vector<PendingStep>& steps) const {
  std::ranges::sort(by_subject, [&](const auto& a, const auto& b) {
    return subjects_->subject(a.first) < subjects_->subject(b.first);
  });
  for (auto& [subject, own] : by_subject) std::ranges::move(own, std::back_inserter(steps));
}

bool PolicyRuntime::settle(SubjectState& state, std::uint32_t subject,
                           const std::vector<StatusMap::Change>& changes, const Occasion& occasion,
                           std::vector<PendingStep>& steps) {
  Effect effect{{1, 0}, std::nullopt};
  std::optional<WindowRun> touched;
  for (const StatusMap::Change& change : changes) {
    const SubjectWindows::Touched cut = state.windows.cut(layout_, change.first, change.last);
    for (std::size_t i = cut.first; i < cut.last; ++i) {
      Span& span = state.windows.spans()[i];
      span.status = change.after;
      span.judged = false;
      judge(state, i, effect);
      widen(touched, span.from, span.to);
    }
    if (cut.first < cut.last) state.windows.join_alike(layout_, panes_, cut);
    // What is history now tells more of the windows after it, be it that nothing was there.
    if (judge_.reach() == 0) continue;
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() - judge_.reach();
    widen(touched, change.first, std::min(change.last, most) + judge_.reach());
  }
  if (touched && judge_.reach() > 0) judge_all(state, *touched, effect);
  if (touched) effect.touched = *touched;
  reconcile(state, subject, effect, occasion, steps);
  return awaits_watermark(state);
}

}  // namespace tidewaiter
