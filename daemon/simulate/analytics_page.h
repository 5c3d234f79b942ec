#pragma once

#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A page of Anthropic's analytics usage report, and of its cost report, by the vendor's published
/// types: rows in the order of time, and within a bucket those with the most first; a page is cut
/// by rows. Each customer asks as a user, or, in batches, by the key alone; its user profile is
/// `uprof_sim_` and its number. Figures are said to be whole up to an hour and a half ago.
/// Errors: kInvalidInput: a parameter is missing or out of range, another order, a token of another
/// query: what the vendor answers with 400.
[[nodiscard]] Result<std::string> analytics_usage(const ProviderModel& model,
                                                  const PageRequest& request,
                                                  const PageState& state);
[[nodiscard]] Result<std::string> analytics_costs(const ProviderModel& model,
                                                  const PageRequest& request,
                                                  const PageState& state);

}  // namespace tidewaiter
