#pragma once

#include <functional>
#include <memory>

#include "storage/ledger/ledger_store.h"
#include "storage/postgres/postgres_connection.h"

namespace tidewaiter {

/// Makes a connection that is ready for its store: identified, and the sequencer's if it writes.
using ConnectLedger = std::function<Result<std::unique_ptr<PostgresConnection>>(Ledger::Mode mode)>;

/// The tables over connections of `connect`: one at a time, another one when it was lost. A failed
/// attempt at another one is what all calls of the next two seconds answer.
[[nodiscard]] Result<std::unique_ptr<LedgerStore>> open_postgres_store(ConnectLedger connect,
                                                                       Ledger::Mode mode);

}  // namespace tidewaiter
