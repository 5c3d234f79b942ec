#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "storage/backup/backup.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

struct RestoreSource {
  std::filesystem::path folder;                ///< a backup, as write_backup() made it
  std::optional<std::filesystem::path> vault;  ///< the folder of its keys; absent: they are lost
  std::filesystem::path vault_key;             ///< that wraps them, where they are wrapped
  /// The lock store of the lost ledger, if it is left: it says how far that one was signed.
  std::optional<std::filesystem::path> lock;
};

/// Nothing of it is there yet, but for what a restore left that was killed.
struct RestoreTarget {
  LedgerPaths ledger;
  std::filesystem::path records;
  std::filesystem::path restoring;  ///< marks a restore that has not ended
  /// What else of a former state must not lie there: its tokens, its cosignatures, its marks.
  std::vector<std::filesystem::path> others;
  std::string origin;  ///< another one than the lost ledger's
  std::string reason;  ///< why that one does not go on: for whoever reads the ledger
};

struct Restored {
  Checkpoint former;                    ///< the last head that is known of the lost ledger
  std::int64_t kept = 0;                ///< entries of it in the backup; what follows them is lost
  std::optional<std::int64_t> records;  ///< entries of the record log; absent: the backup has none
  std::optional<std::int64_t> keys;     ///< of subjects; absent: they were not taken over
  std::string verifier_key;             ///< of the new ledger
  std::vector<std::string> gaps = {};   ///< as Backup::gaps: exhibits and reports stay there
};

/// Puts a backup in the place of a state that is lost, or whose head may not go on. A head may have
/// been signed after the backup, which nobody must contradict: so the ledger of the backup ends,
/// and a new one with a key of its own begins, whose first entry commits to the last head that is
/// known of the former and says how much of it is kept. The record log goes on, and is judged anew
/// into the new ledger; keys of subjects go on, so that what the former disclosed still derives
/// from them.
///
/// Exhibits and reports, as the words of acts, are of the former ledger, and stay in the backup,
/// the exhibits with their keys.
///
/// Checks the backup before it writes anything: its sums, all that a verifier checks, the records
/// against what was judged, that what was disclosed derives from the vault's keys. Killed half-way
/// it leaves `restoring`; the next call then begins again, and removes what is not older than that.
/// Errors: kRefused if parts of a state are there, for an origin that is the former's, for a lock
/// store that contradicts the backup, for a vault that `vault_key` does not open; kCorruption if
/// the backup does not hold, naming the first problem; kNotFound, kUnavailable.
[[nodiscard]] Result<Restored> restore_backup(const RestoreSource& source,
                                              const RestoreTarget& target, UtcTime now,
                                              const BackupProgress& progress);

}  // namespace tidewaiter
