#pragma once

#include <optional>
#include <string>

#include "storage/ledger/signed_note.h"
#include "storage/ledger/trust_policy.h"
#include "storage/verify/verify.h"

namespace tidewaiter {

/// A head's note with the signature of the log alone, as a ledger stores it: of the lines behind it
/// `key`'s, or the first if `key` has none there. A text that is no note stays as it is.
[[nodiscard]] std::string without_cosignatures(const std::string& note,
                                               const std::optional<VerifierKey>& key);

/// Who cosigned a head, and what they lack to be the quorum that the policy asks for.
struct QuorumCheck {
  WitnessedHead head;                    ///< empty if there is a problem
  std::optional<VerifyProblem> problem;  ///< kHead, kSignature or kQuorum
};

/// Judges the cosignatures of a note, whose log's signature is judged elsewhere.
[[nodiscard]] QuorumCheck check_quorum(const std::string& note, const TrustPolicy& policy);

}  // namespace tidewaiter
