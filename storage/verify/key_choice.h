#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/ledger/signed_note.h"
#include "storage/ledger/trust_policy.h"
#include "storage/verify/entry_walk.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// The key that signatures are judged with: `given`, a C2SP vkey from outside, or, if that is
/// empty, the one that the log names for itself, which `notes` then tell. A key that cannot be
/// read, that is not of the log's origin or is not the one that the log names is reported; nothing
/// if there is none.
[[nodiscard]] std::optional<VerifierKey> choose_key(
    const std::string& given, const std::optional<EntryWalk::Creation>& creation,
    ProblemList& problems, std::vector<std::string>& notes);

/// The vkey to judge with, of those that `policy` lists: the one that the log names for itself,
/// else one of its origin, else the first. `given` without a policy and with one that lists no log.
[[nodiscard]] std::string key_by_policy(const std::optional<TrustPolicy>& policy,
                                        const std::string& given,
                                        const std::optional<EntryWalk::Creation>& creation);

}  // namespace tidewaiter
