#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

class Ledger;

/// The type of the entry that records a publication: docs/ledger-format.md §9.
inline constexpr std::string_view kSetPublishedType = "policy_set.published";
/// The type of the entry that records that a set came into force.
inline constexpr std::string_view kActivatedType = "policy.published";

/// What two people sign when a policy set is published. A plain value.
struct Publication {
  std::string origin;              ///< of the ledger that it is for
  std::int64_t version = 1;        ///< counts a ledger's publications from 1
  Digest bundle;                   ///< SHA-256 of the bundle's bytes
  Digest set;                      ///< hash of the meaning of the policies in it
  std::optional<Digest> previous;  ///< the bundle published before; absent for version 1
  bool operator==(const Publication&) const = default;
};

/// The exact text that is signed: six lines, each with a line feed.
[[nodiscard]] std::string publication_text(const Publication& publication);

/// Says whether `note` is the publication's text with two signatures and no more, each by one of
/// `signers`, whose names and keys differ. Errors: kInvalidInput for a malformed note or key,
/// kRefused for another text, one person twice, and a signature that does not hold.
[[nodiscard]] Result<void> check_publication(const Publication& publication, std::string_view note,
                                             const std::array<std::string, 2>& signers);

/// A publication as its ledger entry has it.
struct PublicationEntry {
  Publication publication;
  std::string title;
  std::int64_t policies = 0;           ///< how many are in the set
  std::array<std::string, 2> signers;  ///< C2SP verifier keys, in the order of signing
  std::string note;
};

/// The open members of the entry, and back. `origin` is the ledger's. Errors: kInvalidInput.
[[nodiscard]] nlohmann::json publication_fields(const PublicationEntry& entry);
[[nodiscard]] Result<PublicationEntry> read_publication(const nlohmann::json& entry,
                                                        std::string origin);

/// The last publication in a ledger; with `set` the last one of that set. Reads entries from the
/// end. Errors: kCorruption for an entry that is no publication, kUnavailable.
[[nodiscard]] Result<std::optional<PublicationEntry>> last_publication(
    const Ledger& ledger, const std::optional<Digest>& set = std::nullopt);

}  // namespace tidewaiter
