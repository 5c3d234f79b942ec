#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <SQLiteCpp/Database.h>

#include "policies/model/error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {

/// "TWRL" and the version of the schema that this program reads and writes.
inline constexpr SqliteIdentity kRecordsIdentity{0x5457524C, 1, "records database"};

/// Refuses a database of another make or a newer schema. For writing, puts the file into its
/// journal mode and makes the tables and the log id where it is new. Gives the log id.
/// Errors: kRefused; kNotFound for an empty file that may not be filled; kUnavailable for a journal
/// mode that cannot be kept. SQLite::Exception passes through.
[[nodiscard]] Result<std::string> prepare_schema(SQLite::Database& db,
                                                 const std::filesystem::path& path,
                                                 SqliteAccess access);

/// Opens the database of a record log that is there. Errors: those of connect_sqlite() and of
/// prepare_schema().
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_records_database(
    const std::filesystem::path& path, SqliteAccess access);

}  // namespace tidewaiter
