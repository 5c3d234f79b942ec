#pragma once

#include <vector>

#include "storage/evidence/vault.h"
#include "storage/ledger/entry.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// The entries of a commit, events before steps, with the keys of their subjects from the vault,
/// which has them on disk on return. Errors: those of build_event, build_step, the vault and
/// `may_make`.
[[nodiscard]] Result<std::vector<BuiltEntry>> build_entries(const LedgerCommit& commit,
                                                            Vault& vault,
                                                            const NewKeyRule& may_make, UtcTime ts);

}  // namespace tidewaiter
