// PolicyRuntime, its part for session windows: sessions that records change, that settle and that
// are forgotten.

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "policies/engine/policy_runtime.h"
#include "policies/engine/session_span.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kLeastInput = std::numeric_limits<std::int64_t>::min();

}  // namespace

SessionRules PolicyRuntime::session_rules() const {
  return {policy_.window, layout_, statuses_, kept_for(policy_.evidence)};
}

WindowStatus PolicyRuntime::status_of(const SessionExtent& session) const {
  if (session.interval.to.us > sessions_settled_to()) return WindowStatus::kUnsettled;
  const bool closed = session.cover.from.us >= dropped_before_ &&
                      horizon_.covers(session.cover.from.us, session.cover.to.us);
  return closed ? WindowStatus::kClosed : WindowStatus::kUncovered;
}

std::int64_t PolicyRuntime::sessions_settled_to() const {
  return horizon_.watermark.value_or(kLeastInput);
}

std::int64_t PolicyRuntime::sessions_settled_before() const {
  const std::int64_t watermark = sessions_settled_to();
  const std::int64_t gap = policy_.window.session->us;
  return watermark < kLeastInput + gap ? kLeastInput : watermark - gap;
}

PolicyRuntime::StoodBefore PolicyRuntime::take_down(SubjectState& state, const WindowRun& region) {
  StoodBefore before{region, {}, false};
  for (std::size_t i = state.windows.lower_bound(region.first); i < state.windows.spans().size();
       ++i) {
    Span& span = state.windows.spans()[i];
    if (span.from > region.last) break;
    before.held = before.held || span.answer == RangeAnswer::kTrue;
    if (!span.counted) continue;
    --windows_by_answer_[place_of(*span.counted)];
    before.settled.push_back(span.session->first);
    span.counted.reset();
  }
  return before;
}

PolicyRuntime::Effect PolicyRuntime::put_up(SubjectState& state, const StoodBefore& before) {
  bool holds = false;
  for (std::size_t i = state.windows.lower_bound(before.region.first);
       i < state.windows.spans().size(); ++i) {
    Span& span = state.windows.spans()[i];
    if (span.from > before.region.last) break;
    span.status = status_of(*span.session);
    span.judged = false;
    judge_.judge(state.windows, i);
    if (span.session->cover.from.us < dropped_before_) span.answer = RangeAnswer::kUnknown;
    holds = holds || span.answer == RangeAnswer::kTrue;
    if (span.status == WindowStatus::kUnsettled) continue;
    span.counted = span.answer;
    ++windows_by_answer_[place_of(span.answer)];
    const bool is_new = !std::ranges::binary_search(before.settled, span.session->first);
    if (is_new && span.answer == RangeAnswer::kUnknown) ++gap_not_evaluable_;
  }
  Effect effect{before.region, std::nullopt};
  if (before.held || holds) effect.flipped = before.region;
  return effect;
}

void PolicyRuntime::run_session_entry(const KindBatch& batch, std::size_t row, const Truths& truths,
                                      std::vector<PendingStep>& steps) {
  const KindBatch::Entry& entry = batch.entries[row];
  const std::int64_t time = batch.rows[row]->time.us;  // of both versions
  const bool is_input = fill_input(truths, row, entry.seq, time, batch.rows[row]->requests);
  std::array<std::uint32_t, 2> subjects{kNoSubjectNumber, kNoSubjectNumber};
  if (entry.replaced) subjects[0] = subjects_->of_row(*entry.replaced);
  if (is_input) subjects[1] = subjects_->of_row(row);
  const std::uint32_t now = subjects[1];
  const bool unknown = !states_.has(subjects[0]);
  if (subjects[0] == now || unknown) subjects[0] = kNoSubjectNumber;
  if (subjects[0] != kNoSubjectNumber && now != kNoSubjectNumber &&
      subjects_->subject(now) < subjects_->subject(subjects[0])) {
    std::swap(subjects[0], subjects[1]);
  }
  const Occasion occasion{entry.seq, entry.backfill, false, entry.replaced.has_value(),
                          sessions_settled_before()};
  for (const std::uint32_t subject : subjects) {
    if (subject == kNoSubjectNumber) continue;
    SubjectState& state = state_of(subject);
    const bool had_windows = !state.windows.spans().empty();
    const StoodBefore before =
        take_down(state, SubjectSessions::around(state.windows, policy_.window, time));
    if (entry.replaced) {
      state.sessions.remove(session_rules(), state.windows, time, entry.replaced_seq);
    }
    if (is_input && subject == now) {
      judge_.note(input_);
      state.sessions.add(session_rules(), state.windows, input_);
    }
    const Effect effect = put_up(state, before);
    subjects_with_windows_ += static_cast<std::int64_t>(!state.windows.spans().empty()) -
                              static_cast<std::int64_t>(had_windows);
    reconcile(state, subject, effect, occasion, steps);
    if (!state.active && awaits_watermark(state)) {
      state.active = true;
      active_.push_back(subject);
    }
  }
}

void PolicyRuntime::run_session_control(const KindBatch::Control& control,
                                        std::vector<PendingStep>& steps) {
  const Occasion occasion{control.seq, control.backfill, true, false, sessions_settled_before()};
  const bool reaches_back = control.horizon.reaches_back(horizon_);
  horizon_ = control.horizon;
  const bool dropped = control.dropped_before > dropped_before_;
  dropped_before_ = std::max(dropped_before_, control.dropped_before);
  StepsBySubject by_subject;
  for (std::size_t at = states_.next(0); at < states_.size(); at = states_.next(at + 1)) {
    const auto subject = static_cast<std::uint32_t>(at);
    SubjectState& state = *states_[subject];
    if (!dropped && !reaches_back && !state.active) continue;
    const std::optional<Effect> effect = dropped ? forget_sessions(state) : settle_sessions(state);
    std::vector<PendingStep> own;
    if (effect) reconcile(state, subject, *effect, occasion, own);
    if (!own.empty()) by_subject.emplace_back(subject, std::move(own));
  }
  std::erase_if(active_, [this](std::uint32_t subject) {
    states_[subject]->active = awaits_watermark(*states_[subject]);
    return !states_[subject]->active;
  });
  append_in_order(std::move(by_subject), steps);
}

std::optional<PolicyRuntime::Effect> PolicyRuntime::settle_sessions(SubjectState& state) {
  std::optional<WindowRun> region;
  for (const Span& span : state.windows.spans()) {
    if (span.status == status_of(*span.session)) continue;
    widen(region, span.session->first, span.session->last);
  }
  if (!region) return std::nullopt;
  return put_up(state, take_down(state, *region));
}

std::optional<PolicyRuntime::Effect> PolicyRuntime::forget_sessions(SubjectState& state) {
  std::optional<WindowRun> region;
  for (const Span& span : state.windows.spans()) {
    if (span.session->cover.from.us >= dropped_before_) break;
    widen(region, span.session->first, span.session->last);
  }
  if (!region) return std::nullopt;
  judge_.note_loss();
  const StoodBefore before = take_down(state, *region);
  state.sessions.forget_before(session_rules(), state.windows, dropped_before_);
  if (state.windows.spans().empty()) --subjects_with_windows_;
  return put_up(state, before);
}

}  // namespace tidewaiter
