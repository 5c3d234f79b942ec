#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/policy_bundle.h"
#include "daemon/app/signatory.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/publication.h"

namespace tidewaiter {

// Policy sets on their way into force: a writer proposes a bundle, another one confirms it, whoever
// owns the ledger records it. docs/publishing.md tells the whole. Proposals and publications are
// files in folders of the state, so that people who work at different times need no daemon, and
// need not stop one. Threads: any; two processes may work on one state folder.

/// A bundle with the signatures that it has so far.
struct SignedBundle {
  PolicyBundle bundle;
  std::string bytes;
  Digest hash;                       ///< SHA-256 of `bytes`
  std::vector<std::string> signers;  ///< verifier keys: one of a proposal, two of a publication
  std::string note;                  ///< C2SP signed note over the publication's text
  std::filesystem::path file;
};

/// Whether somebody may sign a publication. Errors: kRefused for a role that may not, and for a
/// retired key.
[[nodiscard]] Result<void> may_sign_publication(const Person& person);

/// What is proposed, by hash; what is published, by version. Errors: kCorruption for a file that is
/// neither, kInvalidInput for what is no file, kUnavailable.
[[nodiscard]] Result<std::vector<SignedBundle>> proposals(const std::filesystem::path& state);
[[nodiscard]] Result<std::vector<SignedBundle>> publications(const std::filesystem::path& state);

/// Writes a proposal with the first signature. `origin` is that of the ledger that it is for.
/// Errors: kInvalidInput, kRefused if the same bundle is proposed already, kUnavailable.
[[nodiscard]] Result<SignedBundle> propose_bundle(const std::filesystem::path& state,
                                                  const std::string& origin,
                                                  const PolicyBundle& bundle,
                                                  const Signatory& writer);

/// Adds the second signature: the proposal becomes a publication.
/// Errors: kRefused if the same person proposed it, or if another bundle was published since;
/// kUnavailable.
[[nodiscard]] Result<SignedBundle> confirm_bundle(const std::filesystem::path& state,
                                                  const std::string& origin,
                                                  const SignedBundle& proposal,
                                                  const Signatory& second);

/// Writes the publications that the ledger does not have yet into it, in order, and signs its
/// head; gives how many.
/// Errors: kRefused for one that two enrolled people whose keys are not retired did not sign, or
/// that contradicts the ledger's own; those of the ledger.
[[nodiscard]] Result<std::int64_t> record_publications(const std::filesystem::path& state,
                                                       Ledger& ledger, UtcTime now);

}  // namespace tidewaiter
