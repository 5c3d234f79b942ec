#pragma once

#include <filesystem>
#include <functional>

#include "storage/postgres/postgres_connection.h"

namespace tidewaiter {

/// Writes a new ledger.db at `file` with the rows that the tables have at one moment, each as it
/// is. CHECK constraints of ledger.db are off for it, so that a row which they forbid gets to
/// whoever verifies; its types, NOT NULL, keys and UNIQUE stand, and what an owner has put past
/// those, by dropping them from the tables, is an error here and no verdict. What is disclosed is
/// in the file, mode 0600. `at_moment`: LedgerServer::copy_to().
/// Errors: kRefused if `file` is there, or for a row that it cannot hold; those of `at_moment` and
/// of both databases.
[[nodiscard]] Result<void> copy_tables_to_file(PostgresConnection& connection,
                                               const std::filesystem::path& file,
                                               const std::function<Result<void>()>& at_moment);

}  // namespace tidewaiter
