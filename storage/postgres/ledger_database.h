#pragma once

#include <memory>
#include <string>

#include "storage/ledger/ledger_server.h"
#include "storage/postgres/postgres_connection.h"

namespace tidewaiter {

/// A ledger's tables in the schema `tidewaiter` of a PostgreSQL database (15 or newer), as
/// ledger_schema_sql() makes them. A writer has INSERT and SELECT of the log and no more, and
/// deletes nothing of what follows from it: open() for writing refuses a role that may do more, for
/// its mistakes would be the ledger's. The sequencer holds a session-level advisory lock, which
/// goes with its connection, and each of its transactions asks whether its session has it. A
/// connection that was lost is made again by the next call outside of a transaction, at most every
/// two seconds, and the lock taken again: where the database has not noticed yet that the lost one
/// is gone, kUnavailable; where another process has it, kRefused. A standby is kUnavailable to
/// readers, too: it may lag behind.
[[nodiscard]] std::shared_ptr<const LedgerServer> make_ledger_database(PostgresPlace place);

}  // namespace tidewaiter
