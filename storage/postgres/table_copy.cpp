#include "storage/postgres/table_copy.h"

#include <array>
#include <string>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/schema.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr std::string_view kCopying = "copy the ledger's tables";

/// A table, what to ask for its rows, and what its columns are in SQLite: `i`nteger, `t`ext or
/// `b`lob.
struct CopiedTable {
  const char* declare;
  const char* fetch;
  std::string_view columns;
  std::string_view insert;
};

constexpr auto kCopied = std::to_array<CopiedTable>({
    {"DECLARE c1 CURSOR FOR SELECT one, origin, vkey, created FROM tidewaiter.ledger",
     "FETCH 1000 FROM c1", "itti", "INSERT INTO ledger VALUES (?, ?, ?, ?)"},
    {"DECLARE c2 CURSOR FOR SELECT idx, nodes, body FROM tidewaiter.entry ORDER BY idx",
     "FETCH 1000 FROM c2", "ibb", "INSERT INTO entry VALUES (?, ?, ?)"},
    {"DECLARE c3 CURSOR FOR SELECT number, size, note, signed_at FROM tidewaiter.checkpoint",
     "FETCH 1000 FROM c3", "iiti", "INSERT INTO checkpoint VALUES (?, ?, ?, ?)"},
    {"DECLARE c4 CURSOR FOR SELECT seq, ordinal, idx, finding FROM tidewaiter.step",
     "FETCH 1000 FROM c4", "iiii", "INSERT INTO step VALUES (?, ?, ?, ?)"},
    {"DECLARE c5 CURSOR FOR SELECT idx, id, state, ended, policy, policy_version, policy_hash, "
     "severity, subject, run_from, run_to, windows, figures, historical, reason, evidence, "
     "evidence_total, opened_seq, opened_ordinal, recorded FROM tidewaiter.finding",
     "FETCH 1000 FROM c5", "ittititttiiitittiiii",
     "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {"DECLARE c6 CURSOR FOR SELECT idx, name, text FROM tidewaiter.disclosure",
     "FETCH 1000 FROM c6", "itt", "INSERT INTO disclosure VALUES (?, ?, ?)"},
    {"DECLARE c7 CURSOR FOR SELECT one, log_id, seq, log_hash FROM tidewaiter.position",
     "FETCH 1000 FROM c7", "itib", "INSERT INTO position VALUES (?, ?, ?, ?)"},
    {"DECLARE c8 CURSOR FOR SELECT one, text FROM tidewaiter.coverage", "FETCH 1000 FROM c8", "it",
     "INSERT INTO coverage VALUES (?, ?)"},
    {"DECLARE c9 CURSOR FOR SELECT id, channel, body, queued, sent FROM tidewaiter.outbox",
     "FETCH 1000 FROM c9", "ittii", "INSERT INTO outbox VALUES (?, ?, ?, ?, ?)"},
});

void bind_cell(SQLite::Statement& insert, int place, char type, const SqlRows& rows, int row) {
  const int column = place - 1;
  if (rows.is_null(row, column)) {
    insert.bind(place);
  } else if (type == 'i') {
    insert.bind(place, rows.number(row, column));
  } else if (type == 't') {
    insert.bind(place, rows.text(row, column));
  } else {
    const std::string_view bytes = rows.view(row, column);
    insert.bind(place, static_cast<const void*>(bytes.data()), static_cast<int>(bytes.size()));
  }
}

Result<void> copy_table(PostgresConnection& from, SQLite::Database& to, const CopiedTable& table) {
  if (auto declared = from.run(table.declare, kCopying); !declared) return declared;
  SQLite::Statement insert(to, std::string(table.insert));
  while (true) {
    const auto rows = from.ask(table.fetch, {}, kCopying);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->count() == 0) return {};
    for (int row = 0; row < rows->count(); ++row) {
      insert.reset();
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        bind_cell(insert, static_cast<int>(i) + 1, table.columns[i], *rows, row);
      }
      insert.exec();
    }
  }
}

Result<void> copy_all(PostgresConnection& from, SQLite::Database& to,
                      const std::function<Result<void>()>& at_moment) {
  if (auto begun =
          from.run("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", kCopying);
      !begun) {
    return begun;
  }
  // The snapshot is taken by the first question, not by BEGIN.
  if (auto fixed = from.run("SELECT 1", kCopying); !fixed) return fixed;
  if (auto done = at_moment(); !done) return done;
  to.exec("PRAGMA ignore_check_constraints = ON");
  SQLite::Transaction transaction(to);
  for (const CopiedTable& table : kCopied) {
    if (auto copied = copy_table(from, to, table); !copied) return copied;
  }
  transaction.commit();
  return from.run("COMMIT", kCopying);
}

}  // namespace

Result<void> copy_tables_to_file(PostgresConnection& connection, const std::filesystem::path& file,
                                 const std::function<Result<void>()>& at_moment) {
  if (auto made = create_sqlite_file(file, kOwnerOnly, kLedgerIdentity, SqliteJournal::kWal,
                                     ledger_schema());
      !made) {
    return made;
  }
  auto database =
      open_sqlite_file(file, SqliteAccess::kReadWrite, kLedgerIdentity, SqliteJournal::kWal);
  if (!database) return tl::unexpected(database.error());
  try {
    if (auto copied = copy_all(connection, **database, at_moment); !copied) return copied;
    (*database)->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, kCopying));
  }
}

}  // namespace tidewaiter
