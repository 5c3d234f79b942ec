#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "policies/model/record.h"

namespace tidewaiter {

// What Tidewaiter notices about its own sources, as audit records that policies read.

/// The source of these records. No configured source has this name, and it states no coverage: what
/// it has never said holds no window back.
inline constexpr std::string_view kOwnSource = "tidewaiter";

/// The source has changed figures that it had committed itself to.
inline constexpr std::string_view kRestatedAction = "source.restated";
/// Nothing came from the source for longer than two of its cycles.
inline constexpr std::string_view kGapAction = "source.gap";

/// The fields that these records have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> own_fields();

/// One version of a record, and its entry in the log.
struct StoredVersion {
  std::int64_t seq = 0;
  const Record* record = nullptr;
};

/// Says that `after` has replaced `before`, which was final: at `now`, of `source`, with the time
/// that the record is of and each figure that differs, as it was and as it is. One version has one
/// such record, whoever makes it and how often: its id follows from record and revision.
[[nodiscard]] Record restated_after_close(const std::string& source, const StoredVersion& before,
                                          const StoredVersion& after, UtcTime now);

/// Says that nothing has been read of `source` from `since` to `now`. `why`: the kind of error, or
/// what else is known.
[[nodiscard]] Record gap_of_source(const std::string& source, UtcTime since, UtcTime now,
                                   std::string_view why);

}  // namespace tidewaiter
