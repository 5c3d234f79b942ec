#include "storage/verify/ledger_file.h"

#include <algorithm>
#include <set>
#include <span>
#include <system_error>
#include <tuple>
#include <utility>

#include "storage/ledger/schema.h"

namespace tidewaiter {

namespace {

constexpr int kCopyAttempts = 20;
constexpr int kMaxDamageLines = 5;

/// A path as the part of a URI after "file:".
std::string uri_path(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  std::string uri;
  for (const char c : (error ? path : whole).string()) {
    switch (c) {
      case '%':
        uri += "%25";
        break;
      case '?':
        uri += "%3f";
        break;
      case '#':
        uri += "%23";
        break;
      default:
        uri += c;
    }
  }
  return uri;
}

/// Opens a file that nobody writes, with no lock and nothing put beside it, so that it may lie on a
/// read-only medium.
std::unique_ptr<SQLite::Database> open_immutable(const std::filesystem::path& path) {
  return std::make_unique<SQLite::Database>(
      "file:" + uri_path(path) + "?mode=ro&immutable=1",
      SQLite::OPEN_READONLY | SQLite::OPEN_URI | SQLite::OPEN_NOMUTEX);
}

/// What every connection is told that verifies.
void prepare(SQLite::Database& database) {
  database.exec("PRAGMA trusted_schema = OFF");
  database.exec("PRAGMA cell_size_check = ON");
  // SQLite does not read CHECK constraints of a database that it may not write, and so has its
  // integrity check leave them out. They are left out of a copy's too, so that the verdict is the
  // same with a WAL beside the file and without.
  database.exec("PRAGMA ignore_check_constraints = ON");
  database.exec("PRAGMA mmap_size = 0");
}

using SchemaRow = std::tuple<std::string, std::string, std::string, std::string>;

std::set<SchemaRow> read_schema(SQLite::Database& database) {
  std::set<SchemaRow> rows;
  SQLite::Statement select(database, "SELECT type, name, tbl_name, sql FROM sqlite_schema");
  while (select.executeStep()) {
    rows.emplace(select.getColumn(0).getString(), select.getColumn(1).getString(),
                 select.getColumn(2).getString(), select.getColumn(3).getString());
  }
  return rows;
}

/// What sqlite_schema holds after the format's statements: SQLite itself says it.
std::set<SchemaRow> schema_after(std::span<const std::string_view> statements) {
  SQLite::Database scratch(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  for (const std::string_view statement : statements) scratch.exec(std::string(statement));
  return read_schema(scratch);
}

const std::set<SchemaRow>& expected_schema(LedgerFileKind kind) {
  static const std::set<SchemaRow> ledger = schema_after(ledger_schema());
  static const std::set<SchemaRow> lock = schema_after(lock_schema());
  return kind == LedgerFileKind::kLedger ? ledger : lock;
}

bool check_schema(SQLite::Database& database, LedgerFileKind kind, VerifyFailure failure,
                  ProblemList& problems) {
  const std::set<SchemaRow> stored = read_schema(database);
  const std::set<SchemaRow>& expected = expected_schema(kind);
  bool tables_hold = true;
  for (const SchemaRow& row : expected) {
    if (stored.contains(row)) continue;
    tables_hold = tables_hold && std::get<0>(row) == "trigger";
    problems.add(failure, "the " + std::get<0>(row) + " `" + std::get<1>(row) +
                              "` is missing or is not as the format has it");
  }
  for (const SchemaRow& row : stored) {
    if (expected.contains(row)) continue;
    tables_hold = tables_hold && std::get<0>(row) == "trigger";
    problems.add(failure, "the format has no such " + std::get<0>(row).substr(0, 40) + " `" +
                              std::get<1>(row).substr(0, 80) + "`");
  }
  return tables_hold;
}

void check_settings(SQLite::Database& database, const SqliteIdentity& identity,
                    VerifyFailure failure, ProblemList& problems) {
  const std::int64_t kind = database.execAndGet("PRAGMA application_id").getInt64();
  const std::int64_t version = database.execAndGet("PRAGMA user_version").getInt64();
  const std::string encoding = database.execAndGet("PRAGMA encoding").getString();
  if (kind != identity.application_id) {
    problems.add(failure, "the application id " + std::to_string(kind) + " is not that of a " +
                              std::string(identity.what));
  }
  if (version > identity.version) {
    problems.add(failure, "the schema version " + std::to_string(version) +
                              " is newer than this verifier: use a newer one");
  } else if (version < identity.version) {
    problems.add(failure, "the format has no schema version " + std::to_string(version));
  }
  if (encoding != "UTF-8") problems.add(failure, "text is stored as " + encoding + ", not UTF-8");
}

}  // namespace

Result<OpenedFile> open_for_verification(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorCode::kUnavailable, "`" + path.string() + "` is not a file that can be read");
  }
  OpenedFile opened;
  try {
    for (int attempt = 0; opened.database == nullptr; ++attempt) {
      if (!has_pending_changes(path)) {
        opened.database = open_immutable(path);
        break;
      }
      if (attempt == kCopyAttempts) {
        return fail(ErrorCode::kUnavailable, "`" + path.string() +
                                                 "` is written too often to be copied: try again, "
                                                 "or verify a backup");
      }
      auto copy = PrivateCopy::take(path);
      if (!copy) return tl::unexpected(copy.error());
      if (*copy == nullptr) continue;
      opened.copy = std::move(*copy);
      // Writable: SQLite must roll a journal back, and may recover a WAL, before it can read.
      opened.database = std::make_unique<SQLite::Database>(opened.copy->database().string(),
                                                           SQLite::OPEN_READWRITE);
    }
    prepare(*opened.database);
    return opened;
  } catch (const SQLite::Exception& e) {
    return fail(ErrorCode::kUnavailable, "cannot read `" + path.string() + "`: " + e.what());
  }
}

std::int64_t bytes_behind(SQLite::Database& database, const std::filesystem::path& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) return 0;  // it was opened: who removes it now changes nothing of what is read
  const std::int64_t pages = database.execAndGet("PRAGMA page_count").getInt64();
  const std::int64_t page_size = database.execAndGet("PRAGMA page_size").getInt64();
  return std::max<std::int64_t>(static_cast<std::int64_t>(size) - pages * page_size, 0);
}

bool check_tables(SQLite::Database& database, LedgerFileKind kind, VerifyFailure failure,
                  ProblemList& problems) {
  check_settings(database, kind == LedgerFileKind::kLedger ? kLedgerIdentity : kLockIdentity,
                 failure, problems);
  return check_schema(database, kind, failure, problems);
}

void check_integrity(SQLite::Database& database, VerifyFailure damage, ProblemList& problems) {
  SQLite::Statement integrity(database,
                              "PRAGMA integrity_check(" + std::to_string(kMaxDamageLines) + ")");
  while (integrity.executeStep()) {
    const std::string line = integrity.getColumn(0).getString();
    if (line != "ok") problems.add(damage, "SQLite's integrity check: " + line);
  }
}

std::future<bool> begin_integrity_check(const std::filesystem::path& path) {
  return std::async(std::launch::async, [path] {
    try {
      const auto database = open_immutable(path);
      prepare(*database);
      ProblemList problems;
      check_integrity(*database, VerifyFailure::kUnreadable, problems);
      return problems.empty();
    } catch (const SQLite::Exception&) {
      return false;
    }
  });
}

std::string_view cell_bytes(SQLite::Statement& row, int column) {
  const SQLite::Column cell = row.getColumn(column);
  const void* const bytes = cell.getBlob();
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(cell.getBytes())};
}

Cell read_cell(SQLite::Statement& row, int column) {
  const SQLite::Column cell = row.getColumn(column);
  if (cell.isNull()) return std::monostate{};
  if (cell.isInteger()) return cell.getInt64();
  return cell.getString();
}

bool holds_cell(SQLite::Statement& row, int column, std::int64_t value) {
  const SQLite::Column cell = row.getColumn(column);
  return cell.isInteger() && cell.getInt64() == value;
}

bool holds_cell(SQLite::Statement& row, int column, std::string_view value) {
  const SQLite::Column cell = row.getColumn(column);
  return !cell.isNull() && !cell.isInteger() && cell_bytes(row, column) == value;
}

}  // namespace tidewaiter
