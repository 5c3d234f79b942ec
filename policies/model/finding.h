#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/field.h"
#include "policies/model/time.h"
#include "policies/model/value.h"

namespace tidewaiter {

enum class Severity : std::uint8_t { kLow, kMedium, kHigh, kCritical };
[[nodiscard]] std::string_view severity_name(Severity severity);

/// Whom a finding is about: the values of the policy's `for_each` fields.
struct Subject {
  std::vector<FieldId> fields;
  std::vector<std::string> values;  ///< one a field, as text
  std::string source;               ///< set if any field is an id that only its source makes unique
  auto operator<=>(const Subject&) const = default;
};

/// "account:bailian/17" for an id that its source qualifies, "client.network:10.0.0.0/24 +
/// model:large" for several fields. A backslash stands before a backslash or blank in a value, and
/// before
/// '/' and ':' in a qualified one: different subjects have different texts.
[[nodiscard]] std::string to_text(const Subject& subject);

/// One measured value that a finding rests on.
struct Figure {
  std::string name;
  ValueType type = ValueType::kInt64;
  Value value;        ///< null where it could not be told
  bool exact = true;  ///< false: a sketch, with the error that the manual states

  bool operator==(const Figure&) const = default;
};

/// What a step says about its finding.
enum class StepKind : std::uint8_t {
  kOpened,
  kRestated,   ///< its figures or its interval changed: late or revised data, or a new policy
               ///< version
  kWithdrawn,  ///< it no longer holds; `reason` says why
  kClosed,     ///< the run of windows ended: no later window belongs to it; or, with the reason
               ///< kEvictedReason, one may, and nobody knows
  kGap,        ///< not about a finding: what a policy could not see (`reason`, `count`)
};
/// Why a finding is closed whose run may go on, and why windows that had not settled cannot be
/// told: the policy forgot what it held (StateEvicted).
inline constexpr std::string_view kEvictedReason = "state-evicted";
[[nodiscard]] std::string_view step_name(StepKind kind);  // "finding.opened", …, "coverage.gap"

/// By what order the records that a finding shows were taken from its window
/// (docs/evaluation.md, Findings).
enum class EvidenceChoice : std::uint8_t { kFirst, kLast, kLargest };
[[nodiscard]] std::string_view choice_name(EvidenceChoice choice);  // "first", "last", "largest"

/// One thing that evaluation tells the ledger. (seq, ordinal) orders steps and names each one.
/// Findings are potential violations: only a person makes one a violation.
struct Step {
  std::int64_t seq = 0;      ///< the log entry that brought it about
  std::int32_t ordinal = 0;  ///< 0, 1, 2, … among the steps of one seq
  StepKind kind = StepKind::kOpened;
  std::string finding;  ///< finding_id(), 32 hexadecimal digits; empty for kGap

  std::string policy;
  std::int64_t policy_version = 0;
  Digest policy_hash;
  Severity severity = Severity::kLow;

  Subject subject;
  Interval run;                  ///< from the first holding window's start to the last one's end
  std::int64_t windows = 0;      ///< how many windows of the run hold
  std::vector<Figure> figures;   ///< of the run's first holding window, in the policy's order
  std::vector<Figure> previous;  ///< kRestated: the figures before
  bool historical = false;       ///< found in a backfill or by a new policy over stored history
  std::string reason;
  std::int64_t count = 0;  ///< kGap: how many records or windows
  /// Sequence numbers of the records shown, as the policy's `evidence` asks, the first chosen
  /// first.
  std::vector<std::int64_t> evidence;
  std::vector<std::string> evidence_findings;  ///< their ids in its place, where findings are read
  std::int64_t evidence_total = 0;             ///< out of how many contributing records
  EvidenceChoice evidence_choice = EvidenceChoice::kFirst;
};

/// The finding's id: the first 16 bytes, in hexadecimal, of
///   SHA-256( frame(log_id) || frame(policy id) || frame(decimal seq) || frame(decimal ordinal) )
/// where frame() is Sha256::update_framed and the step is the one that opened the finding.
[[nodiscard]] std::string finding_id(std::string_view log_id, std::string_view policy,
                                     std::int64_t seq, std::int32_t ordinal);

}  // namespace tidewaiter
