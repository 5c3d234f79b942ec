#pragma once

#include "storage/review/act_rules.h"

namespace tidewaiter {

/// Says whether an act about a request may become an entry; whoever signed it has the role for it.
/// Pure. Errors, each with its reason: kRefused for a name that is taken, and for a request that is
/// answered or closed already; kNotFound for a request, a case or a report that is not there;
/// kInvalidInput for a name of another form, a day in the future, a last day that does not follow
/// from its rule, and an answer by a report that did not go out, or was withdrawn.
[[nodiscard]] Result<void> check_request_act(const SignedAct& act, const ActBasis& basis);

}  // namespace tidewaiter
