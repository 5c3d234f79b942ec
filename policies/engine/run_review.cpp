// PolicyRuntime, its part that compares a subject's runs with its findings after an entry.

#include <algorithm>
#include <utility>

#include "policies/engine/policy_runtime.h"

namespace tidewaiter {

void PolicyRuntime::reconcile(SubjectState& state, std::uint32_t subject, const Effect& effect,
                              const Occasion& occasion, std::vector<PendingStep>& steps) {
  auto& findings = state.findings;
  if (!effect.flipped && findings.empty()) return;
  RunChange change;
  if (effect.flipped) {
    std::vector<WindowRun> holding;
    for (std::size_t i = state.windows.lower_bound(effect.flipped->first);
         i < state.windows.spans().size(); ++i) {
      const Span& span = state.windows.spans()[i];
      if (span.from > effect.flipped->last) break;
      if (span.answer != Answer::kTrue) continue;
      holding.push_back(
          {std::max(span.from, effect.flipped->first), std::min(span.to, effect.flipped->last)});
    }
    change = change_runs(findings, *effect.flipped, holding);
  }
  // Findings made anew, and those whose first window the entry touched.
  const auto by_last = [](const LiveFinding& finding) { return finding.run.last; };
  std::size_t from = static_cast<std::size_t>(
      std::ranges::lower_bound(findings, effect.touched.first, {}, by_last) - findings.begin());
  if (change.begin < change.end) from = std::min(from, change.begin);
  for (std::size_t i = from; i < findings.size(); ++i) {
    const bool made = i >= change.begin && i < change.end;
    if (i >= change.end && findings[i].run.first > effect.touched.last) break;
    const std::optional<WindowRun> former =
        made ? change.former[i - change.begin] : std::optional(findings[i].run);
    review(state, subject, i, former, effect, occasion, steps);
  }
  for (const RunChange::Withdrawn& gone : change.withdrawn) {
    PendingStep step{withdrawal(subject, gone.finding, occasion.seq, "no-longer-holds"),
                     gone.finding.order, gone.merged_into};
    steps.push_back(std::move(step));
  }
  std::size_t open = findings.size();
  while (open > 0 && findings[open - 1].run.last + 1 > occasion.settled_before) --open;
  std::size_t i = change.begin < change.end ? std::min(open, change.begin) : open;
  for (; i < findings.size(); ++i) {
    if (i < open && i >= change.end) i = open;
    if (i == findings.size()) break;
    close_where_ended(state, subject, i, occasion, steps);
  }
}

void PolicyRuntime::review(SubjectState& state, std::uint32_t subject, std::size_t place,
                           const std::optional<WindowRun>& former, const Effect& effect,
                           const Occasion& occasion, std::vector<PendingStep>& steps) {
  LiveFinding& finding = state.findings[place];
  if (finding.order == LiveFinding::kUnopened) {
    finding.order = next_order++;
    finding.historical = occasion.backfill;
    finding.stated = values_at(state, finding.run.first);
    steps.push_back(
        {present(subject, finding, StepKind::kOpened, occasion.seq), finding.order, {}});
    return;
  }
  std::string reason;
  if (former->first != finding.run.first || (finding.closed && former->last != finding.run.last)) {
    reason = "run-changed";
    finding.closed = false;
  } else if (finding.run.first > statuses_.last_settled() ||
             finding.run.first < effect.touched.first || finding.run.first > effect.touched.last) {
    return;
  } else if (occasion.is_control || finding.run.first > occasion.settled_before) {
    reason = "window-closed";
  } else {
    reason = occasion.is_revision ? "revised-data" : "late-data";
  }
  std::vector<Value> values = values_at(state, finding.run.first);
  if (reason != "run-changed" && values == finding.stated) return;
  std::vector<Figure> previous = figures(finding.stated);
  finding.stated = std::move(values);
  Step step = present(subject, finding, StepKind::kRestated, occasion.seq);
  step.previous = std::move(previous);
  step.reason = std::move(reason);
  steps.push_back({std::move(step), finding.order, {}});
}

void PolicyRuntime::close_where_ended(SubjectState& state, std::uint32_t subject, std::size_t place,
                                      const Occasion& occasion, std::vector<PendingStep>& steps) {
  LiveFinding& finding = state.findings[place];
  if (finding.closed || finding.run.last + 1 > statuses_.last_settled()) return;
  finding.closed = true;
  steps.push_back({present(subject, finding, StepKind::kClosed, occasion.seq), finding.order, {}});
}

}  // namespace tidewaiter
