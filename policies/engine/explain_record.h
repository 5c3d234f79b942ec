#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/engine/reference_measures.h"
#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// What becomes of a record of the kind that a policy reads (docs/evaluation.md, What is judged).
enum class RecordFate : std::uint8_t {
  kSelected,     ///< counts
  kUnknown,      ///< cannot be told: counts as a maybe
  kNotSelected,  ///< the condition is false
  kExempt,       ///< an exemption takes it out
  kNotInForce,   ///< the policy, or all of its bases, is not in force at its time
  kTooLate,      ///< came behind the watermark by more than `wait_for_late`, or was dropped
  kNoSubject,    ///< lacks a field of `for_each`
};
inline constexpr std::size_t kRecordFates = 7;
[[nodiscard]] std::string_view fate_name(RecordFate fate);  // "selected", "unknown", …

/// The fate of one record, and what decided it. Pointers are into the policy.
struct RecordVerdict {
  RecordFate fate = RecordFate::kSelected;
  /// The smallest parts of the condition (of kUnknown also of exemptions) that made it false or
  /// unknown; of kExempt those that made the exemption true.
  std::vector<const Expr*> items;
  std::vector<FieldId> missing;          ///< fields whose absence made it unknown or subjectless
  std::optional<std::size_t> exemption;  ///< kExempt: the first one that holds
};

/// Judges one record apart from lateness. Pure.
[[nodiscard]] RecordVerdict judge_record(const Policy& policy, const Record& record);

/// The values of the `for_each` fields; nothing if the record lacks one. For `cluster` it is the
/// cluster that the account would be if nothing linked it.
[[nodiscard]] std::optional<Subject> record_subject(const Record& record,
                                                    const std::vector<FieldId>& for_each);

/// The smallest parts of a truth value over a record that make it what it is: of a false `and` the
/// false ones, of a true one all, and so on through `and or not`. Appends to `items`.
void deciding_items(const Expr& expr, const Record& record, std::vector<const Expr*>& items);

/// A part as people are shown it: where it looks into lists, without their content.
[[nodiscard]] std::string item_text(const Expr& item);

/// Whether anything is joined here: an `and`, `or` or `not`, whose parts decide.
[[nodiscard]] constexpr bool is_logical(ExprOp op) {
  return op == ExprOp::kAnd || op == ExprOp::kOr || op == ExprOp::kNot;
}

}  // namespace tidewaiter
