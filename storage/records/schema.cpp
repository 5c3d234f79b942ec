#include "storage/records/schema.h"

#include <array>
#include <cstddef>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <unistd.h>

namespace tidewaiter {
namespace {

/// docs/records-format.md explains each table.
constexpr const char* kTables = R"sql(
CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE page(
  first_seq INTEGER PRIMARY KEY,
  last_seq  INTEGER NOT NULL UNIQUE CHECK(last_seq >= first_seq),
  source    TEXT NOT NULL,
  backfill  INTEGER NOT NULL,
  committed INTEGER NOT NULL,
  log_hash  BLOB NOT NULL CHECK(length(log_hash) = 32)
) STRICT;

CREATE TABLE page_day(
  first_seq INTEGER NOT NULL REFERENCES page(first_seq),
  day       INTEGER NOT NULL,
  records   INTEGER NOT NULL,
  PRIMARY KEY(first_seq, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE partition(
  day     INTEGER PRIMARY KEY,
  records INTEGER NOT NULL,
  dropped INTEGER NOT NULL
) STRICT;

CREATE TABLE control(
  seq  INTEGER PRIMARY KEY,
  hash BLOB NOT NULL CHECK(length(hash) = 32),
  body TEXT NOT NULL
) STRICT;

CREATE TABLE policy_set(
  hash      BLOB PRIMARY KEY CHECK(length(hash) = 32),
  documents TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE source(
  name         TEXT PRIMARY KEY,
  cursor       TEXT NOT NULL,
  covered_from INTEGER,
  covered_to   INTEGER,
  records      INTEGER NOT NULL,
  quarantined  INTEGER NOT NULL,
  last_page    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine(
  id      INTEGER PRIMARY KEY,
  source  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  origin  TEXT NOT NULL,
  "offset" INTEGER NOT NULL,
  reason  TEXT NOT NULL,
  content BLOB NOT NULL CHECK(length(content) = 32),
  length  INTEGER NOT NULL,
  UNIQUE(source, origin, "offset", content)
) STRICT;
)sql";

/// Not in the logs of versions that knew no synced lists: these get it when they are written to.
constexpr const char* kIssueTable = R"sql(
CREATE TABLE IF NOT EXISTS list_issue(
  hash    BLOB PRIMARY KEY CHECK(length(hash) = 32),
  parties TEXT NOT NULL
) STRICT;
)sql";

/// 16 random bytes in hexadecimal, from the kernel.
Result<std::string> random_log_id() {
  std::array<unsigned char, 16> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    return fail(ErrorCode::kUnavailable, "the system gives no random bytes for a log id");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (const unsigned char byte : bytes) {
    id += kDigits[byte >> 4U];
    id += kDigits[byte & 15U];
  }
  return id;
}

std::string read_log_id(SQLite::Database& db) {
  return db.execAndGet("SELECT value FROM meta WHERE key = 'log_id'").getString();
}

}  // namespace

Result<std::string> prepare_schema(SQLite::Database& db, const std::filesystem::path& path,
                                   SqliteAccess access) {
  auto content = identify_sqlite(db, path, kRecordsIdentity);
  if (!content) return tl::unexpected(std::move(content.error()));
  if (access == SqliteAccess::kReadOnly) {
    if (*content == SqliteContent::kKnown) return read_log_id(db);
    return fail(ErrorCode::kNotFound,
                "`" + path.string() + "` holds no records database yet: start the daemon once");
  }
  if (auto kept = enforce_journal(db, path, SqliteJournal::kWal); !kept) {
    return tl::unexpected(std::move(kept.error()));
  }
  if (*content == SqliteContent::kKnown) {
    // Looked for first: nothing is written to a log that has it, or that is damaged.
    if (!db.tableExists("list_issue")) db.exec(kIssueTable);
    return read_log_id(db);
  }
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  // Another process may have made the tables while this one waited for the lock.
  content = identify_sqlite(db, path, kRecordsIdentity);
  if (!content) return tl::unexpected(std::move(content.error()));
  if (*content == SqliteContent::kKnown) return read_log_id(db);
  auto id = random_log_id();
  if (!id) return id;
  db.exec(kTables);
  db.exec(kIssueTable);
  db.exec("INSERT INTO meta VALUES ('log_id', '" + *id + "'), ('dropped_before', 0)");
  db.exec("PRAGMA application_id=" + std::to_string(kRecordsIdentity.application_id));
  db.exec("PRAGMA user_version=" + std::to_string(kRecordsIdentity.version));
  transaction.commit();
  return id;
}

Result<std::unique_ptr<SQLite::Database>> open_records_database(const std::filesystem::path& path,
                                                                SqliteAccess access) {
  auto db = connect_sqlite(path, access, kRecordsIdentity.what);
  if (!db) return db;
  if (auto known = prepare_schema(**db, path, access); !known) {
    return tl::unexpected(known.error());
  }
  return db;
}

}  // namespace tidewaiter
