#include "policies/authoring/mutants.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "policies/authoring/canonical_meaning.h"
#include "policies/authoring/expression_mutations.h"
#include "policies/authoring/policy_parts.h"
#include "policies/authoring/policy_words.h"
#include "policies/engine/explain_clauses.h"
#include "policies/engine/policy_test.h"
#include "policies/language/exemption_name.h"
#include "policies/language/policy_hash.h"
#include "policies/language/single_records.h"
#include "policies/language/times_in_force.h"
#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

/// The same steps in another order, or with nothing that may not come between.
std::vector<Measure> other_patterns(const Measure& measure) {
  std::vector<Measure> others;
  Measure swapped = measure;
  std::swap(swapped.pattern->steps[0], swapped.pattern->steps[1]);
  others.push_back(std::move(swapped));
  if (measure.pattern->without) {
    Measure bare = measure;
    bare.pattern->without.reset();
    others.push_back(std::move(bare));
  }
  return others;
}

/// Another limit met by what is just at it.
std::vector<Measure> other_limits(const Measure& measure) {
  std::vector<Measure> others;
  for (std::size_t i = 0; i < measure.pattern->trailing->limits.size(); ++i) {
    Measure other = measure;
    ExprOp& op = other.pattern->trailing->limits[i].op;
    op = at_its_edge(op);
    others.push_back(std::move(other));
  }
  return others;
}

/// Other aggregates that the measure's argument allows.
std::vector<Measure> other_aggregates(const Measure& measure) {
  const auto as = [&measure](Aggregate aggregate) {
    Measure other = measure;
    other.aggregate = aggregate;
    other.quantile = {};
    return other;
  };
  switch (measure.aggregate) {
    case Aggregate::kCount: {
      Measure records = as(Aggregate::kSum);  // without the weight that `requests` gives
      Expr one;
      one.type = ValueType::kInt64;
      one.literal = std::int64_t{1};
      records.argument = one;
      return {records};
    }
    case Aggregate::kSum:
      if (counts_records(measure)) {
        Measure requests = as(Aggregate::kCount);
        requests.argument.reset();
        return {requests};
      }
      return {as(Aggregate::kMax)};
    case Aggregate::kMin:
      return {as(Aggregate::kMax)};
    case Aggregate::kMax:
      return {as(Aggregate::kMin)};
    case Aggregate::kDistinct: {
      Measure count = as(Aggregate::kCount);
      count.argument.reset();
      return {count};
    }
    case Aggregate::kQuantile:
      return {as(Aggregate::kMin), as(Aggregate::kMax)};
    case Aggregate::kAvg:
      // The mean of whole numbers is a double, and an extreme of them is not.
      if (measure.type != measure.argument->type) return {};
      return {as(Aggregate::kMin), as(Aggregate::kMax)};
    case Aggregate::kFirst:
      return {as(Aggregate::kLast)};
    case Aggregate::kLast:
      return {as(Aggregate::kFirst)};
    case Aggregate::kStddev:
      return {as(Aggregate::kCv)};
    case Aggregate::kCv:
      if (!measure.argument) return {};
      return {as(Aggregate::kStddev)};
    case Aggregate::kTopShare: {
      Measure one_more = measure;
      ++one_more.top;
      return {one_more};
    }
    case Aggregate::kDeviation:
    case Aggregate::kCusum: {
      Measure longer = measure;
      if (__builtin_mul_overflow(longer.baseline->length.us, 2, &longer.baseline->length.us)) {
        return {};
      }
      return {longer};
    }
    case Aggregate::kLockstep: {
      Measure finer = measure;
      finer.slot.us /= 2;
      if (finer.slot.us == 0) return {};
      return {finer};
    }
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
      return other_patterns(measure);
    case Aggregate::kMatched:
      return other_limits(measure);
    case Aggregate::kRate:
    case Aggregate::kEntropy:
    case Aggregate::kGini:
    case Aggregate::kFormula:  // changed as an expression
      return {};
  }
  return {};
}

/// The windows of another length or step. INVARIANT of Window: `every` divides `length`.
std::vector<std::pair<std::string, Window>> other_windows(const Window& window) {
  std::vector<std::pair<std::string, Window>> others;
  const auto add = [&](std::string what, std::int64_t length, std::int64_t every) {
    others.emplace_back(std::move(what),
                        Window{Duration{length}, Duration{every}, window.wait_for_late});
  };
  if (window.session) {
    const auto gap = [&](std::string what, std::int64_t us) {
      Window mutant = window;
      mutant.session = Duration{us};
      if (us > 0 && us <= window.length.us) others.emplace_back(std::move(what), std::move(mutant));
    };
    const std::int64_t own = window.session->us;
    if (own <= window.length.us / 2) gap("session gap twice as long", 2 * own);
    gap("session gap half as long", own / 2);
    return others;
  }
  if (window.calendar) {
    const auto unit = [&](CalendarUnit other, std::string what) {
      if (other == window.calendar->unit) return;
      Window mutant = window;
      mutant.calendar->unit = other;
      others.emplace_back(std::move(what), std::move(mutant));
    };
    unit(CalendarUnit::kDays, "calendar of days");
    unit(CalendarUnit::kWeeks, "calendar of weeks");
    unit(CalendarUnit::kMonths, "calendar of months");
    return others;
  }
  const std::int64_t length = window.length.us;
  const std::int64_t every = window.every.us;
  const bool tumbling = length == every;
  std::int64_t twice = 0;
  if (!__builtin_mul_overflow(length, 2, &twice)) {
    add("window twice as long", twice, tumbling ? twice : every);
  }
  if (tumbling && length % 2 == 0) {
    add("window half as long", length / 2, length / 2);
    add("window slides", length, length / 2);
  }
  if (!tumbling) {
    if (length % (2 * every) == 0) add("window half as long", length / 2, every);
    add("window tumbles", length, length);
  }
  return others;
}

std::string fields_text(const std::vector<FieldId>& fields) {
  std::string text;
  for (const FieldId id : fields) text += (text.empty() ? "" : ", ") + std::string(field(id).name);
  return text;
}

constexpr std::array<std::pair<std::string_view, std::int64_t>, 2> kADayOff = {
    {{"earlier", -1}, {"later", 1}}};

/// Whether they are sorted, not empty, and apart: what every `in_force` is.
bool are_dates(const std::vector<Interval>& intervals) {
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (intervals[i].to <= intervals[i].from) return false;
    if (i > 0 && intervals[i].from < intervals[i - 1].to) return false;
  }
  return true;
}

/// The same dates with one of them a day off, or without one of several intervals.
std::vector<std::pair<std::string, std::vector<Interval>>> other_dates(
    const std::vector<Interval>& intervals) {
  std::vector<std::pair<std::string, std::vector<Interval>>> others;
  const auto add = [&](std::string what, std::vector<Interval> changed) {
    if (are_dates(changed)) others.emplace_back(std::move(what), std::move(changed));
  };
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    for (const auto& [word, days] : kADayOff) {
      const Duration off{days * kDay.us};
      if (intervals[i].from != kAlways.from) {
        std::vector<Interval> changed = intervals;
        changed[i].from = intervals[i].from + off;
        add("begins a day " + std::string(word), std::move(changed));
      }
      if (intervals[i].to != kAlways.to) {
        std::vector<Interval> changed = intervals;
        changed[i].to = intervals[i].to + off;
        add("ends a day " + std::string(word), std::move(changed));
      }
    }
    if (intervals.size() == 1) continue;
    std::vector<Interval> fewer = intervals;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    add("interval dropped", std::move(fewer));
  }
  return others;
}

std::string intervals_text(const std::vector<Interval>& intervals) {
  std::string text;
  for (const Interval& interval : intervals) {
    text += (text.empty() ? "" : ", ") + interval_words(interval);
  }
  return text;
}

class Maker {
 public:
  explicit Maker(const Policy& policy)
      : policy_(policy), own_(canonical_meaning(policy)), own_times_(times_in_force(policy)) {}

  MutantSet run() {
    const ExprScope records;
    change_expr(policy_.condition, records, [](Policy& p) -> Expr& { return p.condition; });
    change_subject();
    // Of steps the window follows from the time between them.
    const bool of_steps = std::ranges::any_of(
        policy_.measures, [](const Measure& measure) { return measure.pattern.has_value(); });
    if (!of_steps) change_window();
    change_wait();
    change_times();
    for (std::size_t m = 0; m < policy_.measures.size(); ++m) change_measure(m);
    if (!reports_any(policy_)) {
      change_expr(policy_.report_when, measure_scope(policy_),
                  [](Policy& p) -> Expr& { return p.report_when; });
    }
    if (policy_.repeat) change_repeat();
    for (std::size_t i = 0; i < policy_.exempt.size(); ++i) change_exemption(i);
    return std::move(set_);
  }

 private:
  void add(Policy policy, std::string what, const SourceSpan& span, std::string before,
           std::string after) {
    const Digest meaning = canonical_meaning(policy);
    if (meaning == own_) {
      ++set_.equivalent;
      return;
    }
    if (!seen_.insert(meaning).second) return;  // another change came to the same
    policy.hash = policy_hash(policy);
    // What the language fills in for the writer stands nowhere: the policy's own place is told.
    const SourceSpan& place = span.file.empty() ? policy_.span : span;
    set_.mutants.push_back(
        {std::move(policy), std::move(what), place, std::move(before), std::move(after)});
  }

  template <class Place>
  void change_expr(const Expr& expr, const ExprScope& scope, Place place) {
    for (ExprMutation& mutation : mutate_expression(expr, scope)) {
      Policy changed = policy_;
      place(changed) = std::move(mutation.whole);
      add(std::move(changed), std::move(mutation.what), mutation.span, std::move(mutation.before),
          std::move(mutation.after));
    }
  }

  void change_subject() {
    const std::string before = fields_text(policy_.for_each);
    if (policy_.linkage) {
      Policy changed = policy_;
      changed.for_each = {recorded_field(kFieldCluster)};
      changed.linkage.reset();
      std::string after = fields_text(changed.for_each);
      add(std::move(changed), "clusters taken apart", policy_.span, "for_each: " + before,
          "for_each: " + std::move(after));
    }
    for (std::size_t i = 0; i < policy_.for_each.size(); ++i) {
      Policy changed = policy_;
      const bool single = policy_.for_each.size() == 1;
      if (single) {
        changed.for_each = {kFieldSource};
        changed.linkage.reset();
      } else {
        changed.for_each.erase(changed.for_each.begin() + static_cast<std::ptrdiff_t>(i));
      }
      std::string after = fields_text(changed.for_each);
      add(std::move(changed), single ? "subject made coarser" : "subject field dropped",
          policy_.span, "for_each: " + before, "for_each: " + std::move(after));
    }
  }

  void change_window() {
    for (const auto& [what, window] : other_windows(policy_.window)) {
      Policy changed = policy_;
      changed.window = window;
      add(std::move(changed), what, policy_.span, "window: " + window_text(policy_.window),
          "window: " + window_text(window));
    }
  }

  /// A wait that the language fills in is nobody's choice: it is left alone.
  void change_wait() {
    const Duration wait = policy_.window.wait_for_late.value_or(Duration{});
    if (!policy_.window.says_wait || wait.us == 0) return;
    const auto change = [&](std::string what, std::int64_t us) {
      Policy changed = policy_;
      changed.window.wait_for_late = Duration{us};
      add(std::move(changed), std::move(what), policy_.span,
          "wait_for_late: " + format_duration(wait),
          "wait_for_late: " + format_duration(Duration{us}));
    };
    change("late records left out", 0);
    std::int64_t twice = 0;
    if (!__builtin_mul_overflow(wait.us, 2, &twice)) change("longer wait", twice);
  }

  /// When the policy judges: by its own dates, and by those of what it rests on.
  void change_times() {
    change_dates(policy_.in_force, "in_force: ", policy_.span,
                 [](Policy& p) -> std::vector<Interval>& { return p.in_force; });
    for (std::size_t i = 0; i < policy_.basis.size(); ++i) {
      change_dates(policy_.basis[i].in_force, "in_force of basis " + std::to_string(i) + ": ",
                   policy_.span,
                   [i](Policy& p) -> std::vector<Interval>& { return p.basis[i].in_force; });
    }
  }

  template <class Place>
  void change_dates(const std::vector<Interval>& intervals, const std::string& name,
                    const SourceSpan& span, Place place) {
    for (auto& [what, others] : other_dates(intervals)) {
      Policy changed = policy_;
      place(changed) = others;
      // Another basis, or the policy's own dates, may make no difference of it.
      if (times_in_force(changed) == own_times_) {
        ++set_.equivalent;
        continue;
      }
      add(std::move(changed), what, span, name + intervals_text(intervals),
          name + intervals_text(others));
    }
  }

  void change_measure(std::size_t m) {
    const Measure& measure = policy_.measures[m];
    if (is_filled_in(measure, policy_)) return;
    const std::string name = measure.name + ": ";
    const ExprScope measures = measure_scope(policy_);
    for (const Measure& other : other_aggregates(measure)) {
      Policy changed = policy_;
      changed.measures[m] = other;
      add(std::move(changed), "another aggregate", measure.span,
          name + measure_text(measure, measures), name + measure_text(other, measures));
    }
    const ExprScope records;
    if (measure.argument && !counts_records(measure)) {
      change_expr(*measure.argument, records,
                  [m](Policy& p) -> Expr& { return *p.measures[m].argument; });
    }
    if (measure.group) {
      change_expr(*measure.group, records,
                  [m](Policy& p) -> Expr& { return *p.measures[m].group; });
    }
    if (measure.formula) {
      change_expr(*measure.formula, measures,
                  [m](Policy& p) -> Expr& { return *p.measures[m].formula; });
    }
    if (!measure.where) return;
    change_expr(*measure.where, records, [m](Policy& p) -> Expr& { return *p.measures[m].where; });
    Policy changed = policy_;
    changed.measures[m].where.reset();
    std::string after = name + measure_text(changed.measures[m], measures);
    add(std::move(changed), "where dropped", measure.span, name + measure_text(measure, measures),
        std::move(after));
  }

  /// One finding a run, or the one half of what makes a further one alone.
  void change_repeat() {
    const std::string before = "repeat: " + repeat_text(*policy_.repeat, policy_.measures);
    const auto change = [&](std::string what, std::optional<Repeat> repeat) {
      Policy changed = policy_;
      std::string after = repeat ? "repeat: " + repeat_text(*repeat, policy_.measures) : "";
      changed.repeat = std::move(repeat);
      add(std::move(changed), std::move(what), policy_.span, before, std::move(after));
    };
    change("repeat dropped", std::nullopt);
    if (!policy_.repeat->after || !policy_.repeat->if_grown) return;
    change("repeat whatever has grown", Repeat{policy_.repeat->after, {}});
    change("repeat however soon", Repeat{{}, policy_.repeat->if_grown});
  }

  void change_exemption(std::size_t i) {
    const Exemption& exemption = policy_.exempt[i];
    Policy changed = policy_;
    changed.exempt.erase(changed.exempt.begin() + static_cast<std::ptrdiff_t>(i));
    add(std::move(changed), "exemption dropped", exemption.where.span,
        exemption_name(policy_, i) + ": " + to_text(exemption.where), "");
    const ExprScope records;
    change_expr(exemption.where, records, [i](Policy& p) -> Expr& { return p.exempt[i].where; });
    if (exemption.until == kAlways.to) return;
    for (const auto& [what, days] : kADayOff) {
      Policy another = policy_;
      another.exempt[i].until = exemption.until + Duration{days * kDay.us};
      const std::string name = exemption_name(policy_, i) + ": ends before ";
      std::string after = name + format_time(another.exempt[i].until);
      add(std::move(another), "exemption ends a day " + std::string(what), exemption.where.span,
          name + format_time(exemption.until), std::move(after));
    }
  }

  const Policy& policy_;
  MutantSet set_;
  Digest own_;                       ///< the policy's own meaning
  std::vector<Interval> own_times_;  ///< when it judges
  std::set<Digest> seen_;            ///< the meanings of the mutants so far
};

bool is_noticed(const Policy& mutant, const Policy& policy, std::span<const TestLog> logs) {
  for (std::size_t i = 0; i < policy.tests.size(); ++i) {
    if (!run_policy_test(mutant, policy.tests[i], logs[i]).passed) return true;
  }
  return false;
}

}  // namespace

MutantSet make_mutants(const Policy& policy) { return Maker(policy).run(); }

MutationReport run_mutants(const Policy& policy, std::span<const TestLog> logs,
                           const std::function<bool(std::int64_t, std::int64_t)>& go_on) {
  MutantSet set = make_mutants(policy);
  MutationReport report;
  report.policy = policy.id;
  report.equivalent = set.equivalent;
  const auto all = static_cast<std::int64_t>(set.mutants.size());
  for (Mutant& mutant : set.mutants) {
    if (!go_on(report.mutants, all)) {
      report.interrupted = true;
      break;
    }
    ++report.mutants;
    if (is_noticed(mutant.policy, policy, logs)) {
      ++report.noticed;
    } else {
      report.survivors.push_back(std::move(mutant));
    }
  }
  return report;
}

}  // namespace tidewaiter
