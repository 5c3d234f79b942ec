#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/report_statement.h"

namespace tidewaiter {

/// What an attestation is held against.
struct AttestedBundle {
  std::string envelope;                ///< the bytes of kAttestationFile
  VerifierKey key;                     ///< of the log, from outside the bundle
  const std::set<std::string>& files;  ///< all of the bundle, by their paths
  std::optional<StatedReport> report;  ///< as the log has it; absent: the log has none
  std::optional<TreeHead> head;        ///< re-derived from the log; absent: it could not be
};

/// SHA-256 of a file of the bundle, by its path; nothing if it cannot be read.
using DigestOfFile = std::function<std::optional<Digest>(const std::string& file)>;
/// Told of a file that is not what the attestation says, and why.
using TellFault = std::function<void(std::string_view file, const std::string& why)>;

/// Holds the attestation of a bundle against its files and its log, and gives how many files the
/// key has signed for: 0 if it has not, or states another report. What is wrong is told. Pure but
/// for what it calls.
[[nodiscard]] std::int64_t check_attestation(const AttestedBundle& bundle,
                                             const DigestOfFile& digest_of, const TellFault& tell);

}  // namespace tidewaiter
