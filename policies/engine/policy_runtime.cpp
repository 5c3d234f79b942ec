#include "policies/engine/policy_runtime.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "policies/engine/step_pattern.h"
#include "policies/language/expression_literal.h"
#include "policies/language/times_in_force.h"

namespace tidewaiter {
namespace {

/// Whether a finding still stands: false where it is withdrawn, and true if nothing is said.
Expr stands() {
  Expr withdrawn;
  withdrawn.op = ExprOp::kDefault;
  withdrawn.args = {make_field(*find_field("finding.withdrawn"), {}),
                    make_literal(ValueType::kBool, false, {})};
  Expr stands;
  stands.op = ExprOp::kNot;
  stands.args.push_back(std::move(withdrawn));
  return stands;
}

/// condition and not (exempt[0] or exempt[1] or …), each only before its `until`.
Expr judged_condition(const Policy& policy) {
  if (policy.exempt.empty()) return policy.condition;
  Expr any;
  any.op = ExprOp::kOr;
  for (const Exemption& exemption : policy.exempt) {
    Expr before;
    before.op = ExprOp::kLt;
    before.args = {make_field(kFieldTime, {}),
                   make_literal(ValueType::kTimestamp, exemption.until.us, {})};
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

Expr truth_of(const Policy& policy) {
  if (policy.reads != RecordKind::kFinding) return judged_condition(policy);
  Expr both;
  both.op = ExprOp::kAnd;
  both.args = {judged_condition(policy), stands()};
  return both;
}

/// A record's size in the order of values; the least there is where it is not known.
std::int64_t size_of(const ValueBits* sizes, std::size_t row) {
  if (sizes == nullptr || !sizes->valid.test(row)) return kLeastSize;
  if (!sizes->real) return sizes->ints[row];
  return std::isfinite(sizes->doubles[row]) ? key_of(sizes->doubles[row]) : kLeastSize;
}

/// `left`: before it, what the policy held was evicted.
bool is_too_late(const Policy& policy, const KindBatch::Entry& entry, std::int64_t left,
                 UtcTime time) {
  if (policy.reads == RecordKind::kFinding) return false;
  const WindowGrid grid(policy.window);
  const std::int64_t begin = std::max(entry.dropped_before, left);
  if (policy.window.session) {
    if (time.us < begin) return true;
  } else if (grid.last_begun(time) < grid.first_from(UtcTime{begin})) {
    return true;
  }
  if (!policy.window.wait_for_late) return entry.late_before && time.us < *entry.late_before;
  if (!entry.complete_to) return false;
  std::int64_t earliest = 0;
  if (__builtin_sub_overflow(*entry.complete_to, policy.window.wait_for_late->us, &earliest)) {
    return false;
  }
  return time.us < earliest;
}

}  // namespace

/// A batch's answers of the plan for this policy.
struct PolicyRuntime::Truths {
  const TruthBits& condition;
  const TruthBits& truth;
  std::vector<const TruthBits*> where;
  std::vector<const ValueBits*> arguments;
  std::vector<const ValueBits*> groups;
  std::vector<std::vector<const TruthBits*>> steps;
  const ValueBits* sizes = nullptr;
  Bitmap judged;  ///< entries in force and not too late
  Bitmap first;   ///< entries that are no revisions
};

PolicyRuntime::PolicyRuntime(std::shared_ptr<const PolicySet> set, const Policy& policy,
                             std::shared_ptr<SubjectTable> subjects, std::int64_t dropped_before,
                             const RestingLimits& limits)
    : set_(std::move(set)),
      policy_(policy),
      asked_(&policy_),
      in_force_(times_in_force(policy)),
      subjects_(std::move(subjects)),
      layout_(policy.measures),
      judge_(policy, layout_, statuses_),
      grid_(policy.window),
      panes_(grid_.overlap()),
      statuses_(Horizon{}, grid_, grid_.first_from(UtcTime{dropped_before})),
      dropped_before_(dropped_before),
      limits_(limits),
      frozen_(panes_) {
  counts_.policy = policy.id;
  if (policy.linkage) judge_.set_members(members_.emplace());
  if (!freezes() || !limits_.may_be_quiet) return;
  quiet_.emplace(layout_, judge_.outlook(), panes_, limits_.most_inputs);
  if (!quiet_->any()) quiet_.reset();
}

void PolicyRuntime::rebind(std::shared_ptr<const PolicySet> set, const Policy& policy) {
  asked_set_ = std::move(set);
  asked_ = &policy;
}

void PolicyRuntime::join(Plan& plan, ColumnSet& columns) {
  condition_ = plan.add_truth(asked_->condition);
  truth_ = plan.add_truth(truth_of(*asked_));
  where_.clear();
  arguments_.clear();
  groups_.clear();
  steps_.clear();
  const auto values_of = [&plan](const std::optional<Expr>& expr) {
    return expr ? std::optional(plan.add_values(*expr)) : std::nullopt;
  };
  for (const Measure& measure : asked_->measures) {
    where_.push_back(measure.where ? std::optional(plan.add_truth(*measure.where)) : std::nullopt);
    arguments_.push_back(values_of(measure.argument));
    groups_.push_back(values_of(measure.group));
    auto& steps = steps_.emplace_back();
    if (!measure.pattern) continue;
    for (const auto& step : measure.pattern->steps) steps.push_back(plan.add_truth(step.where));
    if (const auto& without = measure.pattern->without) {
      steps.push_back(plan.add_truth(without->where));
    }
  }
  sizes_ = values_of(asked_->evidence.size);
  subjects_->use_fields(columns);
}

PolicyRuntime::~PolicyRuntime() = default;

void PolicyRuntime::prepare(const KindBatch& batch, Plan& plan, const ColumnSet& columns) {
  prepared_ = std::make_unique<Truths>(
      Truths{plan.truth(condition_), plan.truth(truth_), {}, {}, {}, {}, {}, {}, {}});
  Truths& truths = *prepared_;
  truths.first = batch.first;
  if (judges_all(batch)) {
    truths.judged.assign(batch.entries.size(), true);
    counts_.records_read += batch.first_versions;
  } else {
    judge_entries(batch, columns, truths);
  }
  count_rows(batch, truths);

  // Nothing is asked of the plan for a batch in which no record is the policy's business.
  const bool any = !truths.truth.yes.none() || !truths.truth.unknown.none();
  for (std::size_t m = 0; any && m < where_.size(); ++m) {
    truths.where.push_back(where_[m] ? &plan.truth(*where_[m]) : nullptr);
    truths.arguments.push_back(arguments_[m] ? &plan.values(*arguments_[m]) : nullptr);
    auto& steps_of_measure = truths.steps.emplace_back();
    for (const NodeId step : steps_[m]) steps_of_measure.push_back(&plan.truth(step));
    truths.groups.push_back(groups_[m] ? &plan.values(*groups_[m]) : nullptr);
  }
  if (any && sizes_) truths.sizes = &plan.values(*sizes_);
}

/// Whether no entry of the batch is out of force or too late, told by the extremes of them all:
/// what is not too late where it is the earliest, behind the latest of lines, is not too late
/// anywhere.
bool PolicyRuntime::judges_all(const KindBatch& batch) const {
  if (batch.entries.empty()) return true;
  const bool in_force = std::ranges::any_of(in_force_, [&batch](const Interval& interval) {
    return interval.from <= batch.earliest && batch.latest < interval.to;
  });
  return in_force && !is_too_late(policy_, batch.strictest, evicted_before_, batch.earliest);
}

/// The same entry by entry: sets `judged`, and counts.
void PolicyRuntime::judge_entries(const KindBatch& batch, const ColumnSet& columns,
                                  Truths& truths) {
  truths.judged.assign(batch.entries.size(), false);
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    const UtcTime time = columns.record(i).time;
    if (!is_within(in_force_, time)) continue;
    if (truths.first.test(i)) ++counts_.records_read;
    if (!is_too_late(policy_, batch.entries[i], evicted_before_, time)) truths.judged.set(i);
  }
}

/// The entries that may do something: those that are true or unknown, or take the place of another
/// version, or are not judged; all of them where accounts move with any record.
Bitmap PolicyRuntime::due_entries(const KindBatch& batch, const Truths& truths) const {
  if (members_) return Bitmap(batch.entries.size(), true);
  Bitmap due(batch.entries.size());
  for (std::size_t w = 0; w < due.words(); ++w) {
    due.word(w) = truths.judged.word(w) & truths.first.word(w) & ~truths.truth.yes.word(w) &
                  ~truths.truth.unknown.word(w);
  }
  due.negate();
  return due;
}

void PolicyRuntime::run(const KindBatch& batch, const ColumnSet& columns, bool silent,
                        std::vector<PendingStep>& steps) {
  const Truths& truths = *prepared_;
  const Bitmap due = due_entries(batch, truths);
  const bool looks_ahead = !members_ && !policy_.window.session;
  auto control = batch.controls.begin();
  for (std::size_t i = 0;; ++i) {
    // The entries of one occasion follow one another, and it ends with the last of them.
    if (reached_.empty()) i = due.next(i);
    for (; control != batch.controls.end() && control->before <= i; ++control) {
      run_control(*control, batch.regrouping_at(control->seq), silent, steps);
    }
    if (i >= batch.entries.size()) break;
    if (looks_ahead) prefetch(due, i);
    run_due(batch, i, columns, truths, steps);
    if (!reached_.empty() && !batch.entries[i].continues) end_occasion(batch.entries[i], steps);
  }
  prepared_.reset();  // what it points to ends with the batch
}

/// The states of subjects lie all over the memory, each some pointers deep: an entry that waited
/// for each of them in turn would do little else. So one step is asked for at a time, some entries
/// ahead, by what the step before has brought.
void PolicyRuntime::prefetch(const Bitmap& due, std::size_t i) const {
  constexpr std::size_t kPlace = 16;
  constexpr std::size_t kState = 12;
  constexpr std::size_t kWindows = 8;
  constexpr std::size_t kPane = 4;
  const auto place_at = [&](std::size_t ahead) -> const std::unique_ptr<SubjectState>* {
    if (i + ahead >= due.size() || !due.test(i + ahead)) return nullptr;
    const std::uint32_t subject = subjects_->of_row(i + ahead);
    return states_.find(subject);
  };
  const auto quiet_at = [&](std::size_t ahead) -> const QuietSubjects::Bytes* {
    if (!quiet_ || i + ahead >= due.size() || !due.test(i + ahead)) return nullptr;
    return resting_.find(subjects_->of_row(i + ahead));
  };
  const auto state_at = [&](std::size_t ahead) -> const SubjectState* {
    const auto* const place = place_at(ahead);
    return place == nullptr ? nullptr : place->get();
  };
  if (const auto* const place = place_at(kPlace)) __builtin_prefetch(place);
  if (const auto* const quiet = quiet_at(kPlace)) __builtin_prefetch(quiet);
  if (const auto* const quiet = quiet_at(kState)) QuietSubjects::prefetch_begin(*quiet);
  if (const auto* const quiet = quiet_at(kWindows)) QuietSubjects::prefetch_end(*quiet);
  if (const SubjectState* const state = state_at(kState)) {
    constexpr std::size_t kLine = 64;
    for (std::size_t at = 0; at < sizeof(SubjectState); at += kLine) {
      __builtin_prefetch(reinterpret_cast<const std::byte*>(state) + at);
    }
  }
  if (const SubjectState* const state = state_at(kWindows)) state->windows.prefetch_ends(layout_);
  if (const SubjectState* const state = state_at(kPane)) state->windows.prefetch_last_pane();
}

void PolicyRuntime::run_due(const KindBatch& batch, std::size_t i, const ColumnSet& columns,
                            const Truths& truths, std::vector<PendingStep>& steps) {
  const KindBatch::Entry& entry = batch.entries[i];
  if (!truths.judged.test(i)) {
    if (is_within(in_force_, columns.record(i).time)) {
      ++gap_too_late_;
      ++counts_.records_too_late;
    }
    if (members_) run_member_entry(batch, i, truths, false, steps);
    return;
  }
  const bool matters = truths.truth.yes.test(i) || truths.truth.unknown.test(i) ||
                       (entry.replaced && (truths.truth.yes.test(*entry.replaced) ||
                                           truths.truth.unknown.test(*entry.replaced)));
  if (members_) {
    run_member_entry(batch, i, truths, matters, steps);
  } else if (matters) {
    run_entry(batch, i, truths, steps);
  }
}

void PolicyRuntime::count_rows(const KindBatch& batch, const Truths& truths) {
  const TruthBits& truth = truths.truth;
  for (std::size_t w = 0; w < truths.judged.words(); ++w) {
    // The rows of replaced versions may share the last word: `judged` masks them.
    const std::uint64_t counted = truths.judged.word(w) & truths.first.word(w);
    const std::uint64_t yes = truth.yes.word(w);
    const std::uint64_t unknown = truth.unknown.word(w);
    const std::uint64_t met = truths.condition.yes.word(w);
    if ((yes | unknown | met) == 0) continue;  // as most are
    counts_.records_selected += std::popcount(counted & yes);
    counts_.records_unknown += std::popcount(counted & unknown);
    counts_.records_exempt += std::popcount(counted & met & ~yes & ~unknown);
    for (std::uint64_t rest = counted & yes; rest != 0; rest &= rest - 1) {
      const std::size_t row = w * 64 + static_cast<std::size_t>(std::countr_zero(rest));
      if (row < batch.entries.size() && subjects_->of_row(row) == kNoSubjectNumber) {
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
  if (subjects_->of_row(row) == kNoSubjectNumber) return false;
  input_.time = time;
  input_.pane = grid_.last_begun(UtcTime{time});
  input_.seq = seq;
  input_.weight = weight;
  input_.size = size_of(truths.sizes, row);
  input_.measures.resize(layout_.places.size());
  for (std::size_t m = 0; m < layout_.places.size(); ++m) {
    MeasureInput& measure = input_.measures[m];
    if (!sees_records(layout_.places[m])) {
      measure.role = Role::kNone;
      if (truths.groups[m] != nullptr) {  // of peers that share a field
        measure.known = truths.groups[m]->valid.test(row);
        measure.group = truths.groups[m]->ints[row];
      }
      continue;
    }
    measure.role = input_.certain ? Role::kCertain : Role::kMaybe;
    if (truths.where[m] != nullptr && !truths.where[m]->yes.test(row)) {
      measure.role = truths.where[m]->unknown.test(row) ? Role::kMaybe : Role::kNone;
    }
    if (counts_patterns(layout_.places[m])) {
      fill_marks(truths.steps[m], row, measure);
      if (truths.arguments[m] != nullptr) fill_value(*truths.arguments[m], row, m, measure);
      continue;
    }
    const ValueBits* values = truths.arguments[m];
    measure.known = values == nullptr || values->valid.test(row);
    if (const ValueBits* groups = truths.groups[m]; groups != nullptr) {
      measure.known = measure.known && groups->valid.test(row);
      if (measure.known) {
        measure.group = groups->real ? key_of(groups->doubles[row]) : groups->ints[row];
      }
    }
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

void PolicyRuntime::fill_marks(const std::vector<const TruthBits*>& steps, std::size_t row,
                               MeasureInput& measure) const {
  StepMarks marks;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::uint32_t bit = std::uint32_t{1} << i;
    const bool yes = steps[i]->yes.test(row);
    if (yes || steps[i]->unknown.test(row)) marks.possible |= bit;
    if (yes && input_.certain) marks.certain |= bit;
  }
  using Role = MeasureInput::Role;
  measure.role = marks.certain == marks.possible ? Role::kCertain : Role::kMaybe;
  if (marks.possible == 0) measure.role = Role::kNone;
  measure.known = true;
  measure.key = marks.key();
}

/// Beside the marks, which say whether it is there.
void PolicyRuntime::fill_value(const ValueBits& values, std::size_t row, std::size_t measure,
                               MeasureInput& input) const {
  if (!values.valid.test(row)) return;
  if (values.real) {
    if (!std::isfinite(values.doubles[row])) return;
    input.number = values.doubles[row];
  } else {
    input.group = values.ints[row];
  }
  StepMarks marks = StepMarks::of_key(input.key);
  marks.possible |= std::uint32_t{1} << steps_[measure].size();
  input.key = marks.key();
}

PolicyRuntime::SubjectState& PolicyRuntime::state_of(std::uint32_t subject) {
  std::unique_ptr<SubjectState>& place = states_.at(subject);
  (void)resting_.at(subject);
  if (place != nullptr) return *place;
  awake_.push_back(subject);
  if (has_state(subject)) return wake(subject);
  place = std::make_unique<SubjectState>();
  SubjectState& state = *place;
  judge_.take_in(state.windows, subject);
  state.could_be_linked = !members_ || members_->could_be_linked(subject);
  state.may_rest = freezes();
  return state;
}

void PolicyRuntime::run_entry(const KindBatch& batch, std::size_t row, const Truths& truths,
                              std::vector<PendingStep>& steps) {
  if (policy_.window.session) {
    run_session_entry(batch, row, truths, steps);
    return;
  }
  const KindBatch::Entry& entry = batch.entries[row];
  if (entry.replaced) change_row(batch, *entry.replaced, entry.replaced_seq, -1, truths);
  change_row(batch, row, entry.seq, 1, truths);
}

void PolicyRuntime::change_row(const KindBatch& batch, std::size_t row, std::int64_t seq, int sign,
                               const Truths& truths) {
  const Record& record = *batch.rows[row];
  if (!fill_input(truths, row, seq, record.time.us, record.requests)) return;
  const std::uint32_t subject = subjects_->of_row(row);
  judge_.note(input_);
  if (sign > 0 && take_quietly(subject)) return;
  SubjectState& state = state_of(subject);
  if (!has_windows(state, subject)) ++subjects_with_windows_;
  (void)state.windows.change(layout_, statuses_, panes_, input_, sign, kept_for(policy_.evidence));
  note_input(state, subject, sign);
  reached_.push_back({subject, {input_.pane - panes_ + 1, input_.pane + judge_.reach()}});
}

void PolicyRuntime::end_occasion(const KindBatch::Entry& entry, std::vector<PendingStep>& steps) {
  // An occasion of several entries is of findings, and what reads these compares with no peers.
  if (judge_.compares_peers()) reach_peers();
  put_reached_in_order();
  const Occasion occasion{entry.seq, entry.backfill, false, entry.is_revision,
                          statuses_.last_settled()};
  for (const Reached& reached : reached_) judge_reached(reached, occasion, steps);
  reached_.clear();
  let_some_rest();
}

/// By subject, each subject once.
void PolicyRuntime::put_reached_in_order() {
  if (reached_.size() == 1) return;
  std::ranges::sort(reached_, [this](const Reached& a, const Reached& b) {
    return a.subject != b.subject && subjects_->subject(a.subject) < subjects_->subject(b.subject);
  });
  std::size_t last = 0;
  for (std::size_t i = 1; i < reached_.size(); ++i) {
    WindowRun& windows = reached_[last].windows;
    if (reached_[i].subject != reached_[last].subject) {
      reached_[++last] = reached_[i];
    } else {
      windows.first = std::min(windows.first, reached_[i].windows.first);
      windows.last = std::max(windows.last, reached_[i].windows.last);
    }
  }
  reached_.resize(last + 1);
}

/// The windows in which others may be compared with what this occasion changes: those after its
/// panes. Nothing where there are none, or where nothing is to be seen in them.
std::optional<WindowRun> PolicyRuntime::windows_of_peers() {
  std::optional<WindowRun> later;
  for (const auto& [subject, windows] : reached_) {
    const std::int64_t pane = windows.first + panes_ - 1;
    const bool is_latest = pane >= latest_pane_;
    latest_pane_ = std::max(latest_pane_, pane);
    if (is_latest || !judge_.may_change_peers(states_[subject]->windows, pane)) continue;
    if (!later) later = WindowRun{pane + 1, pane + judge_.reach()};
    later->first = std::min(later->first, pane + 1);
    later->last = std::max(later->last, pane + judge_.reach());
  }
  return later;
}

void PolicyRuntime::reach_peers() {
  const std::optional<WindowRun> later = windows_of_peers();
  if (!later) return;
  for (std::size_t at = states_.next(0); at < states_.size(); at = states_.next(at + 1)) {
    const auto subject = static_cast<std::uint32_t>(at);
    const auto spans = states_[subject]->windows.spans();
    if (spans.empty() || spans.back().to < later->first) continue;
    reached_.push_back({subject, *later});
  }
}

void PolicyRuntime::judge_reached(const Reached& reached, const Occasion& occasion,
                                  std::vector<PendingStep>& steps) {
  SubjectState& state = *states_[reached.subject];
  const Effect effect = judge_windows(state, reached.subject, reached.windows);
  reconcile(state, reached.subject, effect, occasion, steps);
  await_watermark(state, reached.subject);
}

PolicyRuntime::Effect PolicyRuntime::judge_inputs(SubjectState& state, std::uint32_t subject,
                                                  const WindowRun& inputs) {
  return judge_windows(state, subject, {inputs.first, inputs.last + judge_.reach()});
}

PolicyRuntime::Effect PolicyRuntime::judge_windows(SubjectState& state, std::uint32_t subject,
                                                   const WindowRun& windows) {
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
  if (!has_windows(state, subject)) --subjects_with_windows_;
  return effect;
}

void PolicyRuntime::await_watermark(SubjectState& state, std::uint32_t subject) {
  if (state.active) return;
  if (!awaits_watermark(state)) return note_idle(state, subject);
  state.active = true;
  active_.push_back(subject);
}

PolicyCoverage PolicyRuntime::coverage() const {
  PolicyCoverage coverage = counts_;
  coverage.windows_true = windows_by_answer_[place_of(RangeAnswer::kTrue)];
  coverage.windows_false = windows_by_answer_[place_of(RangeAnswer::kFalse)];
  coverage.windows_not_evaluable = windows_by_answer_[place_of(RangeAnswer::kUnknown)];
  coverage.subjects = subjects_with_windows_;
  return coverage;
}

}  // namespace tidewaiter
