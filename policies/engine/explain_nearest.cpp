#include "policies/engine/explain_nearest.h"

#include <algorithm>
#include <set>
#include <span>
#include <tuple>

#include "policies/engine/finding_records.h"
#include "policies/language/exemption_name.h"
#include "policies/model/counted_text.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

using reference::Truth;

/// A text of a record may be as long as its sender likes.
constexpr std::size_t kLongestValue = 120;

std::string shown_value(const Value& value, ValueType type) {
  std::string text = format_value(value, type);
  if (text.size() <= kLongestValue) return text;
  std::size_t end = kLongestValue;
  const auto is_inside = [&text](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (end > 0 && is_inside(end)) --end;
  return text.substr(0, end) + "…";
}

void add_field(FieldId id, const Record& record, LeafVerdict& verdict) {
  const bool known =
      std::ranges::any_of(verdict.values, [id](const auto& one) { return one.first == id; });
  if (!known) verdict.values.emplace_back(id, field_value(record, id));
}

void add_fields(const Expr& expr, const Record& record, LeafVerdict& verdict) {
  if (expr.op == ExprOp::kField) add_field(expr.index, record, verdict);
  for (const Expr& arg : expr.args) add_fields(arg, record, verdict);
}

void add_leaves(const Expr& expr, const Record& record, bool negated,
                std::vector<LeafVerdict>& leaves) {
  if (is_logical(expr.op)) {
    const bool inner = negated != (expr.op == ExprOp::kNot);
    for (const Expr& arg : expr.args) add_leaves(arg, record, inner, leaves);
    return;
  }
  const Bindings bindings{&record, {}, {}};
  LeafVerdict& verdict = leaves.emplace_back();
  verdict.leaf = &expr;
  verdict.negated = negated;
  verdict.answer = reference::truth_of(interpret(expr, bindings));
  add_fields(expr, record, verdict);
  if (has_shortfall(expr.op)) verdict.shortfall = shortfall_of(expr, !negated, bindings);
}

std::string joined_texts(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// What is missing first, then the sides that are no literals.
std::vector<std::string> side_texts(const LeafVerdict& verdict) {
  std::vector<std::string> parts;
  for (const auto& [id, value] : verdict.values) {
    if (is_null(value)) parts.push_back(std::string(field(id).name) + " is missing");
  }
  const bool missing = !parts.empty();
  const std::size_t sides = verdict.leaf->op == ExprOp::kIn ? 1 : 2;
  for (std::size_t i = 0; i < sides; ++i) {
    const Expr& side = verdict.leaf->args[i];
    const Value& value = i == 0 ? verdict.shortfall.left : verdict.shortfall.right;
    if (side.op == ExprOp::kLiteral || (is_null(value) && missing)) continue;
    parts.push_back(to_text(side) + " is " +
                    (is_null(value) ? "unknown" : shown_value(value, side.type)));
  }
  return parts;
}

std::vector<std::string> field_value_texts(const LeafVerdict& verdict) {
  std::vector<std::string> parts;
  for (const auto& [id, value] : verdict.values) {
    parts.push_back(std::string(field(id).name) +
                    (is_null(value) ? " is missing" : " is " + shown_value(value, field(id).type)));
  }
  return parts;
}

int rank_of(RecordFate fate) {
  if (fate == RecordFate::kUnknown) return 0;
  return fate == RecordFate::kExempt ? 1 : 2;
}

void add_failing(const std::vector<LeafVerdict>& leaves, std::string& text) {
  for (const LeafVerdict& leaf : leaves) {
    if (!leaf.is_as_needed()) text += (text.empty() ? "" : "; ") + leaf_text(leaf);
  }
}

/// Fields that the measures read and that records lack, with how many do.
std::map<FieldId, std::int64_t> missing_in_measures(
    const Policy& policy, const std::vector<const reference::Input*>& inputs) {
  std::map<FieldId, std::int64_t> missing;
  for (const reference::Input* input : inputs) {
    LeafVerdict read;
    for (const Measure& measure : policy.measures) {
      for (const auto* part : {&measure.argument, &measure.where, &measure.group}) {
        if (*part) add_fields(**part, input->record, read);
      }
    }
    for (const auto& [id, value] : read.values) {
      if (is_null(value)) ++missing[id];
    }
  }
  return missing;
}

/// What a record cannot be told for, and of what that leaves it in doubt.
struct Doubt {
  std::string cause;
  std::string_view question;  ///< "selected", "exempt"
  auto operator<=>(const Doubt&) const = default;
};

Doubt doubt_about(const Policy& policy, const Record& record) {
  const RecordVerdict verdict = judge_record(policy, record);
  const bool selection =
      reference::truth_of(interpret(policy.condition, {&record, {}, {}})) == Truth::kUnknown;
  std::vector<std::string> causes;
  for (const FieldId id : verdict.missing) {
    causes.push_back(std::string(field(id).name) + " is missing");
  }
  if (causes.empty() && !verdict.items.empty()) {
    causes.push_back(item_text(*verdict.items.front()) + " is unknown");
  }
  return {joined_texts(causes), selection ? "selected" : "exempt"};
}

}  // namespace

std::string leaf_text(const LeafVerdict& verdict) {
  std::string text = (verdict.negated ? "not " : "") + item_text(*verdict.leaf);
  if (verdict.leaf->op == ExprOp::kPartyCheck) return text;  // its grounds are told apart
  const bool compares = has_shortfall(verdict.leaf->op);
  const std::string values =
      joined_texts(compares ? side_texts(verdict) : field_value_texts(verdict));
  if (!values.empty()) text += ": " + values;
  if (!compares) return text;
  const std::string missed = shortfall_text(*verdict.leaf, verdict.shortfall);
  return missed.empty() ? text : text + ", " + missed;
}

std::string near_text(const NearRecord& record) {
  std::string text;
  add_failing(record.condition, text);
  if (!record.exemption) return text;
  std::string exempt;
  add_failing(record.exempt, exempt);
  return text + (text.empty() ? "" : "; ") + record.exemption_name +
         (record.fate == RecordFate::kExempt ? " takes it out: " : " may take it out: ") + exempt;
}

void NearBook::take(std::int64_t seq, const Record& record, const Subject& subject,
                    RecordFate fate) {
  forget(record);
  const bool is_told = fate == RecordFate::kNotSelected || fate == RecordFate::kUnknown ||
                       fate == RecordFate::kExempt;
  if (!is_told || is_withdrawn(record)) return;
  const double distance = distance_from(policy_.condition, true, {&record, {}, {}});
  records_[{record.time, record.id}] = {seq, fate, distance, subject, record};
}

NearRecord NearBook::told(const Entry& entry) const {
  NearRecord near;
  near.seq = entry.seq;
  near.time = entry.record.time;
  near.fate = entry.fate;
  near.distance = entry.distance;
  add_leaves(policy_.condition, entry.record, false, near.condition);
  if (entry.fate == RecordFate::kNotSelected) return near;
  const Truth wanted = entry.fate == RecordFate::kExempt ? Truth::kTrue : Truth::kUnknown;
  for (std::size_t i = 0; i < policy_.exempt.size() && !near.exemption; ++i) {
    const Exemption& exemption = policy_.exempt[i];
    if (entry.record.time >= exemption.until) continue;
    const Value holds = interpret(exemption.where, {&entry.record, {}, {}});
    if (reference::truth_of(holds) != wanted) continue;
    near.exemption = i;
    near.exemption_name = exemption_name(policy_, i);
    add_leaves(exemption.where, entry.record, true, near.exempt);
  }
  return near;
}

std::vector<NearRecord> NearBook::nearest(
    std::size_t most, const std::function<bool(const Subject&)>& is_asked) const {
  std::vector<const Entry*> asked;
  for (const auto& [id, entry] : records_) {
    if (is_asked(entry.subject)) asked.push_back(&entry);
  }
  const std::size_t count = std::min(most, asked.size());
  std::ranges::partial_sort(asked, asked.begin() + static_cast<std::ptrdiff_t>(count), {},
                            [](const Entry* entry) {
                              return std::tuple(rank_of(entry->fate), entry->distance, entry->seq);
                            });
  std::vector<NearRecord> nearest;
  for (const Entry* entry : std::span(asked).first(count)) nearest.push_back(told(*entry));
  return nearest;
}

std::string doubt_text(const Policy& policy, const std::vector<const reference::Input*>& inputs) {
  std::map<Doubt, std::int64_t> doubts;
  for (const reference::Input* input : inputs) {
    if (input->truth == Truth::kUnknown) ++doubts[doubt_about(policy, input->record)];
  }
  std::string text;
  for (const auto& [doubt, count] : doubts) {
    text += (text.empty() ? "" : "; ") + doubt.cause + " in " + counted_text(count, "record") +
            ", so that nobody can tell whether " + (count == 1 ? "it is " : "they are ") +
            std::string(doubt.question);
  }
  if (!text.empty()) return text;
  for (const auto& [id, count] : missing_in_measures(policy, inputs)) {
    text += (text.empty() ? "" : "; ") + std::string(field(id).name) + " is missing in " +
            counted_text(count, "record");
  }
  return text;
}

}  // namespace tidewaiter
