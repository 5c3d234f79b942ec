#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "storage/verify/report_acts.h"
#include "storage/verify/verify.h"

namespace tidewaiter {

class TimestampAuthorities;

/// Says whether `folder` is a report's bundle, whole or not: it has a manifest.
[[nodiscard]] bool is_bundle(const std::filesystem::path& folder);

/// A file of a bundle that is not what it has to be.
struct BundleFault {
  std::string file;  ///< its path in the bundle, safe for a terminal
  std::string why;   ///< "was changed: …", safe for a terminal
};

struct BundleReport {
  VerifyReport log;                 ///< of the folder `log` in it
  std::vector<BundleFault> faults;  ///< by file; empty: all files are what was issued
  std::optional<IssuedReport> issued;
  std::int64_t files = 0;        ///< that were hashed
  std::int64_t disclosures = 0;  ///< values that hash to a digest of their entry
  std::int64_t members = 0;      ///< accounts of a cluster that the draft is sealed with
  std::int64_t attested = 0;     ///< files that are as the log's key has signed
  [[nodiscard]] bool ok() const { return faults.empty() && log.ok() && issued.has_value(); }
};

/// Holds a report's bundle against itself and against its log (docs/ledger-format.md §15): each
/// file against the manifests, and no other there; the manifest against the entries that drew,
/// approved and issued it; the log as verify_tile_log() does; its custody against what the log
/// says; the accounts of a cluster against the entry that drew the report; each disclosure against
/// its entry; all files, report and head of the log against the attestation, which the log's key
/// has signed. Follows no symbolic link below `folder`, as long as nobody puts one there meanwhile:
/// where something is no regular file, or cannot be listed, that is told and nothing is read.
/// Changes nothing, links no network code. `verifier_key`, `policy` and `authorities` as in
/// verify_tile_log(). At most a thousand faults are listed.
[[nodiscard]] BundleReport verify_bundle(const std::filesystem::path& folder,
                                         const std::string& verifier_key,
                                         const std::optional<TrustPolicy>& policy = {},
                                         const TimestampAuthorities* authorities = nullptr);

/// 0; 21 for a fault of a file, or a report that no entry issued; else that of the log.
[[nodiscard]] int bundle_exit_code(const BundleReport& report);

/// For people, of several lines, and as one JSON object and a newline (docs/ledger-format.md §15).
[[nodiscard]] std::string bundle_text(const BundleReport& report);
[[nodiscard]] std::string bundle_json(const BundleReport& report);

}  // namespace tidewaiter
