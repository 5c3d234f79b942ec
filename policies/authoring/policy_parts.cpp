#include "policies/authoring/policy_parts.h"

#include <array>

#include "policies/engine/explain_clauses.h"
#include "policies/language/exemption_name.h"
#include "policies/language/policy_status.h"

namespace tidewaiter {
namespace {

std::string interval_text(const Interval& interval) {
  std::string text;
  if (interval.from > kRecordTimes.from) text += "from " + format_time(interval.from);
  if (interval.to < kRecordTimes.to) {
    text += (text.empty() ? "" : " ") + ("until " + format_time(interval.to));
  }
  return text.empty() ? "always" : text;
}

std::string basis_text(const Basis& basis) {
  std::string text = basis.type + ": " + basis.text;
  if (!basis.text_sha256.empty()) text += ", text_sha256 " + basis.text_sha256;
  if (!basis.jurisdiction.empty()) text += ", jurisdiction " + basis.jurisdiction;
  if (!basis.citation.empty()) text += ", citation " + basis.citation;
  if (!basis.settled.empty()) text += ", settled " + basis.settled;
  for (const Interval& interval : basis.in_force) text += ", in force " + interval_text(interval);
  return text;
}

std::string link_text(const Link& link) {
  return std::string(field(link.field).name) + ", at most " + std::to_string(link.at_most) +
         " accounts" + (link.weight > 0 ? ", weight " + std::to_string(link.weight) : "") +
         (link.window.us > 0 ? ", window " + format_duration(link.window) : "") +
         (link.half_life.us > 0 ? ", decay " + format_duration(link.half_life) : "") +
         (link.except ? ", except list:" + link.except->list : "");
}

std::string lockstep_terms(const LockstepLink& link) {
  return format_duration(link.slot) + " over " + format_duration(link.over) + ", at least " +
         std::to_string(link.at_least) + " and " + std::to_string(link.percent) + " %, at most " +
         std::to_string(link.at_most) + " accounts" +
         (link.target ? ", target " + std::string(field(*link.target).name) : "") +
         (link.weight > 0 ? ", weight " + std::to_string(link.weight) : "");
}

std::string exemption_text(const Exemption& exemption) {
  return to_text(exemption.where) + ", until " + format_time(exemption.until) + ", approved by " +
         exemption.approved_by + ": " + exemption.reason;
}

template <class Range, class Say>
std::string joined(const Range& range, Say say) {
  std::string text;
  for (const auto& item : range) text += (text.empty() ? "" : ", ") + std::string(say(item));
  return text;
}

std::string evidence_text(const EvidenceRequest& evidence) {
  std::string text = std::to_string(evidence.records) + " records";
  if (evidence.choose != EvidenceChoice::kFirst) {
    text += ", the " + std::string(choice_name(evidence.choose));
  }
  if (evidence.size) text += " by " + to_text(*evidence.size);
  return text + ": " + joined(evidence.fields, [](FieldId id) { return field(id).name; });
}

std::string fraction_text(const Fraction& fraction) {
  // At most 15 decimals were written: the quotient's shortest text that tells it apart is enough.
  Expr literal;
  literal.type = ValueType::kDouble;
  literal.literal =
      static_cast<double>(fraction.numerator) / static_cast<double>(fraction.denominator);
  return to_text(literal);
}

}  // namespace

std::string measure_text(const Measure& measure, const ExprScope& earlier) {
  if (measure.formula) return to_text(*measure.formula, earlier);
  std::string arguments;
  const auto add = [&arguments](const std::string& text) {
    arguments += (arguments.empty() ? "" : ", ") + text;
  };
  if (measure.aggregate == Aggregate::kQuantile) add(fraction_text(measure.quantile));
  if (measure.aggregate == Aggregate::kLockstep) add(to_text(*measure.group));
  if (measure.argument) add(to_text(*measure.argument));
  // Without an argument, cv() is over the times between records.
  if (measure.aggregate == Aggregate::kCv && !measure.argument) add("interarrival");
  if (measure.baseline) {
    add(earlier.measures[measure.baseline->measure].name);
    add(measure.by_size_band      ? "peers(size_band)"
        : compares_peers(measure) ? "peers(" + to_text(*measure.group) + ")"
                                  : "own");
    add(format_duration(measure.baseline->length));
  }
  if (measure.pattern) {
    for (const StepPattern::Step& step : measure.pattern->steps) add(to_text(step.where));
    add("within " + format_duration(measure.pattern->within));
    if (measure.pattern->trailing) add(to_text(*measure.pattern->trailing));
    if (measure.pattern->without) add("without " + to_text(measure.pattern->without->where));
  }
  if (measure.aggregate == Aggregate::kGini) add(to_text(*measure.group));
  if (measure.top != 0) add(std::to_string(measure.top));
  if (measure.slot.us != 0) add(format_duration(measure.slot));
  std::string text = std::string(aggregate_name(measure.aggregate)) + "(" + arguments + ")";
  if (measure.where) text += " where " + to_text(*measure.where);
  return text;
}

std::string repeat_text(const Repeat& repeat, std::span<const Measure> measures) {
  std::string text;
  if (repeat.after) text = "after " + format_duration(*repeat.after);
  if (!repeat.if_grown) return text;
  const Repeat::Growth& growth = *repeat.if_grown;
  return text + (text.empty() ? "" : " ") + "if `" + measures[growth.measure].name +
         "` has grown " + fraction_text(growth.factor) + " times";
}

std::string window_text(const Window& window) {
  std::string text = span_text(window);
  if (window.wait_for_late) {
    text += ", waits " + format_duration(*window.wait_for_late) + " for late records";
  }
  return text;
}

std::vector<PolicyPart> policy_parts(const Policy& policy) {
  std::vector<PolicyPart> parts = {
      {"policy", policy.id},
      {"version", std::to_string(policy.version)},
      {"status", std::string(policy_status_name(policy.status))},
      {"in_force", joined(policy.in_force, interval_text)},
      {"basis", joined(policy.basis, basis_text)},
      {"kind", policy.kind},
      {"severity", std::string(severity_name(policy.severity))},
      {"reads", std::string(kind_name(policy.reads))},
      {"condition", to_text(policy.condition)},
      {"for_each", joined(policy.for_each, [](FieldId id) { return field(id).name; })}};
  if (policy.linkage) parts.push_back({"linkage", joined(policy.linkage->links, link_text)});
  if (policy.linkage && !policy.linkage->lockstep.empty()) {
    parts.push_back({"linkage lockstep", joined(policy.linkage->lockstep, lockstep_terms)});
  }
  if (policy.linkage && policy.linkage->threshold > 0) {
    parts.push_back({"linkage threshold", std::to_string(policy.linkage->threshold)});
  }
  parts.push_back({"window", window_text(policy.window)});
  for (const Measure& measure : policy.measures) {
    parts.push_back({"measure " + measure.name, measure_text(measure, measure_scope(policy))});
  }
  parts.push_back({"report_when", to_text(policy.report_when, measure_scope(policy))});
  if (policy.repeat) parts.push_back({"repeat", repeat_text(*policy.repeat, policy.measures)});
  for (std::size_t i = 0; i < policy.exempt.size(); ++i) {
    parts.push_back({exemption_name(policy, i), exemption_text(policy.exempt[i])});
  }
  parts.push_back({"evidence", evidence_text(policy.evidence)});
  return parts;
}

}  // namespace tidewaiter
