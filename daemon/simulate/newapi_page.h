#pragma once

#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A page of new-api's logs (GET /api/log/), newest first: rows that were written from
/// `start_timestamp` to `end_timestamp`, both included, page `p` of `page_size`. A row is written a
/// second after its request began; one that has failed is a row of type 5, and one of type 4, which
/// tells of no use, stands beside it. `quota` is what is billed, in units of 1/500,000 of a dollar,
/// rounded down. In HostileMode::kDenied the answer is what the program says to whoever is no
/// administrator: the status 200 and `success: false`. Errors: kInvalidInput for parameters out of
/// range.
[[nodiscard]] Result<std::string> newapi_log_page(const ProviderModel& model,
                                                  const PageRequest& request,
                                                  const PageState& state);

}  // namespace tidewaiter
