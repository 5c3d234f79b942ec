#pragma once

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/act.h"
#include "storage/review/act_rules.h"

namespace tidewaiter {

/// A silence holds no longer: whoever wants more says so again, with a reason.
inline constexpr Duration kLongestSilence{30 * kDay.us};

/// Says whether an act about messages may become an entry; the part of check_act() that asks this
/// book. Errors: kInvalidInput for an id of another form, a silence that is over before it begins,
/// longer than kLongestSilence, or further ahead than that; kRefused for a silence, or a request to
/// send again, of an id that is there, and the end of one that is over; kNotFound for one that is
/// not there.
[[nodiscard]] Result<void> check_notice_act(const SignedAct& act, const ActBasis& basis);

}  // namespace tidewaiter
