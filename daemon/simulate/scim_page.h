#pragma once

#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A page of users by SCIM 2.0 (GET /Users, RFC 7644, 3.4.2): from `startIndex` on, which counts
/// from 1, at most `count`. Each seventh user is not active. Errors: kInvalidInput.
[[nodiscard]] Result<std::string> scim_users(const ProviderModel& model, const PageRequest& request,
                                             const PageState& state);

/// An error of SCIM 2.0 (RFC 7644, 3.12).
[[nodiscard]] std::string scim_error(int status, const std::string& detail);

}  // namespace tidewaiter
