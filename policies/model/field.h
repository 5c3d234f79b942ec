#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "policies/model/value.h"

namespace tidewaiter {

/// The kinds of record. Sources deliver the first three; a kFinding record is a finding of other
/// policies, made by evaluation for those that read findings.
enum class RecordKind : std::uint8_t { kUsage, kAccount, kAudit, kFinding };

inline constexpr std::array kRecordKinds{RecordKind::kUsage, RecordKind::kAccount,
                                         RecordKind::kAudit, RecordKind::kFinding};

[[nodiscard]] std::string_view kind_name(RecordKind kind);  // "usage", …, "finding"
[[nodiscard]] std::optional<RecordKind> find_kind(std::string_view name);

/// Index into the field catalogue. Stable within one program only: storage writes names.
using FieldId = std::uint16_t;

/// One field that policies may name.
struct Field {
  std::string_view name;  ///< what policies and the native format write: "output_tokens"
  ValueType type;
  std::string_view unit;  ///< "tokens", "µs", or empty
  std::string_view otel;  ///< OpenTelemetry GenAI or OCSF name, or empty where there is none
  std::uint8_t kinds;     ///< bit set of RecordKind: 1 << kind
  bool id_of_source;      ///< an identifier that only its source makes unique
  bool nonnegative;       ///< the field's definition rules out values below zero
  std::string_view doc;   ///< one line for the manual
};

/// Fields that every record has, outside its field list. Their ids are fixed.
inline constexpr FieldId kFieldTime = 0;      // record.time
inline constexpr FieldId kFieldDuration = 1;  // record.duration
inline constexpr FieldId kFieldRequests = 2;  // record.requests
inline constexpr FieldId kFieldSource = 3;    // record.source

/// What a subject may be that no record has: a cluster of accounts. Not in the catalogue, so that
/// neither fields() nor find_field() gives it; field() describes it.
inline constexpr FieldId kFieldCluster = 0xFFFF;

/// The field of a record that its part of a subject rests on: `account` for a cluster, else `id`.
[[nodiscard]] FieldId recorded_field(FieldId id);

/// The catalogue, indexed by FieldId.
[[nodiscard]] std::span<const Field> fields();
[[nodiscard]] const Field& field(FieldId id);
[[nodiscard]] std::optional<FieldId> find_field(std::string_view name);

/// Whether a value can name a subject in the ledger, or a group of them: exact texts only.
[[nodiscard]] constexpr bool can_be_subject(ValueType type) {
  return type == ValueType::kString || type == ValueType::kIp || type == ValueType::kInt64 ||
         type == ValueType::kBool;
}

[[nodiscard]] constexpr bool has_kind(const Field& f, RecordKind kind) {
  return ((f.kinds >> static_cast<unsigned>(kind)) & 1U) != 0;
}

}  // namespace tidewaiter
