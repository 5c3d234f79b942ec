#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/single_records.h"
#include "policies/language/times_in_force.h"
#include "policies/lint/clause_walk.h"

namespace tidewaiter {
namespace {

class TruthChecks {
 public:
  TruthChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted),
        policy_(linted.policy),
        report_(report),
        truth_(measure_ranges(policy_), measure_orders(policy_)) {}

  void run() {
    check_condition();
    check_report_when();
    check_wheres();
    for (std::size_t i = 0; i < policy_.exempt.size(); ++i) check_exemption(i);
  }

 private:
  [[nodiscard]] bool selects() const {
    return !policy_.selections.empty() || policy_.condition.op == ExprOp::kPartyCheck;
  }

  [[nodiscard]] const SourceSpan& condition_place() const {
    return linted_.find("condition") != nullptr ? linted_.place("condition")
                                                : linted_.key_place("select");
  }

  void check_condition() {
    if (!selects()) return;
    condition_possible_ = truth_.can_be_true(policy_.condition);
    if (!condition_possible_) {
      tell_of_nothing();
    } else if (!possible_in_force()) {
      condition_possible_ = false;
      report_.error(condition_place(), kSelectsNothing,
                    "no record of the time in which the policy is in force can meet the condition",
                    "mend `in_force` of the policy or its basis, or what is asked of `time`");
    } else if (!truth_.can_be_false(policy_.condition)) {
      everything_ = true;
      report_.warn(condition_place(), kSelectsEverything, "no record fails the condition",
                   "leave `select` and `condition` out, or write the values that were meant");
    } else {
      if (const Expr* written = written_condition()) {
        walk_clauses(linted_, *written, {}, truth_, report_);
      }
    }
  }

  /// The condition without what a policy of steps adds to it: that a record is one of its steps.
  [[nodiscard]] const Expr* written_condition() const {
    const bool of_steps = std::ranges::any_of(
        policy_.measures, [](const Measure& measure) { return measure.pattern.has_value(); });
    if (!of_steps) return &policy_.condition;
    return linted_.find("condition") != nullptr && policy_.condition.op == ExprOp::kAnd
               ? &policy_.condition.args.front()
               : nullptr;
  }

  /// The part of an `and` that alone can never be true, as deep as it goes; else the whole.
  const Expr& impossible_part(const Expr& expr) {  // NOLINT(misc-no-recursion)
    if (expr.op != ExprOp::kAnd) return expr;
    const auto part = std::ranges::find_if(
        expr.args, [this](const Expr& arg) { return !truth_.can_be_true(arg); });
    return part == expr.args.end() ? expr : impossible_part(*part);
  }

  /// Where a part of the condition is written: a selection stands in it by its name.
  const SourceSpan& place_of(const Expr& part) {
    for (const auto& [name, selection] : policy_.selections) {
      if (truth_.text_of(selection) == truth_.text_of(part)) return selection.span;
    }
    return part.span;
  }

  void tell_of_nothing() {
    const Expr& part = impossible_part(policy_.condition);
    if (part.op == ExprOp::kAnd || part.span.line == 0) {
      report_.error(condition_place(), kSelectsNothing, "no record can meet the condition",
                    "its parts contradict each other: mend or remove one of them");
    } else {
      report_.error(place_of(part), kSelectsNothing,
                    "no record can meet the condition: " + shown(policy_, part) + " is never true",
                    "write a value that a record can have");
    }
  }

  /// Whether a record of a time at which the policy judges can meet the condition. What stands in
  /// it is told of whatever the time is: that a date decides nothing today is no fault.
  bool possible_in_force() {
    if (times_.empty()) return true;  // that it is never in force is told of by itself
    TruthAnalysis truth(measure_ranges(policy_), measure_orders(policy_));
    ValueRange range;
    range.low = static_cast<long double>(times_.front().from.us);
    range.high = static_cast<long double>(times_.back().to.us);
    truth.bind_time(range);
    return truth.can_be_true(policy_.condition);
  }

  /// Whether `report_when` may have no value where it is not false: what cannot be told is not
  /// reported.
  [[nodiscard]] bool may_overflow_in(const Expr& expr) const {
    if (may_overflow(expr, truth_.measures())) return true;
    return std::ranges::any_of(policy_.measures, [this](const Measure& measure) {
      return measure.formula && may_overflow(*measure.formula, truth_.measures());
    });
  }

  void check_report_when() {
    const Expr& expr = policy_.report_when;
    const SourceSpan& place = linted_.place("report_when");
    if (!truth_.can_be_true(expr)) {
      report_.error(place, kNeverReports, "`report_when` can never be true",
                    "compare the measures with figures that they can reach");
    } else if (may_overflow_in(expr)) {
      // Where it is not false it may be unknown: neither "always" nor "adds nothing" is so.
    } else if (!truth_.can_be_false(expr)) {
      report_.error(place, kAlwaysReports, "`report_when` is never false",
                    "compare the measures with figures that ordinary use does not reach");
    } else if (reports_any_request(expr)) {
      report_.error(place, kAlwaysReports, "every window with a request in it is reported",
                    "select what is meant, or raise the threshold");
    } else {
      walk_clauses(linted_, expr, {}, truth_, report_);
    }
  }

  /// Whether, with all records selected, one request is enough.
  bool reports_any_request(const Expr& expr) {
    if (selects() && !everything_) return false;
    std::vector<ValueRange> ranges = measure_ranges(policy_);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const Measure& measure = policy_.measures[i];
      const bool counts = measure.aggregate == Aggregate::kCount || counts_records(measure);
      if (counts && !measure.where) ranges[i].low = 1;
    }
    return !TruthAnalysis(std::move(ranges), measure_orders(policy_)).can_be_false(expr);
  }

  void check_wheres() {
    for (const Measure& measure : policy_.measures) {
      if (!measure.where) continue;
      const Expr& where = *measure.where;
      const bool alone = truth_.can_be_true(where);
      if (condition_possible_ && !truth_.possible({{&where, true}, {&policy_.condition, true}})) {
        report_.error(
            where.span, kSelectsNothing,
            "no record that the policy selects can meet " + shown(policy_, where),
            alone ? "it contradicts the condition: mend one of them" : "it contradicts itself");
      } else if (alone && truth_.can_be_false(where)) {
        walk_clauses(linted_, where, {{&policy_.condition, true}}, truth_, report_);
      }
    }
  }

  void check_exemption(std::size_t i) {
    const Expr& where = policy_.exempt[i].where;
    const SourceSpan& place = exemption_place(i);
    if (!condition_possible_) return;
    const bool own = policy_.exempt[i].id.empty();
    if (!truth_.can_be_false(where) ||
        (selects() && !truth_.possible({{&policy_.condition, true}, {&where, false}}))) {
      report_.error(place, kExemptsEverything,
                    (own ? "the exemption" : "the exemption `" + policy_.exempt[i].id + "`") +
                        std::string(" takes all that the policy selects"),
                    "name whom it is for: `where: {organization|in: [lab-1]}`");
    } else if (!own) {
      // A document is for many policies: that it takes nothing from this one is no fault of it.
    } else if (!truth_.possible({{&policy_.condition, true}, {&where, true}})) {
      report_.warn(place, kUselessExemption,
                   "no record that the policy selects can be exempt by it",
                   "mend `where`, or remove the exemption");
    } else if (!times_.empty() && policy_.exempt[i].until <= times_.front().from) {
      report_.warn(place, kUselessExemption, "the exemption ends before the policy is in force",
                   "remove it, or have it approved for the time that was meant");
    } else {
      walk_clauses(linted_, where, {{&policy_.condition, true}}, truth_, report_);
    }
  }

  /// The own exemptions stand first in `exempt`, as they are written; then those of documents.
  [[nodiscard]] const SourceSpan& exemption_place(std::size_t i) const {
    if (!policy_.exempt[i].id.empty()) return linted_.place("policy");
    const auto items = DocumentReader::items(*linted_.find("exempt"));
    const YamlNode* where = items[i]->find("where");
    return where != nullptr ? where->span : items[i]->span;
  }

  const LintedPolicy& linted_;
  const Policy& policy_;
  DocumentReader& report_;
  std::vector<Interval> times_ = times_in_force(policy_);
  TruthAnalysis truth_;
  bool condition_possible_ = true;
  bool everything_ = false;  ///< a condition that nothing fails
};

}  // namespace

void check_truth(const LintedPolicy& linted, DocumentReader& report) {
  TruthChecks(linted, report).run();
}

}  // namespace tidewaiter
