#pragma once

#include <filesystem>
#include <functional>

#include "storage/evidence/vault.h"
#include "storage/fsck/state_report.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Checks vault.db as a file, and that it has a key for every subject that a disclosure of the
/// ledger names, from which the salts of that entry's disclosures derive. `passed` is called with
/// the index of each entry that was looked at. Subjects are named by entries, never by themselves.
/// A ledger that cannot be read is told as a note: what is wrong with it is the verifier's. False
/// if not all disclosures were compared.
bool check_vault(const LedgerPaths& paths, const std::function<void(std::int64_t)>& passed,
                 StateReport& report);

/// Whether the salts of all that the ledger at `database` discloses derive from the keys of
/// `vault`, and none lacks its key. Errors: kCorruption with the first fault; those of reading.
[[nodiscard]] Result<void> check_derivations(const std::filesystem::path& database,
                                             const Vault& vault);

}  // namespace tidewaiter
