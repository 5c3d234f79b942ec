#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/cosignature.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

// Trust policies of transparency logs, C2SP tlog-policy (the text of June 2026): which logs are
// trusted, which witnesses are known, and whose cosignatures make a checkpoint valid. A verifier's
// trust root, which comes from elsewhere than what it verifies. All functions are pure.

/// A witness, by its name in the policy, which need not be that of its key.
struct PolicyWitness {
  std::string name;
  WitnessKey key;
  std::string url;  ///< the prefix that checkpoints are submitted under; empty if none is given
};

/// Witnesses a checkpoint if at least `threshold` of its members do, each a witness or a group that
/// stands before it.
struct PolicyGroup {
  std::string name;
  std::size_t threshold = 1;
  std::vector<std::string> members;  ///< names; each is a member of one group only
};

struct PolicyLog {
  VerifierKey key;  ///< its name is the log's origin
  std::string url;  ///< empty if none is given
};

struct TrustPolicy {
  std::vector<PolicyLog> logs;
  std::vector<PolicyWitness> witnesses;
  std::vector<PolicyGroup> groups;
  std::string quorum{kNoQuorum};  ///< the name of a witness or group, or kNoQuorum

  [[nodiscard]] bool asks_for_witnesses() const { return quorum != kNoQuorum; }
  static constexpr std::string_view kNoQuorum = "none";
};

inline constexpr std::size_t kMaxTrustPolicyBytes = 262'144;

/// Reads a policy: lines `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`,
/// `group <name> <k|any|all> <name>…` and one `quorum <name|none>`, each ended by a newline; empty
/// lines and lines that begin with `#`. Names are bytes. A name stands before its use; no public
/// key is that of two logs or two witnesses. Errors: kInvalidInput, kUnsupported for a key type
/// that cannot be checked; `where` is `line N`.
[[nodiscard]] Result<TrustPolicy> parse_trust_policy(std::string_view text);

/// Says whether the witnesses with these keys are a quorum.
[[nodiscard]] bool has_quorum(const TrustPolicy& policy, std::span<const WitnessKey> cosigners);

/// Who of a policy's witnesses cosigned a note, and whether they are enough.
struct Witnessing {
  std::vector<Cosignature> cosignatures;
  bool quorum = false;
};
/// Judges the cosignatures alone, not the log's signature.
/// Errors: kRefused for a bad signature of a known witness.
[[nodiscard]] Result<Witnessing> judge_witnesses(const SignedNote& note, const TrustPolicy& policy);

/// For people: `2 of 3 known witnesses cosigned it: a, b`.
[[nodiscard]] std::string witnessing_text(const TrustPolicy& policy, const Witnessing& witnessing);

}  // namespace tidewaiter
