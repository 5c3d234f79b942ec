#include "policies/engine/explain_record.h"

#include <algorithm>
#include <array>

#include "policies/engine/finding_records.h"
#include "policies/language/interpret.h"
#include "policies/language/times_in_force.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

using reference::Truth;
using reference::truth_of;

Truth truth(const Expr& expr, const Record& record) {
  return truth_of(interpret(expr, {&record, {}, {}}));
}

void add_missing(const Expr& expr, const Record& record, std::vector<FieldId>& missing) {
  if (expr.op == ExprOp::kField && is_null(field_value(record, expr.index)) &&
      std::ranges::find(missing, expr.index) == missing.end()) {
    missing.push_back(expr.index);
  }
  for (const Expr& arg : expr.args) add_missing(arg, record, missing);
}

/// The exemptions that may take the record out, with what they say.
struct Exempted {
  Truth any = Truth::kFalse;
  std::optional<std::size_t> by;      ///< the first that holds
  std::vector<const Expr*> doubtful;  ///< `where` of those that cannot be told
};

Exempted exempted(const Policy& policy, const Record& record) {
  Exempted result;
  for (std::size_t i = 0; i < policy.exempt.size(); ++i) {
    const Exemption& exemption = policy.exempt[i];
    if (record.time >= exemption.until) continue;
    const Truth holds = truth(exemption.where, record);
    if (holds == Truth::kTrue && !result.by) result.by = i;
    if (holds == Truth::kUnknown) result.doubtful.push_back(&exemption.where);
    result.any = std::max(result.any, holds);
  }
  return result;
}

RecordVerdict unknown(const std::vector<const Expr*>& doubtful, const Record& record) {
  RecordVerdict verdict;
  verdict.fate = RecordFate::kUnknown;
  for (const Expr* part : doubtful) deciding_items(*part, record, verdict.items);
  for (const Expr* item : verdict.items) add_missing(*item, record, verdict.missing);
  return verdict;
}

}  // namespace

std::string_view fate_name(RecordFate fate) {
  static constexpr std::array<std::string_view, kRecordFates> kNames = {
      "selected", "unknown", "not selected", "exempt", "not in force", "too late", "no subject"};
  return kNames[static_cast<std::size_t>(fate)];
}

void deciding_items(const Expr& expr, const Record& record, std::vector<const Expr*>& items) {
  if (!is_logical(expr.op)) {
    items.push_back(&expr);
    return;
  }
  const Truth whole = truth(expr, record);
  for (const Expr& arg : expr.args) {
    const Truth part = truth(arg, record);
    // The parts of an `and` or `or` that agree with it are those that decide; a `not` has one.
    if (expr.op == ExprOp::kNot || part == whole) deciding_items(arg, record, items);
  }
}

std::string item_text(const Expr& item) { return to_text(item, ExprScope{}); }

std::optional<Subject> record_subject(const Record& record, const std::vector<FieldId>& for_each) {
  Subject subject;
  subject.fields = for_each;
  for (const FieldId id : for_each) {
    const Value value = field_value(record, recorded_field(id));
    if (is_null(value)) return std::nullopt;
    subject.values.push_back(format_value(value, field(id).type));
    if (field(id).id_of_source) subject.source = record.source;
  }
  return subject;
}

RecordVerdict judge_record(const Policy& policy, const Record& record) {
  RecordVerdict verdict;
  if (!is_in_force(policy, record.time)) {
    verdict.fate = RecordFate::kNotInForce;
    return verdict;
  }
  if (is_withdrawn(record)) {
    verdict.fate = RecordFate::kNotSelected;
    return verdict;
  }
  const Truth condition = truth(policy.condition, record);
  if (condition == Truth::kFalse) {
    verdict.fate = RecordFate::kNotSelected;
    deciding_items(policy.condition, record, verdict.items);
    return verdict;
  }
  const Exempted exemption = exempted(policy, record);
  if (exemption.any == Truth::kTrue) {
    verdict.fate = RecordFate::kExempt;
    verdict.exemption = exemption.by;
    deciding_items(policy.exempt[*exemption.by].where, record, verdict.items);
    return verdict;
  }
  if (condition == Truth::kUnknown || exemption.any == Truth::kUnknown) {
    std::vector<const Expr*> doubtful = exemption.doubtful;
    if (condition == Truth::kUnknown) doubtful.push_back(&policy.condition);
    verdict = unknown(doubtful, record);
  }
  if (record_subject(record, policy.for_each)) return verdict;
  verdict.fate = RecordFate::kNoSubject;
  for (const FieldId id : policy.for_each) {
    const FieldId read = recorded_field(id);
    if (is_null(field_value(record, read))) verdict.missing.push_back(read);
  }
  return verdict;
}

}  // namespace tidewaiter
