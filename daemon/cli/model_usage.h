#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/report/model_shares.h"
#include "policies/language/policy.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// Usage by model: of each record `model`, and where it has none `response_model`; requests are
/// those of the subject with this text, as subject_volume() takes it. Up to `most_entries` entries
/// from the log's start.
[[nodiscard]] Result<ModelUsage> model_usage(const RecordLog& records, const Policy& policy,
                                             const std::string& subject, std::int64_t most_entries);

/// The calendar of releases of the set in force; empty where it has none, or cannot be read.
[[nodiscard]] std::vector<ModelRelease> release_calendar(const RecordLog& records);

}  // namespace tidewaiter
