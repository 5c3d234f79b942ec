#pragma once

#include <filesystem>
#include <string>

#include <SQLiteCpp/Database.h>

#include "policies/model/error.h"

namespace tidewaiter {

/// The schema of records.db that this program reads and writes: PRAGMA user_version.
inline constexpr int kRecordsSchemaVersion = 1;

/// Refuses a database of another make or a newer schema; makes the tables and the log id where the
/// file is new and `create` says so. Gives the log id. Errors: kRefused, kNotFound for an empty
/// file that may not be filled; SQLite::Exception passes through.
[[nodiscard]] Result<std::string> prepare_schema(SQLite::Database& db,
                                                 const std::filesystem::path& path, bool create);

}  // namespace tidewaiter
