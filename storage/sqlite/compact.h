#pragma once

#include <filesystem>

#include "policies/model/error.h"

namespace SQLite {
class Database;
}

namespace tidewaiter {

/// Leaves of what was deleted or overwritten nothing in the files of a database in WAL mode: the
/// rows that are there are written anew (VACUUM), and the WAL, which has what they were, is
/// emptied. Takes as much room again as the database. No transaction may be open on the connection.
/// Errors: kUnavailable also while another connection reads. SQLite::Exception passes through.
[[nodiscard]] Result<void> compact_sqlite(SQLite::Database& database,
                                          const std::filesystem::path& path);

}  // namespace tidewaiter
