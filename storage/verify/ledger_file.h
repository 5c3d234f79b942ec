#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include <SQLiteCpp/SQLiteCpp.h>

#include "policies/model/error.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// A database file opened so that reading it changes nothing on disk.
struct OpenedFile {
  std::unique_ptr<SQLite::Database> database;
  bool immutable = false;  ///< read as a file that nobody writes: there is no WAL or journal
};

/// Opens a SQLite file for reading, with its WAL if there is one. Errors: kUnavailable.
[[nodiscard]] Result<OpenedFile> open_for_verification(const std::filesystem::path& path);

enum class LedgerFileKind : std::uint8_t { kLedger, kLock };

/// Compares application id, version, encoding and the whole of sqlite_schema with the format's,
/// and runs SQLite's own integrity check. Returns false if the tables are not those of the format,
/// so that there is nothing to go on with. Settings and schema are reported as `format_failure`,
/// damage as `damage`. SQLite's exceptions pass through.
[[nodiscard]] bool check_file(SQLite::Database& database, LedgerFileKind kind,
                              VerifyFailure format_failure, VerifyFailure damage,
                              ProblemList& problems);

/// A stored value with its storage class: NULL, INTEGER, or the bytes of TEXT and BLOB.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;
[[nodiscard]] Cell read_cell(SQLite::Statement& row, int column);

}  // namespace tidewaiter
