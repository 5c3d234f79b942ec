#include "policies/language/policy_hash.h"

#include <map>
#include <string>
#include <string_view>

namespace tidewaiter {
namespace {

/// Lines whose values cannot run into each other, whatever they hold.
class CanonicalText {
 public:
  void add(std::string_view key, std::string_view value) {
    text_ += key;
    text_ += ' ' + std::to_string(value.size()) + ':';
    text_ += value;
    text_ += '\n';
  }
  void add(std::string_view key, std::int64_t value) { add(key, std::to_string(value)); }
  void add(std::string_view key, const Expr& expr) { add(key, to_text(expr)); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_ = "tidewaiter-policy 1\n";
};

void add_basis(CanonicalText& out, const Basis& basis) {
  out.add("basis", basis.type);
  out.add("text", basis.text);
  out.add("text_sha256", basis.text_sha256);
  out.add("jurisdiction", basis.jurisdiction);
  out.add("citation", basis.citation);
  out.add("settled", basis.settled);
  for (const Interval& interval : basis.in_force) {
    out.add("from", interval.from.us);
    out.add("to", interval.to.us);
  }
}

/// The names of the selections leave their meaning as it is.
void add_pattern(CanonicalText& out, const StepPattern& pattern) {
  for (const StepPattern::Step& step : pattern.steps) out.add("step", step.where);
  if (pattern.without) out.add("without", pattern.without->where);
  out.add("within", pattern.within.us);
  if (pattern.trailing) out.add("trailing", to_text(*pattern.trailing));
}

void add_measure(CanonicalText& out, const Measure& measure) {
  out.add("measure", measure.name);
  out.add("aggregate", aggregate_name(measure.aggregate));
  Expr quantile;
  quantile.type = ValueType::kDouble;
  // At most 15 decimals make a fraction, so that no two share a double.
  quantile.literal = static_cast<double>(measure.quantile.numerator) /
                     static_cast<double>(measure.quantile.denominator);
  out.add("quantile", quantile);
  if (measure.argument) out.add("argument", *measure.argument);
  if (measure.group) out.add("group", *measure.group);
  if (measure.by_size_band) out.add("group", "size_band");
  if (measure.top != 0) out.add("top", measure.top);
  if (measure.slot.us != 0) out.add("slot", measure.slot.us);
  if (measure.baseline) {
    out.add("of", static_cast<std::int64_t>(measure.baseline->measure));
    out.add("baseline", measure.baseline->length.us);
  }
  if (measure.pattern) add_pattern(out, *measure.pattern);
  if (measure.formula) out.add("formula", *measure.formula);
  if (measure.where) out.add("where", *measure.where);
}

/// With the changes of the clocks: what a zone's dates are differs from one tzdata to the next.
void add_calendar(CanonicalText& out, const Calendar& calendar) {
  out.add("calendar", unit_name(calendar.unit));
  out.add("zone", calendar.zone.name);
  out.add("offset", calendar.zone.first_offset.us);
  for (const TimeZone::Change& change : calendar.zone.changes) {
    out.add("at", change.at.us);
    out.add("offset", change.offset.us);
  }
}

void add_repeat(CanonicalText& out, const Repeat& repeat) {
  if (repeat.after) out.add("after", repeat.after->us);
  if (!repeat.if_grown) return;
  out.add("grown", static_cast<std::int64_t>(repeat.if_grown->measure));
  out.add("numerator", repeat.if_grown->factor.numerator);
  out.add("denominator", repeat.if_grown->factor.denominator);
}

/// What links the accounts: the document's name leaves the meaning as it is.
void add_linkage(CanonicalText& out, const Linkage& linkage) {
  for (const Link& link : linkage.links) {
    out.add("link", field(link.field).name);
    out.add("at_most", link.at_most);
    if (linkage.threshold > 0) out.add("weight", link.weight);
    if (link.except) out.add("except", to_hex(link.except->digest));
    if (link.window.us > 0) out.add("window", link.window.us);
    if (link.half_life.us > 0) out.add("half_life", link.half_life.us);
  }
  for (const LockstepLink& link : linkage.lockstep) {
    out.add("lockstep", link.slot.us);
    if (link.target) out.add("target", field(*link.target).name);
    out.add("over", link.over.us);
    out.add("at_least", link.at_least);
    out.add("percent", link.percent);
    out.add("at_most", link.at_most);
    if (linkage.threshold > 0) out.add("weight", link.weight);
  }
  if (linkage.threshold > 0) out.add("threshold", linkage.threshold);
}

void add_exemption(CanonicalText& out, const Exemption& exemption) {
  out.add("exempt", exemption.where);
  if (!exemption.id.empty()) out.add("exemption", exemption.id);
  out.add("until", exemption.until.us);
  out.add("approved_by", exemption.approved_by);
  out.add("reason", exemption.reason);
}

}  // namespace

Digest policy_hash(const Policy& policy) {
  CanonicalText out;
  out.add("policy", policy.id);
  out.add("version", policy.version);
  out.add("status", static_cast<std::int64_t>(policy.status));
  for (const Interval& interval : policy.in_force) {
    out.add("from", interval.from.us);
    out.add("to", interval.to.us);
  }
  for (const Basis& basis : policy.basis) add_basis(out, basis);
  out.add("kind", policy.kind);
  out.add("severity", severity_name(policy.severity));
  out.add("reads", kind_name(policy.reads));
  out.add("condition", policy.condition);
  for (const FieldId id : policy.for_each) out.add("for_each", field(id).name);
  if (policy.linkage) add_linkage(out, *policy.linkage);
  out.add("length", policy.window.length.us);
  out.add("every", policy.window.every.us);
  if (policy.window.wait_for_late) out.add("wait_for_late", policy.window.wait_for_late->us);
  if (policy.window.session) out.add("session", policy.window.session->us);
  if (policy.window.calendar) add_calendar(out, *policy.window.calendar);
  for (const Measure& measure : policy.measures) add_measure(out, measure);
  out.add("report_when", policy.report_when);
  if (policy.repeat) add_repeat(out, *policy.repeat);
  for (const Exemption& exemption : policy.exempt) add_exemption(out, exemption);
  for (const FieldId id : policy.evidence.fields) out.add("evidence", field(id).name);
  out.add("records", policy.evidence.records);
  if (policy.evidence.choose != EvidenceChoice::kFirst) {
    out.add("choose", choice_name(policy.evidence.choose));
  }
  if (policy.evidence.size) out.add("size", *policy.evidence.size);
  return sha256(out.text());
}

Digest meaning_hash(Policy policy) {
  policy.version = 1;
  policy.status = PolicyStatus::kActive;
  return policy_hash(policy);
}

bool needs_higher_version(const Policy& policy, const Policy& former) {
  return policy.version == former.version && meaning_hash(policy) != meaning_hash(former);
}

Digest set_hash(const PolicySet& set, std::span<const ListDocument> lists) {
  Sha256 hash;
  for (const Policy& policy : set.policies) {
    hash.update_framed(policy.id);
    hash.update_framed(to_hex(policy.hash));
  }
  std::map<std::string_view, const IssueStanding*> standings;
  for (const ListDocument& list : lists) {
    if (list.standing) standings.emplace(list.header.name, &*list.standing);
  }
  for (const auto& [name, standing] : standings) {
    hash.update_framed("list");
    hash.update_framed(name);
    hash.update_framed(standing->published);
    hash.update_framed(standing->id);
    hash.update_framed(to_hex(standing->digest));
    hash.update_framed(std::to_string(standing->retrieved.us));
    hash.update_framed(std::to_string(standing->known_until.us));
    hash.update_framed(standing->resumed ? std::to_string(standing->resumed->us) : "");
  }
  return hash.finish();
}

}  // namespace tidewaiter
