#pragma once

#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A page of what applications have traced to Langfuse (GET /api/public/v2/observations), newest
/// first: those that began from `fromStartTime` on and before `toStartTime`, behind `cursor`. Each
/// request is a generation; one that has failed has the level ERROR and no figures, and a span of
/// its trace stands beside it. A cursor belongs to its query. Errors: kInvalidInput for parameters
/// out of range, and for another query's cursor.
[[nodiscard]] Result<std::string> langfuse_page(const ProviderModel& model,
                                                const PageRequest& request, const PageState& state);

}  // namespace tidewaiter
