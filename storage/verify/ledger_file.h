#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <string_view>
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

/// Compares application id, version, encoding and the whole of sqlite_schema with the format's.
/// Returns false if the tables are not those of the format, so that there is nothing to go on with.
/// SQLite's exceptions pass through.
[[nodiscard]] bool check_tables(SQLite::Database& database, LedgerFileKind kind,
                                VerifyFailure failure, ProblemList& problems);

/// Runs SQLite's own integrity check. Its exceptions pass through.
void check_integrity(SQLite::Database& database, VerifyFailure damage, ProblemList& problems);

/// Begins the same check of a file that nobody writes, in a thread and on a connection of its own.
/// What it gives is true if the file is sound; false if anything is to be told of it, or the check
/// could not be run: who wants to know what runs check_integrity().
[[nodiscard]] std::future<bool> begin_integrity_check(const std::filesystem::path& path);

/// The bytes of a stored value, as text where it is a number; valid until the next row.
[[nodiscard]] std::string_view cell_bytes(SQLite::Statement& row, int column);

/// A stored value with its storage class: NULL, INTEGER, or the bytes of TEXT and BLOB.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;
[[nodiscard]] Cell read_cell(SQLite::Statement& row, int column);
/// Says whether read_cell() gives this, without a copy.
[[nodiscard]] bool holds_cell(SQLite::Statement& row, int column, std::int64_t value);
[[nodiscard]] bool holds_cell(SQLite::Statement& row, int column, std::string_view value);

}  // namespace tidewaiter
