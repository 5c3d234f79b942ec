#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/simulate/provider_model.h"
#include "daemon/simulate/report_page.h"

namespace tidewaiter {

/// Adds the rows of a bucket that tell of one customer's use: one, or more in modes that split it.
void add_report_rows(const ProviderUsage& usage, const UsageReportRequest& request,
                     const UsageReportState& state, nlohmann::ordered_json& results);

}  // namespace tidewaiter
