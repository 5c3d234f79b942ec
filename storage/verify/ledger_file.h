#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include <SQLiteCpp/SQLiteCpp.h>

#include "policies/model/error.h"
#include "storage/verify/private_copy.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// A database opened so that reading it changes nothing where it lies.
struct OpenedFile {
  std::unique_ptr<PrivateCopy> copy;  ///< what is open if there was a WAL or a journal
  std::unique_ptr<SQLite::Database> database;
  /// Read as a file that nobody writes: there was no WAL or journal.
  [[nodiscard]] bool immutable() const { return copy == nullptr; }
};

/// Opens a SQLite file for reading: where it lies, or, with its WAL or journal, a private copy.
/// Errors: kUnavailable, also for a writer that leaves no time for a copy.
[[nodiscard]] Result<OpenedFile> open_for_verification(const std::filesystem::path& path);

/// How many bytes of a file that nobody writes lie behind the last page of its database, which
/// SQLite does not look at. SQLite's exceptions pass through.
[[nodiscard]] std::int64_t bytes_behind(SQLite::Database& database,
                                        const std::filesystem::path& path);

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
