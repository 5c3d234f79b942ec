#pragma once

#include <optional>
#include <span>
#include <string>

#include "storage/review/act_rules.h"

namespace tidewaiter {

/// Says whether an act about a ruling may become an entry; whoever signed it has the role for it.
/// Pure. Errors, each with its reason: kRefused for a ruling that is there already, one that does
/// not hold and is to be lifted, a second opinion on one's own act, by whatever name the key goes,
/// that comes too late, or without having seen the last entry about it; kNotFound for a ruling that
/// is not there; kInvalidInput for an id of another form.
[[nodiscard]] Result<void> check_ruling_act(const SignedAct& act, const ActBasis& basis);

/// Why another person has to approve a ruling, or its lifting: "a finding of severity high about a
/// cluster"; nothing where none has to. Which cluster an account is in follows from the record log,
/// which these rules do not read, and whoever signs could name another one: so a finding that
/// stands about any cluster counts, and one whose subject is erased.
[[nodiscard]] std::optional<std::string> second_needed_for_ruling(
    std::span<const FindingState> findings);

}  // namespace tidewaiter
