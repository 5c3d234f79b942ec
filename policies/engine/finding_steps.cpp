// PolicyRuntime, its part that makes steps.

#include <algorithm>
#include <utility>

#include "policies/engine/policy_runtime.h"
#include "policies/engine/session_span.h"

namespace tidewaiter {

std::vector<Value> PolicyRuntime::values_at(SubjectState& state, std::int64_t k) {
  return judge_.values(state.windows, state.windows.lower_bound(k), k);
}

std::vector<Value> PolicyRuntime::first_values(SubjectState& state, const LiveFinding& finding) {
  return values_at(state, first_window(state, finding.run));
}

std::vector<Figure> PolicyRuntime::figures(const std::vector<Value>& values) const {
  std::vector<Figure> all;
  all.reserve(values.size());
  for (std::size_t m = 0; m < values.size(); ++m) {
    all.push_back({policy_.measures[m].name, policy_.measures[m].type, values[m], true});
  }
  return all;
}

Interval PolicyRuntime::interval(const WindowRun& run) const {
  if (policy_.window.session) {
    return session_interval(policy_.window, UtcTime{run.first}, UtcTime{run.last});
  }
  return grid_.interval(run.first, run.last);
}

Step PolicyRuntime::blank(StepKind kind, std::int64_t seq) const {
  Step step;
  step.seq = seq;
  step.kind = kind;
  step.policy = policy_.id;
  step.policy_version = policy_.version;
  step.policy_hash = policy_.hash;
  step.severity = policy_.severity;
  return step;
}

Step PolicyRuntime::present(std::uint32_t subject, const LiveFinding& finding, StepKind kind,
                            std::int64_t seq) {
  Step step = blank(kind, seq);
  SubjectState& state = *states_[subject];
  const std::int64_t first = first_window(state, finding.run);
  step.subject = subjects_->subject(subject);
  step.run = interval(finding.run);
  step.windows = windows_in(finding.run);
  step.figures = figures(values_at(state, first));
  step.historical = finding.historical;
  step.evidence = state.windows.evidence(first, panes_, policy_.evidence);
  step.evidence_choice = policy_.evidence.choose;
  if (const Span* span = state.windows.find(first)) step.evidence_total = span->certain;
  return step;
}

PendingStep PolicyRuntime::step_about(const Standing& standing, StepKind kind, std::int64_t seq) {
  const LiveFinding& about = finding(standing);
  Step step = present(standing.subject_id, about, kind, seq);
  if (kind == StepKind::kOpened &&
      goes_on_from_another(*states_[standing.subject_id], standing.place)) {
    step.reason = kRepeatReason;
  }
  return {std::move(step), about.order, {}};
}

Step PolicyRuntime::withdrawal(std::uint32_t subject, const LiveFinding& finding, std::int64_t seq,
                               std::string reason) const {
  Step step = blank(StepKind::kWithdrawn, seq);
  step.subject = subjects_->subject(subject);
  step.run = interval(finding.run);
  step.windows = windows_in(finding.run);
  step.figures = figures(finding.stated);
  step.historical = finding.historical;
  step.reason = std::move(reason);
  return step;
}

void PolicyRuntime::state_anew(const Standing& standing) {
  LiveFinding& about = finding(standing);
  about.stated = first_values(*states_[standing.subject_id], about);
  // What the silent evaluation had closed may be open again: its run grew after that.
  SubjectState& state = *states_[standing.subject_id];
  if (state.active || !awaits_watermark(state)) return;
  state.active = true;
  active_.push_back(standing.subject_id);
}

void PolicyRuntime::take_gaps(std::int64_t seq, std::vector<PendingStep>& steps) {
  const auto report = [&](std::int64_t count, const std::string& reason) {
    Step step = blank(StepKind::kGap, seq);
    step.reason = reason;
    step.count = count;
    steps.push_back({std::move(step), {}, {}});
  };
  if (gap_too_late_ > 0) report(std::exchange(gap_too_late_, 0), "too-late");
  if (gap_not_evaluable_ > 0) report(std::exchange(gap_not_evaluable_, 0), "not-evaluable");
  for (const auto& [reason, count] : std::exchange(gaps_by_reason_, {})) report(count, reason);
}

std::vector<PolicyRuntime::Standing> PolicyRuntime::standing() const {
  std::vector<Standing> all;
  for (std::size_t at = states_.next(0); at < states_.size(); at = states_.next(at + 1)) {
    const auto subject = static_cast<std::uint32_t>(at);
    for (std::size_t place = 0; place < states_[subject]->findings.size(); ++place) {
      all.push_back({subjects_->subject(subject), subject, place});
    }
  }
  for (std::size_t place = 0; place < evicted_.size(); ++place) {
    const std::uint32_t subject = evicted_[place].subject;
    all.push_back({subjects_->subject(subject), subject, place, true});
  }
  std::ranges::stable_sort(all, {}, &Standing::subject);
  return all;
}

}  // namespace tidewaiter
