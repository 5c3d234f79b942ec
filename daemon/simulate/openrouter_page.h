#pragma once

#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The keys of an OpenRouter account (GET /keys), from `offset` on; at the end a page without any.
/// Errors: kInvalidInput.
[[nodiscard]] Result<std::string> openrouter_keys(const ProviderModel& model,
                                                  const PageRequest& request,
                                                  const PageState& state);

/// What a key did on a day (GET /activity with `date` and `api_key_hash`), by model. A day that is
/// not over or lies more than thirty days back is refused, as the vendor does. Of the tokens that
/// came out a quarter are of reasoning. Errors: kInvalidInput.
[[nodiscard]] Result<std::string> openrouter_activity(const ProviderModel& model,
                                                      const PageRequest& request,
                                                      const PageState& state);

}  // namespace tidewaiter
