#include "policies/sigma/correlation_policy.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/expression_literal.h"
#include "policies/language/expression_types.h"
#include "policies/language/pattern_reader.h"
#include "policies/model/input_text.h"
#include "policies/model/money.h"
#include "policies/sigma/detection_expression.h"
#include "policies/sigma/head_policy.h"
#include "policies/sigma/source_binding.h"
#include "policies/sigma/test_expression.h"

namespace tidewaiter {
namespace {

using Figure = TrailingFigure::Kind;

constexpr Duration kLongest{3660 * kDay.us};
/// As of sequences: docs/policy-language.md, Steps.
constexpr Duration kLate{7 * kDay.us};
/// In how many windows a stretch of the timespan is cut.
constexpr std::int64_t kParts = 4;
constexpr std::int64_t kNanoUsd = 1'000'000'000;

std::string named(FieldId id) {
  return "`" + std::string(field(id).name) + "`, which is " +
         std::string(type_name(field(id).type));
}

Expr exists(FieldId id) {
  Expr expr;
  expr.op = ExprOp::kExists;
  expr.type = ValueType::kBool;
  expr.args = {make_field(id, {})};
  return expr;
}

Figure kind_of(const SigmaCorrelation& correlation) {
  switch (correlation.type) {
    case SigmaCorrelationType::kEventCount:
      return Figure::kRecords;
    case SigmaCorrelationType::kValueCount:
      return Figure::kDistinct;
    case SigmaCorrelationType::kValueSum:
      return Figure::kSum;
    case SigmaCorrelationType::kValueAvg:
      return Figure::kMean;
    case SigmaCorrelationType::kValuePercentile:
      return correlation.percentile ? Figure::kPercentile : Figure::kShare;
    case SigmaCorrelationType::kTemporal:
    case SigmaCorrelationType::kTemporalOrdered:
      break;
  }
  return Figure::kSteps;
}

bool is_of_numbers(Figure kind) {
  return kind == Figure::kSum || kind == Figure::kMean || kind == Figure::kPercentile;
}

TrailingFigure figure_of(const SigmaCorrelation& correlation) {
  TrailingFigure figure;
  figure.kind = kind_of(correlation);
  figure.percent = correlation.percentile.value_or(0);
  for (const SigmaThreshold& one : correlation.thresholds) {
    const ExprOp op = one.negated ? ExprOp::kNe : comparison_of(one.order);
    figure.limits.push_back({op, one.number});
  }
  return figure;
}

/// The field's number as Sigma reads it: durations count seconds, money US dollars.
Expr number_of(FieldId id) {
  const ValueType type = field(id).type;
  if (type != ValueType::kDuration && type != ValueType::kMoney) return make_field(id, {});
  const std::int64_t unit = type == ValueType::kDuration ? kSecond.us : kNanoUsd;
  Expr expr;
  expr.op = ExprOp::kDiv;
  expr.type = ValueType::kDouble;
  expr.args = {make_field(id, {}), make_literal(type, unit, {})};
  return expr;
}

bool has_number(ValueType type) {
  return is_number(type) || type == ValueType::kDuration || type == ValueType::kMoney;
}

}  // namespace

/// What the rules of one correlation come to, one after the other.
struct SigmaCorrelationPolicies::Parts {
  std::optional<RecordKind> reads;
  std::vector<std::optional<FieldId>> group;  ///< by group-by
  std::optional<FieldId> value;
  std::vector<StepPattern::Step> steps;
  std::string misfit;  ///< why no policy says it; empty: one does
  SourceSpan place;    ///< of what does not fit

  bool refuse(const SourceSpan& where, std::string why) {
    if (misfit.empty()) {
      misfit = std::move(why);
      place = where;
    }
    return false;
  }

  /// Of what a rule means by a name: the same as the rules before it.
  bool same(std::optional<FieldId>& known, FieldId id, const std::string& name,
            const SourceSpan& where) {
    if (known && *known != id) {
      return refuse(where, in_backticks(name) + " is `" + std::string(field(*known).name) +
                               "` for one of its rules and `" + std::string(field(id).name) +
                               "` for another: a policy asks one field of all records");
    }
    known = id;
    return true;
  }
};

namespace {

/// What speaks against a policy before any rule has been looked at.
std::string misfit_of(const SigmaCorrelation& correlation, SourceSpan& place) {
  place = correlation.places.timespan;
  if (!correlation.timespan) return "it has no timespan";
  if (*correlation.timespan > kLongest) return "its timespan is longer than 3660 days";
  place = correlation.places.group_by;
  if (correlation.group_by.empty()) {
    return "without `group-by` it is about all records, and a finding is about a subject";
  }
  place = correlation.places.rules;
  if (correlation.rules.size() > StepPattern::kMostSteps) return "it has more than 16 rules";
  const auto other = std::ranges::find(correlation.rules, true, &SigmaReference::correlation);
  if (other != correlation.rules.end()) {
    return "it builds on the correlation " + in_backticks(other->written) +
           ", and a policy is about records";
  }
  place = correlation.places.condition;
  if (correlation.fields.size() > 1) return "it counts tuples of several fields";
  return {};
}

std::optional<FieldId> known_field(const SigmaSource& source, const std::string& name) {
  const auto id = field_named(source, name);
  return id && has_kind(field(*id), *source.reads) ? id : std::nullopt;
}

}  // namespace

std::optional<Expr> SigmaCorrelationPolicies::rule_condition(
    const SigmaRule& rule, std::size_t index, const std::vector<std::size_t>& members) {
  std::vector<Diagnostic> found;
  const DocumentReader own = reader_of_(rule.head.span);
  DocumentReader quiet(own.yaml(), found);
  // A rule that stands alone as well has told its faults already.
  const bool is_new = !rule.stands_alone && told_.insert(index).second;
  std::vector<Expr> any;
  for (const std::size_t s : members) {
    auto whole = rule_expression(rule, sources_[s], quiet);
    if (whole) any.push_back(*std::move(whole));
  }
  if (is_new) {
    DocumentReader reader = reader_of_(rule.head.span);
    for (Diagnostic& d : found) reader.diagnostics().push_back(std::move(d));
  }
  if (any.size() < members.size()) return std::nullopt;
  return *build_logical(ExprOp::kOr, std::move(any));
}

bool SigmaCorrelationPolicies::add_source(const SigmaCorrelation& correlation, std::size_t rule,
                                          const SigmaSource& source, Parts& parts) {
  if (parts.reads.value_or(*source.reads) != *source.reads) {
    return parts.refuse(correlation.places.rules,
                        "its rules read " + std::string(kind_name(*parts.reads)) + " and " +
                            std::string(kind_name(*source.reads)) +
                            " records, and a policy reads records of one kind");
  }
  parts.reads = *source.reads;
  for (std::size_t g = 0; g < correlation.group_by.size(); ++g) {
    const std::string& name = field_for(correlation, correlation.group_by[g], rule);
    const SourceSpan& place = correlation.places.group_by;
    const auto id = known_field(source, name);
    if (!id) {
      return parts.refuse(place, "nothing maps " + in_backticks(name) + ", which it groups by");
    }
    if (!can_be_subject(field(*id).type)) {
      return parts.refuse(place, "it groups by " + named(*id) + " and cannot be a subject");
    }
    if (!parts.same(parts.group[g], *id, correlation.group_by[g], place)) return false;
  }
  return std::ranges::all_of(correlation.fields, [&](const std::string& name) {
    return add_value(correlation, name, source, parts);
  });
}

bool SigmaCorrelationPolicies::add_value(const SigmaCorrelation& correlation,
                                         const std::string& name, const SigmaSource& source,
                                         Parts& parts) {
  const SourceSpan& place = correlation.places.condition;
  const auto id = known_field(source, name);
  if (!id) return parts.refuse(place, "nothing maps " + in_backticks(name));
  const ValueType type = field(*id).type;
  if (is_of_numbers(kind_of(correlation)) && !has_number(type)) {
    return parts.refuse(place, "a number is looked for in " + named(*id));
  }
  if (type == ValueType::kStringList) {
    return parts.refuse(place, "it is over " + named(*id) + ": several values are one to Sigma");
  }
  return parts.same(parts.value, *id, name, place);
}

bool SigmaCorrelationPolicies::add_rule(const SigmaCorrelation& correlation, std::size_t rule,
                                        Parts& parts) {
  const std::size_t index = correlation.rules[rule].index;
  const SigmaRule& of = set_.rules[index];
  const SigmaBinding binding = bind_sigma(of, sources_);
  std::vector<std::size_t> members;
  for (const std::size_t s : binding.sources) {
    if (sources_[s].reads) members.push_back(s);
  }
  if (members.empty()) {
    DocumentReader reader = reader_of_(of.head.span);
    if (!of.stands_alone && told_.insert(index).second) {
      tell_unbound(of, binding.missing, "a `logsource_mapping` document of the set", reader);
    }
    return false;
  }
  for (const std::size_t s : members) {
    if (!add_source(correlation, rule, sources_[s], parts)) return false;
  }
  auto condition = rule_condition(of, index, members);
  if (!condition) return false;
  const std::string& name = of.head.name.empty() ? of.head.title : of.head.name;
  parts.steps.push_back({name, *std::move(condition)});
  return true;
}

std::optional<Policy> SigmaCorrelationPolicies::policy_of(const SigmaCorrelation& correlation) {
  Parts parts;
  parts.group.resize(correlation.group_by.size());
  parts.misfit = misfit_of(correlation, parts.place);
  bool good = parts.misfit.empty();
  for (std::size_t rule = 0; good && rule < correlation.rules.size(); ++rule) {
    good = add_rule(correlation, rule, parts);
  }
  DocumentReader reader = reader_of_(correlation.head.span);
  if (!parts.misfit.empty()) {
    reader.error(parts.place, kSigmaCorrelationInSet,
                 "no policy says this correlation: " + parts.misfit,
                 "`tidewaiter policy sigma` matches it; in a policy set, write it otherwise");
  }
  if (!good) return std::nullopt;

  Policy policy = tidewaiter::policy_of(correlation.head);
  if (!is_policy_id(policy, correlation.head, reader)) return std::nullopt;
  policy.reads = *parts.reads;
  policy.kind = policy.reads == RecordKind::kAudit ? "control-failure" : "access";
  for (const auto& id : parts.group) {
    if (std::ranges::find(policy.for_each, *id) == policy.for_each.end()) {
      policy.for_each.push_back(*id);
    }
  }
  const std::int64_t every = correlation.timespan->us / kParts;
  policy.window = {Duration{correlation.timespan->us + every}, Duration{every}, kLate};
  Measure measure = measure_of(correlation, parts);
  for (const StepPattern::Step& step : measure.pattern->steps) {
    policy.selections.emplace_back(step.selection, step.where);
  }
  // A record that lacks a field of the group is in none: it is no input, not an unknown one.
  std::vector<Expr> all;
  for (const FieldId id : policy.for_each) all.push_back(exists(id));
  all.push_back(any_step(*measure.pattern));
  policy.condition = *build_logical(ExprOp::kAnd, std::move(all));
  report_any(policy, std::move(measure));
  return policy;
}

Measure SigmaCorrelationPolicies::measure_of(const SigmaCorrelation& correlation, Parts& parts) {
  Measure measure;
  measure.pattern.emplace();
  measure.pattern->within = *correlation.timespan;
  measure.pattern->steps = std::move(parts.steps);
  const bool ordered = correlation.type == SigmaCorrelationType::kTemporalOrdered &&
                       measure.pattern->steps.size() > 1;
  measure.name = ordered ? "completed" : "matches";
  measure.aggregate = ordered ? Aggregate::kCompleted : Aggregate::kMatched;
  if (!ordered) measure.pattern->trailing = figure_of(correlation);
  if (parts.value) {
    const bool of_numbers = is_of_numbers(kind_of(correlation));
    measure.argument = of_numbers ? number_of(*parts.value) : make_field(*parts.value, {});
  }
  return measure;
}

}  // namespace tidewaiter
