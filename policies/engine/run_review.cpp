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
  if (const auto changed = changed_windows(state, effect)) {
    change = change_runs(findings, *changed, held_in(state, *changed), run_cutter(state));
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
    const auto into =
        gone.merged_into ? gone.merged_into : taken_over_by(subject, gone.finding.run);
    PendingStep step{withdrawal(subject, gone.finding, occasion.seq, "no-longer-holds"),
                     gone.finding.order, into};
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

std::vector<WindowRun> PolicyRuntime::held_in(const SubjectState& state,
                                              const WindowRun& region) const {
  std::vector<WindowRun> held;
  for (std::size_t i = state.windows.lower_bound(region.first); i < state.windows.spans().size();
       ++i) {
    const Span& span = state.windows.spans()[i];
    if (span.from > region.last) break;
    if (span.answer != RangeAnswer::kTrue) continue;
    if (span.session != nullptr) {
      held.push_back({span.session->first, span.session->last});
    } else {
      held.push_back({std::max(span.from, region.first), std::min(span.to, region.last)});
    }
  }
  return held;
}

std::int64_t PolicyRuntime::first_window(const SubjectState& state, const WindowRun& run) const {
  if (!policy_.window.session) return run.first;
  // A session's number lies anywhere within it.
  return state.windows.spans()[state.windows.lower_bound(run.first)].from;
}

bool PolicyRuntime::first_has_settled(const WindowRun& run) const {
  return policy_.window.session ? run_has_ended(run) : run.first <= statuses_.last_settled();
}

bool PolicyRuntime::run_has_ended(const WindowRun& run) const {
  return policy_.window.session ? interval(run).to.us <= sessions_settled_to()
                                : run.last + 1 <= statuses_.last_settled();
}

std::optional<WindowRun> PolicyRuntime::changed_windows(const SubjectState& state,
                                                        const Effect& effect) const {
  std::optional<WindowRun> changed = effect.flipped;
  if (!policy_.repeat || !policy_.repeat->if_grown) return changed;
  // Figures cut runs too. What was touched may reach to where no window is.
  const auto spans = state.windows.spans();
  if (spans.empty()) return changed;
  const WindowRun there{std::max(effect.touched.first, spans.front().from),
                        std::min(effect.touched.last, spans.back().to)};
  if (there.first <= there.last) widen(changed, there.first, there.last);
  return changed;
}

RunCutter PolicyRuntime::run_cutter(SubjectState& state) {
  if (policy_.window.session) {
    // Each is a run of its own, also where the next one begins with the very next microsecond.
    return [this, &state](WindowRun run) { return held_in(state, run); };
  }
  if (!policy_.repeat) return {};
  return [this, &state](WindowRun run) {
    return pieces_of(run, *policy_.repeat, grid_, [this, &state](std::int64_t k) {
      return values_at(state, k)[policy_.repeat->if_grown->measure];
    });
  };
}

bool PolicyRuntime::goes_on_from_another(const SubjectState& state, std::size_t place) const {
  return policy_.repeat && place > 0 &&
         state.findings[place - 1].run.last + 1 == state.findings[place].run.first;
}

void PolicyRuntime::review(SubjectState& state, std::uint32_t subject, std::size_t place,
                           const std::optional<WindowRun>& former, const Effect& effect,
                           const Occasion& occasion, std::vector<PendingStep>& steps) {
  LiveFinding& finding = state.findings[place];
  if (finding.order == LiveFinding::kUnopened) {
    finding.order = next_order++;
    finding.historical = occasion.backfill;
    finding.stated = first_values(state, finding);
    Step step = present(subject, finding, StepKind::kOpened, occasion.seq);
    if (goes_on_from_another(state, place)) step.reason = kRepeatReason;
    steps.push_back({std::move(step), finding.order, {}});
    return;
  }
  std::string reason;
  if (former->first != finding.run.first ||
      (finding.closed && interval(*former).to != interval(finding.run).to)) {
    reason = "run-changed";
    finding.closed = false;
  } else if (!first_has_settled(finding.run) || finding.run.first < effect.touched.first ||
             finding.run.first > effect.touched.last) {
    return;
  } else if (effect.regrouped || occasion.is_ruling) {
    reason = "cluster-changed";  // its own accounts, or those of its peers
  } else if (occasion.is_control) {
    reason = "window-closed";
  } else {
    reason = occasion.is_revision ? "revised-data" : "late-data";
  }
  std::vector<Value> values = first_values(state, finding);
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
  if (finding.closed || !run_has_ended(finding.run)) return;
  finding.closed = true;
  steps.push_back({present(subject, finding, StepKind::kClosed, occasion.seq), finding.order, {}});
}

}  // namespace tidewaiter
