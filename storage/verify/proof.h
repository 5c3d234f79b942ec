#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/verify.h"

namespace tidewaiter {

// Transparency log proofs, c2sp.org/tlog-proof@v1: that an entry is in a log. All functions are
// pure.

inline constexpr std::string_view kProofHeader = "c2sp.org/tlog-proof@v1\n";

/// A proof as it is written, nothing of it judged.
struct EntryProof {
  std::int64_t index = 0;
  std::vector<Digest> path;  ///< from the leaf's sibling to the root (RFC 9162, 2.1.3.1)
  std::string note;          ///< the signed checkpoint, verbatim
};

/// Reads a proof; its line `extra`, which may be there and which nothing signs, is dropped.
/// Errors: kInvalidInput.
[[nodiscard]] Result<EntryProof> parse_entry_proof(std::string_view text);

/// What a proof comes to.
struct ProofReport {
  std::optional<VerifyProblem> problem;  ///< absent: the entry is in the log
  std::string origin;                    ///< of the checkpoint, if `key` signed it
  std::int64_t index = -1;               ///< of the entry; -1 if the proof cannot be read
  TreeHead head;                         ///< that `key` signed; empty if it did not
  /// Absent without a trust policy, and with one whose quorum is nobody.
  std::optional<WitnessedHead> witnessed;
};

/// Says whether `proof` shows that `entry` is in the log of `key`: kUnreadable if it is no proof,
/// kSignature if the key did not sign its checkpoint, kHead if the checkpoint is malformed, kTree
/// if the entry with the path does not give its root.
[[nodiscard]] ProofReport verify_entry_proof(std::string_view proof, std::string_view entry,
                                             const VerifierKey& key);

/// The same by a trust policy: `proof` is of one of its logs, and its checkpoint is witnessed as it
/// asks. Besides the failures above kSignature for a bad cosignature of a known witness, and
/// kQuorum.
[[nodiscard]] ProofReport verify_entry_proof(std::string_view proof, std::string_view entry,
                                             const TrustPolicy& policy);

/// The exit code of a verifier, 0 if the entry is in the log, otherwise as verify_exit_code().
[[nodiscard]] int proof_exit_code(const ProofReport& report);
/// For people, of several lines.
[[nodiscard]] std::string proof_text(const ProofReport& report);
/// One JSON object and a newline; its members are in docs/ledger-format.md.
[[nodiscard]] std::string proof_json(const ProofReport& report);

}  // namespace tidewaiter
