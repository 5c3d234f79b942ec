#pragma once

#include "storage/review/act_rules.h"

namespace tidewaiter {

/// Says whether an act about a report may become an entry; `reviewer` signed it, and has the role
/// for it. Pure. Errors, each with its reason: kRefused for one's own draft approved, by whatever
/// name the key goes, one's own withdrawal too, an opinion that comes too late or is given twice, a
/// capacity that is not the person's role, a report issued that is not approved or whose case has
/// more by now, one drawn, approved or issued that corrects or supplements what is not issued, was
/// withdrawn, or has a correction already, covers less time than what it corrects, or answers a
/// request that is closed, one issued by a site in unsigned policy mode (policy_signers.h), and a
/// withdrawal of what is not issued, has a correction, or beside
/// another one; kNotFound for a report or a case that is not there; kInvalidInput for a kind,
/// profile, marking, clock or digest that does not fit the kind, the case, the draft or the report
/// that is followed or withdrawn, and an answer about another case than the request's.
[[nodiscard]] Result<void> check_report_act(const SignedAct& act, const Reviewer& reviewer,
                                            const ActBasis& basis);

}  // namespace tidewaiter
