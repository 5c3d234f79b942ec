#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/review/act_rules.h"
#include "storage/review/clearance_words.h"

namespace tidewaiter {

/// Says whether an act about a clearance may become an entry; whoever signed it has the role for
/// it. Pure. Errors, each with its reason: kRefused for a clearance that is there already, by a
/// finding that does not stand, names nobody any more or was stated by another version of the
/// policy than the act says; for one that does not hold and is to be lifted, but that whoever
/// proposed one may lift the proposal; a second opinion on
/// one's own act, by whatever name the key goes, that comes too late, or without having seen the
/// last entry about it; kNotFound for a clearance or finding that is not there; kInvalidInput for
/// an id of another form.
[[nodiscard]] Result<void> check_clearance_act(const SignedAct& act, const ActBasis& basis);

/// Says whether the words of a clearance can be about the finding that its act names: where the
/// subject has an account, it is that one. Who is in a cluster is in no entry: of a subject without
/// an account any may be meant. Errors: kRefused.
[[nodiscard]] Result<void> check_cleared_account(const FindingState& finding,
                                                 const ClearedName& cleared);

/// Whether the finding's subject is the account, or names it as one of its parts. Never of a
/// cluster: it is called after one of its accounts, and about all of them.
[[nodiscard]] bool is_about_account(std::string_view subject, const std::string& source,
                                    const std::string& account);

/// Why another person has to approve a clearance: by what a decision of a false positive about the
/// finding would need one (second_needed_for()); nothing where none has to.
[[nodiscard]] std::optional<std::string> second_needed_for_clearance(
    const FindingState& finding, const std::function<bool(const FindingState&)>& legal,
    const Digest& draw);

}  // namespace tidewaiter
