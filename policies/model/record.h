#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/field.h"
#include "policies/model/time.h"
#include "policies/model/value.h"

namespace tidewaiter {

/// How far the source has committed itself to a record's figures.
enum class Completeness : std::uint8_t { kOpen, kSettling, kFinal };

[[nodiscard]] std::string_view completeness_name(Completeness c);  // "open", "settling", "final"

/// One normalised record: a request or a bucket of requests, a version of an account, or an
/// audit event. A plain value.
///
/// INVARIANT: `fields` is sorted by FieldId, holds each at most once, holds none of the four
/// fixed fields (time, duration, requests, source) and no null: absent is null.
/// INVARIANT: each value's alternative is the one that its field's type prescribes (value.h).
struct Record {
  RecordKind kind = RecordKind::kUsage;
  std::string source;         ///< name of the configured source
  Digest id;                  ///< identity: see identity() in record_identity.h
  std::int64_t revision = 0;  ///< 0 for the first version; raised by the record log, not by sources
  UtcTime observed;           ///< when the source was read: attribute only, never judged
  Completeness completeness = Completeness::kFinal;
  UtcTime time;               ///< start, inclusive
  Duration duration;          ///< end − start; 0 for an instant
  std::int64_t requests = 1;  ///< weight: how many requests the record stands for, >= 0
  std::vector<std::pair<FieldId, Value>> fields;

  [[nodiscard]] UtcTime end() const { return time + duration; }
};

/// The value of any catalogue field, the four fixed ones included; null where absent.
[[nodiscard]] Value field_value(const Record& record, FieldId id);

/// The stored value of a field outside the four fixed ones, or nullptr where absent.
[[nodiscard]] const Value* find_value(const Record& record, FieldId id);

/// Sets or replaces a field outside the four fixed ones, keeping the order; null removes it.
void set_value(Record& record, FieldId id, Value value);

/// Says whether two records hold the same figures: all but id, revision and observed.
[[nodiscard]] bool same_content(const Record& a, const Record& b);

}  // namespace tidewaiter
