#pragma once

#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

// What people did for the customers, as vendors' audit feeds tell it: newest first, behind the
// event that a cursor names.

/// A page of OpenAI's audit log (GET /v1/organization/audit_logs) from `effective_at[gte]` on and
/// before `effective_at[lt]`; with `tenant_only` what happened to the tenant, else all that did
/// not. Errors: kInvalidInput for parameters out of range, and for an `after` that names no event
/// of theirs.
[[nodiscard]] Result<std::string> openai_audit_page(const ProviderModel& model,
                                                    const PageRequest& request,
                                                    const PageState& state);

/// A page of Anthropic's activity feed (GET /v1/compliance/activities) from `created_at.gte` on and
/// before `created_at.lt`. Each fifth activity is told twice, as the vendor may. Errors: as above,
/// of `after_id`.
[[nodiscard]] Result<std::string> anthropic_activities(const ProviderModel& model,
                                                       const PageRequest& request,
                                                       const PageState& state);

}  // namespace tidewaiter
