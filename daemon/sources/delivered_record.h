#pragma once

#include "daemon/sources/source_config.h"
#include "policies/model/error.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Adds what a source knows of a record that its input brought, and the input does not: source,
/// `observed`, `revision`, and no more completeness than its age allows. Sets no identity.
/// Errors: kInvalidInput: a duration that is negative or too long, an end more than 24 hours ahead.
[[nodiscard]] Result<void> complete_record(Record& record, const SourceConfig& config, UtcTime now);

}  // namespace tidewaiter
