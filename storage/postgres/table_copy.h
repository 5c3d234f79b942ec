#pragma once

#include <filesystem>

#include "storage/postgres/postgres_connection.h"

namespace tidewaiter {

/// Writes a new ledger.db at `file` with the rows that the tables have at one moment, each as it
/// is: no constraint keeps a damaged one from whoever verifies. What is disclosed is in it, mode
/// 0600. Errors: kRefused if `file` is there, or two rows have one key; those of both databases.
[[nodiscard]] Result<void> copy_tables_to_file(PostgresConnection& connection,
                                               const std::filesystem::path& file);

}  // namespace tidewaiter
