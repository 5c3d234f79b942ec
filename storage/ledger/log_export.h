#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// What an export has done.
struct LogExport {
  Checkpoint checkpoint;       ///< the signed head that it ends with
  std::int64_t written = 0;    ///< files that were not there, the checkpoint among them
  std::int64_t unchanged = 0;  ///< files that an earlier export of this log had left
};

/// Told how many entries are done, and of how many.
using ExportProgress = std::function<void(std::int64_t done, std::int64_t of)>;

/// Writes the log under its last signed head into `folder`, which is made if it is not there, as
/// the files of C2SP tlog-tiles: `checkpoint`, `tile/…` and `tile/entries/…`. The entries are
/// hashed on the way, and the checkpoint is written last and only if they give its root, so that
/// the folder is a whole log at every instant, an older one or this one. It may be served while it
/// is written, and a later export adds to it. Nothing personal is in entries, so nothing is in the
/// folder. Memory does not grow with the log. Errors: kNotFound without a signed head; kRefused if
/// the folder holds files of another log, a newer head of this one, or other files and no
/// checkpoint; kCorruption if the entries
/// do not give the signed root; kUnavailable. If `cosigned` is of the signed head, its note, which
/// has cosignatures besides, is the one that is written.
[[nodiscard]] Result<LogExport> export_log(const Ledger& ledger,
                                           const std::filesystem::path& folder,
                                           const ExportProgress& progress,
                                           const std::optional<Checkpoint>& cosigned = {});

}  // namespace tidewaiter
