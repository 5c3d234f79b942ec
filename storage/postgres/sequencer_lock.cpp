#include "storage/postgres/sequencer_lock.h"

#include <span>

namespace tidewaiter {
namespace {

/// "TWLG": advisory locks are numbers, one space to a database.
constexpr std::int64_t kSequencerLock = 0x54574C47;

constexpr const char* kTakeLock = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END";
constexpr const char* kHolder =
    "SELECT l.pid, coalesce((extract(epoch FROM a.backend_start) * 1000000)::bigint, 0), "
    "CASE WHEN l.pid = pg_backend_pid() THEN 1 ELSE 0 END "
    "FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND l.classid = ($1 >> 32)::oid AND l.objid = ($1 & 4294967295)::oid "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";

Result<SqlRows> ask_of_lock(PostgresConnection& connection, const char* text,
                            std::string_view doing) {
  const SqlValue lock = SqlValue::number(kSequencerLock);
  return connection.ask(text, std::span(&lock, 1), doing);
}

}  // namespace

Result<bool> try_sequencer_lock(PostgresConnection& connection) {
  const auto taken = ask_of_lock(connection, kTakeLock, "become the ledger's sequencer");
  if (!taken) return tl::unexpected(taken.error());
  return taken->number(0, 0) == 1;
}

Result<std::optional<ServerSession>> sequencer(PostgresConnection& connection) {
  const auto rows = ask_of_lock(connection, kHolder, "ask who writes the ledger");
  if (!rows) return tl::unexpected(rows.error());
  if (rows->count() == 0) return std::optional<ServerSession>();
  return std::optional(ServerSession{rows->number(0, 0), rows->number(0, 1)});
}

Result<void> require_sequencer(PostgresConnection& connection) {
  const auto rows = ask_of_lock(connection, kHolder, "ask who writes the ledger");
  if (!rows) return tl::unexpected(rows.error());
  if (rows->count() == 1 && rows->number(0, 2) == 1) return {};
  return fail(ErrorCode::kRefused,
              "the session that would write the ledger is not the one that is its sequencer: "
              "connect to the database itself, past a pooler that shares sessions");
}

}  // namespace tidewaiter
