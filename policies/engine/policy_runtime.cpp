#include "policies/engine/policy_runtime.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

namespace tidewaiter {
namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b < 0);
}

/// condition and not (exempt[0] or exempt[1] or …), each only before its `until`.
Expr truth_of(const Policy& policy) {
  if (policy.exempt.empty()) return policy.condition;
  Expr any;
  any.op = ExprOp::kOr;
  for (const Exemption& exemption : policy.exempt) {
    Expr time;
    time.op = ExprOp::kField;
    time.type = ValueType::kTimestamp;
    time.index = kFieldTime;
    Expr until;
    until.type = ValueType::kTimestamp;
    until.literal = exemption.until.us;
    Expr before;
    before.op = ExprOp::kLt;
    before.args = {std::move(time), std::move(until)};
    Expr one;
    one.op = ExprOp::kAnd;
    one.args = {exemption.where, std::move(before)};
    any.args.push_back(std::move(one));
  }
  Expr none;
  none.op = ExprOp::kNot;
  none.args.push_back(std::move(any));
  Expr both;
  both.op = ExprOp::kAnd;
  both.args = {policy.condition, std::move(none)};
  return both;
}

bool in_force(const Policy& policy, UtcTime time) {
  return policy.in_force.empty() ||
         std::ranges::any_of(policy.in_force, [time](const Interval& interval) {
           return interval.from <= time && time < interval.to;
         });
}

bool is_too_late(const Policy& policy, const KindBatch::Entry& entry, UtcTime time) {
  if (!entry.drained_to) return false;
  std::int64_t earliest = 0;
  if (__builtin_sub_overflow(*entry.drained_to, policy.window.wait_for_late.us, &earliest)) {
    return false;
  }
  return time.us < earliest;
}

void widen(std::optional<WindowRun>& run, std::int64_t first, std::int64_t last) {
  if (!run) {
    run = WindowRun{first, last};
  } else {
    run = WindowRun{std::min(run->first, first), std::max(run->last, last)};
  }
}

std::size_t place_of(Answer answer) { return static_cast<std::size_t>(answer); }

}  // namespace

/// A batch's answers of the plan for this policy.
struct PolicyRuntime::Truths {
  const TruthBits& condition;
  const TruthBits& truth;
  std::vector<const TruthBits*> where;
  std::vector<const ValueBits*> arguments;
  Bitmap judged;  ///< entries in force and not too late
  Bitmap first;   ///< entries that are no revisions
};

PolicyRuntime::PolicyRuntime(std::shared_ptr<const PolicySet> set, const Policy& policy,
                             std::shared_ptr<SubjectTable> subjects)
    : set_(std::move(set)),
      policy_(policy),
      subjects_(std::move(subjects)),
      layout_(policy.measures),
      judge_(policy, layout_),
      panes_(policy.window.length.us / policy.window.every.us) {
  counts_.policy = policy.id;
}

void PolicyRuntime::join(Plan& plan, ColumnSet& columns) {
  condition_ = plan.add_truth(policy_.condition);
  truth_ = plan.add_truth(truth_of(policy_));
  where_.clear();
  arguments_.clear();
  for (const Measure& measure : policy_.measures) {
    where_.push_back(measure.where ? std::optional(plan.add_truth(*measure.where)) : std::nullopt);
    arguments_.push_back(measure.argument ? std::optional(plan.add_values(*measure.argument))
                                          : std::nullopt);
  }
  subjects_->use_fields(columns);
}

void PolicyRuntime::run(const KindBatch& batch, Plan& plan, const ColumnSet& columns, bool silent,
                        std::vector<PendingStep>& steps) {
  Truths truths{plan.truth(condition_), plan.truth(truth_), {}, {}, {}, {}};
  truths.judged.assign(batch.entries.size(), false);
  truths.first.assign(batch.entries.size(), false);
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    const UtcTime time = columns.record(i).time;
    if (!in_force(policy_, time)) continue;
    const bool is_first = !batch.entries[i].replaced;
    if (is_first) ++counts_.records_read;
    if (is_first) truths.first.set(i);
    if (!is_too_late(policy_, batch.entries[i], time)) truths.judged.set(i);
  }
  count_rows(batch, truths);

  // Nothing is asked of the plan for a batch in which no record is the policy's business.
  const bool any = !truths.truth.yes.none() || !truths.truth.unknown.none();
  for (std::size_t m = 0; any && m < where_.size(); ++m) {
    truths.where.push_back(where_[m] ? &plan.truth(*where_[m]) : nullptr);
    truths.arguments.push_back(arguments_[m] ? &plan.values(*arguments_[m]) : nullptr);
  }
  auto control = batch.controls.begin();
  for (std::size_t i = 0; i <= batch.entries.size(); ++i) {
    for (; control != batch.controls.end() && control->before == i; ++control) {
      run_control(*control, silent, steps);
    }
    if (i == batch.entries.size()) break;
    const KindBatch::Entry& entry = batch.entries[i];
    if (!truths.judged.test(i)) {
      if (in_force(policy_, columns.record(i).time)) {
        ++gap_too_late_;
        ++counts_.records_too_late;
      }
      continue;
    }
    const bool matters = truths.truth.yes.test(i) || truths.truth.unknown.test(i) ||
                         (entry.replaced && (truths.truth.yes.test(*entry.replaced) ||
                                             truths.truth.unknown.test(*entry.replaced)));
    if (matters) run_entry(batch, i, truths, steps);
  }
}

void PolicyRuntime::count_rows(const KindBatch& batch, const Truths& truths) {
  const TruthBits& truth = truths.truth;
  for (std::size_t w = 0; w < truths.judged.words(); ++w) {
    // The rows of replaced versions may share the last word: `judged` masks them.
    const std::uint64_t counted = truths.judged.word(w) & truths.first.word(w);
    const std::uint64_t yes = truth.yes.word(w);
    const std::uint64_t unknown = truth.unknown.word(w);
    counts_.records_selected += std::popcount(counted & yes);
    counts_.records_unknown += std::popcount(counted & unknown);
    counts_.records_exempt +=
        std::popcount(counted & truths.condition.yes.word(w) & ~yes & ~unknown);
    for (std::uint64_t rest = counted & yes; rest != 0; rest &= rest - 1) {
      const std::size_t row = w * 64 + static_cast<std::size_t>(std::countr_zero(rest));
      if (row < batch.entries.size() && subjects_->of_row(row) == kNoSubject) {
        ++counts_.records_unknown;
      }
    }
  }
}

/// Describes a row as an input. False: it contributes nothing.
bool PolicyRuntime::fill_input(const Truths& truths, std::size_t row, std::int64_t seq,
                               std::int64_t time, std::int64_t weight) {
  using Role = MeasureInput::Role;
  input_.certain = truths.truth.yes.test(row);
  if (!input_.certain && !truths.truth.unknown.test(row)) return false;
  if (subjects_->of_row(row) == kNoSubject) return false;
  input_.time = time;
  input_.pane = floor_divide(time, policy_.window.every.us);
  input_.seq = seq;
  input_.weight = weight;
  input_.measures.resize(layout_.places.size());
  for (std::size_t m = 0; m < layout_.places.size(); ++m) {
    MeasureInput& measure = input_.measures[m];
    measure.role = input_.certain ? Role::kCertain : Role::kMaybe;
    if (truths.where[m] != nullptr && !truths.where[m]->yes.test(row)) {
      measure.role = truths.where[m]->unknown.test(row) ? Role::kMaybe : Role::kNone;
    }
    const ValueBits* values = truths.arguments[m];
    measure.known = values == nullptr || values->valid.test(row);
    if (values == nullptr || !measure.known) continue;
    if (values->real) {
      measure.number = values->doubles[row];
      measure.known = std::isfinite(measure.number);
      measure.key = key_of(measure.number);
    } else {
      measure.key = values->ints[row];
    }
  }
  return true;
}

PolicyRuntime::SubjectState& PolicyRuntime::state_of(std::uint32_t subject) {
  if (subject >= states_.size()) states_.resize(std::size_t{subject} + 1);
  if (states_[subject] == nullptr) states_[subject] = std::make_unique<SubjectState>();
  return *states_[subject];
}

void PolicyRuntime::run_entry(const KindBatch& batch, std::size_t row, const Truths& truths,
                              std::vector<PendingStep>& steps) {
  const KindBatch::Entry& entry = batch.entries[row];
  const bool with_evidence = policy_.evidence.records > 0;
  // The subject of this version, and of the one before if that is another.
  struct Part {
    std::uint32_t subject = kNoSubject;
    WindowRun windows;
  };
  std::array<Part, 2> parts;
  std::size_t count = 0;
  const auto change = [&](std::size_t from_row, std::int64_t seq, int sign) {
    const Record& record = *batch.rows[from_row];
    if (!fill_input(truths, from_row, seq, record.time.us, record.requests)) return;
    const std::uint32_t subject = subjects_->of_row(from_row);
    judge_.note(input_);
    SubjectState& state = state_of(subject);
    if (state.windows.spans().empty()) ++subjects_with_windows_;
    (void)state.windows.change(layout_, statuses_, panes_, input_, sign, with_evidence);
    const WindowRun windows{input_.pane - panes_ + 1, input_.pane};
    if (count == 0 || parts[count - 1].subject != subject) {
      parts[count++] = {subject, windows};
    } else {
      std::optional<WindowRun> both = parts[count - 1].windows;
      widen(both, windows.first, windows.last);
      parts[count - 1].windows = *both;
    }
  };
  if (entry.replaced) change(*entry.replaced, entry.replaced_seq, -1);
  change(row, entry.seq, 1);
  if (count == 2 && subjects_->subject(parts[1].subject) < subjects_->subject(parts[0].subject)) {
    std::swap(parts[0], parts[1]);
  }

  const Occasion occasion{entry.seq, entry.backfill, false, entry.replaced.has_value(),
                          statuses_.last_settled()};
  for (const auto& [subject, windows] : std::span(parts).first(count)) {
    SubjectState& state = *states_[subject];
    Effect effect{windows, std::nullopt};
    const std::size_t first = state.windows.lower_bound(windows.first);
    std::size_t last = first;
    bool emptied = false;
    for (; last < state.windows.spans().size(); ++last) {
      const Span& span = state.windows.spans()[last];
      if (span.from > windows.last) break;
      judge(state, last, effect);
      emptied = emptied || !span.exists();
    }
    if (emptied) state.windows.sweep(layout_, {first, last});
    if (state.windows.spans().empty()) --subjects_with_windows_;
    reconcile(state, subject, effect, occasion, steps);
    if (!state.active && awaits_watermark(state)) {
      state.active = true;
      active_.push_back(subject);
    }
  }
}

bool PolicyRuntime::awaits_watermark(const SubjectState& state) const {
  const std::int64_t settled = statuses_.last_settled();
  const auto spans = state.windows.spans();
  if (!spans.empty() && spans.back().to > settled) return true;
  // A run that ends with the last settled window is still to be closed.
  return !state.findings.empty() && !state.findings.back().closed &&
         state.findings.back().run.last + 1 > settled;
}

void PolicyRuntime::judge(SubjectState& state, std::size_t at, Effect& effect) {
  const bool held = state.windows.spans()[at].answer == Answer::kTrue;
  judge_.judge(state.windows, at);
  Span& span = state.windows.spans()[at];
  if (held != (span.answer == Answer::kTrue)) widen(effect.flipped, span.from, span.to);
  std::optional<Answer> counts;
  if (span.status != WindowStatus::kUnsettled && span.exists()) counts = span.answer;
  if (counts == span.counted) return;
  if (span.counted) windows_by_answer_[place_of(*span.counted)] -= span.windows();
  if (counts) windows_by_answer_[place_of(*counts)] += span.windows();
  if (!span.counted && counts == Answer::kUnknown) gap_not_evaluable_ += span.windows();
  span.counted = counts;
}

void PolicyRuntime::run_control(const KindBatch::Control& control, bool silent,
                                std::vector<PendingStep>& steps) {
  StatusMap after(control.horizon, policy_.window);
  const std::vector<StatusMap::Change> changes = statuses_.changes_to(after);
  const Occasion occasion{control.seq, control.backfill, true, false, statuses_.last_settled()};
  statuses_ = std::move(after);

  if (!changes.empty()) {
    // Windows that settled before are otherwise done with: only a source's new, earlier start
    // reaches back to them.
    const bool reaches_back = std::ranges::any_of(changes, [](const StatusMap::Change& change) {
      return change.before != WindowStatus::kUnsettled;
    });
    std::vector<std::pair<std::uint32_t, std::vector<PendingStep>>> by_subject;
    const auto visit = [&](std::uint32_t subject) {
      std::vector<PendingStep> own;
      const bool remains = settle(*states_[subject], subject, changes, occasion, own);
      if (!own.empty()) by_subject.emplace_back(subject, std::move(own));
      return remains;
    };
    if (reaches_back) {
      for (std::uint32_t subject = 0; subject < states_.size(); ++subject) {
        if (states_[subject] != nullptr && !states_[subject]->active) {
          states_[subject]->active = true;
          active_.push_back(subject);
        }
      }
    }
    std::erase_if(active_, [&](std::uint32_t subject) {
      const bool remains = visit(subject);
      states_[subject]->active = remains;
      return !remains;
    });
    if (!silent && control.drained) take_gaps(control.seq, steps);
    std::ranges::sort(by_subject, [&](const auto& a, const auto& b) {
      return subjects_->subject(a.first) < subjects_->subject(b.first);
    });
    for (auto& [subject, own] : by_subject) {
      std::ranges::move(own, std::back_inserter(steps));
    }
  } else if (!silent && control.drained) {
    take_gaps(control.seq, steps);
  }
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
  }
  if (touched) effect.touched = *touched;
  reconcile(state, subject, effect, occasion, steps);
  return awaits_watermark(state);
}

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
  } else if (finding.run.first > statuses_.last_settled() ||
             finding.run.first < effect.touched.first || finding.run.first > effect.touched.last) {
    return;
  } else if (finding.run.first > occasion.settled_before) {
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

std::vector<Value> PolicyRuntime::values_at(SubjectState& state, std::int64_t k) {
  return judge_.values(state.windows, state.windows.lower_bound(k), k);
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
  const std::int64_t every = policy_.window.every.us;
  return {{run.first * every}, {run.last * every + policy_.window.length.us}};
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
  const std::int64_t first = finding.run.first;
  step.subject = subjects_->subject(subject);
  step.run = interval(finding.run);
  step.windows = finding.run.last - first + 1;
  step.figures = figures(values_at(state, first));
  step.historical = finding.historical;
  step.evidence = state.windows.evidence(first, panes_, policy_.evidence.records);
  if (const Span* span = state.windows.find(first)) step.evidence_total = span->certain;
  return step;
}

PendingStep PolicyRuntime::step_about(const Standing& standing, StepKind kind, std::int64_t seq) {
  const LiveFinding& about = finding(standing);
  return {present(standing.subject_id, about, kind, seq), about.order, {}};
}

Step PolicyRuntime::withdrawal(std::uint32_t subject, const LiveFinding& finding, std::int64_t seq,
                               std::string reason) const {
  Step step = blank(StepKind::kWithdrawn, seq);
  step.subject = subjects_->subject(subject);
  step.run = interval(finding.run);
  step.windows = finding.run.last - finding.run.first + 1;
  step.figures = figures(finding.stated);
  step.historical = finding.historical;
  step.reason = std::move(reason);
  return step;
}

void PolicyRuntime::state_anew(const Standing& standing) {
  LiveFinding& about = finding(standing);
  about.stated = values_at(*states_[standing.subject_id], about.run.first);
}

void PolicyRuntime::take_gaps(std::int64_t seq, std::vector<PendingStep>& steps) {
  const auto report = [&](std::int64_t& count, const char* reason) {
    if (count == 0) return;
    Step step = blank(StepKind::kGap, seq);
    step.reason = reason;
    step.count = count;
    steps.push_back({std::move(step), {}, {}});
    count = 0;
  };
  report(gap_too_late_, "too-late");
  report(gap_not_evaluable_, "not-evaluable");
}

std::vector<PolicyRuntime::Standing> PolicyRuntime::standing() const {
  std::vector<Standing> all;
  for (std::uint32_t subject = 0; subject < states_.size(); ++subject) {
    if (states_[subject] == nullptr) continue;
    for (std::size_t place = 0; place < states_[subject]->findings.size(); ++place) {
      all.push_back({subjects_->subject(subject), subject, place});
    }
  }
  std::ranges::stable_sort(all, {}, &Standing::subject);
  return all;
}

PolicyCoverage PolicyRuntime::coverage() const {
  PolicyCoverage coverage = counts_;
  coverage.windows_true = windows_by_answer_[place_of(Answer::kTrue)];
  coverage.windows_false = windows_by_answer_[place_of(Answer::kFalse)];
  coverage.windows_not_evaluable = windows_by_answer_[place_of(Answer::kUnknown)];
  coverage.subjects = subjects_with_windows_;
  return coverage;
}

}  // namespace tidewaiter
