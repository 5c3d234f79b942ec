#pragma once

#include <filesystem>
#include <functional>

#include "storage/fsck/state_report.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Where the parts of a state lie. Only the ledger must be there.
struct StateFiles {
  std::filesystem::path folder;
  LedgerPaths ledger;
  std::filesystem::path records;   ///< records.db
  std::filesystem::path creating;  ///< marks a creation that has not ended
  /// Folder of exhibits that are kept; it need not be there.
  std::filesystem::path payloads = {};
};

/// How far the check has come: the part, and how many of its entries are done. Called often.
using StateProgress = std::function<void(StatePart part, std::int64_t done)>;

/// Checks all parts of a state that nobody writes meanwhile (the caller holds its lock): each by
/// itself, and each against the ledger. Everything that verify_ledger() derives, and what it cannot
/// see: that the signing key is the ledger's, that the vault derives the salt of every disclosure,
/// that the record log has what was judged, that what is kept of exhibits is what their entries
/// say, and what an end of a process has left lying there.
///
/// Changes nothing, but for rollback journals beside vault and record log, which are rolled back as
/// the next start would do it: a copy would put keys where nobody destroys them. SQLite may leave
/// empty `-wal` and `-shm` files, which the next start takes away.
/// Reads everything; memory grows by one hash a subject.
[[nodiscard]] StateReport check_state(const StateFiles& files, const StateProgress& progress);

}  // namespace tidewaiter
