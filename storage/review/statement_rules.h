#pragma once

#include <string_view>

#include "policies/model/error.h"
#include "storage/ledger/act.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

// The rules of statements about a case as a whole: of who is behind it, and of counsel's legal
// conclusion. check_act() asks them once it is known that whoever acts may do such acts at all, and
// that the case is there and not merged. Pure; any thread.

/// Who is behind the case rests on what the case has: findings that stand, and exhibits. Of a
/// statement that waits another person has to say something before there is another one. Errors:
/// kNotFound for evidence that is not of the case; kRefused for the rest.
[[nodiscard]] Result<void> check_attribution(const AttributionStated& stated, const Case& c);

/// By another person than the one who stated it, by name and by key (`signer`); approved while
/// something is left of what it rests on. Errors: kNotFound, kRefused.
[[nodiscard]] Result<void> check_attribution_opinion(const AttributionApproved& opinion,
                                                     const Case& c, std::string_view by,
                                                     const std::string& signer);

/// What waits or holds is withdrawn by whoever may state it: it accuses nobody of anything.
/// Errors: kNotFound, kRefused.
[[nodiscard]] Result<void> check_attribution_withdrawn(const AttributionWithdrawn& withdrawn,
                                                       const Case& c);

/// The last conclusion about the case as it is is let into reports about a case, each kind of them
/// once. Errors: kNotFound, kRefused, kInvalidInput.
[[nodiscard]] Result<void> check_conclusion_released(const ConclusionReleased& released,
                                                     const Case& c);

}  // namespace tidewaiter
