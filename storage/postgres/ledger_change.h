#pragma once

#include <vector>

#include "storage/ledger/ledger_store.h"
#include "storage/postgres/postgres_connection.h"

namespace tidewaiter {

/// The changes by which a commit is written, in order. A finding that is opened twice, or goes on
/// without having been opened, makes one of them change nothing, which it says.
/// Errors: those of carried_columns().
[[nodiscard]] Result<std::vector<SqlChange>> ledger_changes(const CommitRows& rows);

/// The row of a signed head.
[[nodiscard]] SqlChange checkpoint_change(const NumberedCheckpoint& signed_head, UtcTime now);

/// The row that begins a ledger.
[[nodiscard]] SqlChange identity_change(const LedgerIdentity& identity, UtcTime now);

}  // namespace tidewaiter
