#pragma once

#include <cstdint>
#include <optional>

#include "policies/model/error.h"
#include "storage/postgres/postgres_connection.h"

namespace tidewaiter {

/// A session of the server. Numbers of processes come again; with its start one does not.
struct ServerSession {
  std::int64_t process = 0;
  std::int64_t started_us = 0;  ///< since 1970, by the server's clock; 0: it is another role's
  bool operator==(const ServerSession&) const = default;
};

/// The advisory lock of a database by which a session is the ledger's sequencer until it ends.
/// Errors of all: those of PostgresConnection::ask().

/// Takes the lock for this session. False: another session has it.
[[nodiscard]] Result<bool> try_sequencer_lock(PostgresConnection& connection);
/// Who has it now.
[[nodiscard]] Result<std::optional<ServerSession>> sequencer(PostgresConnection& connection);
/// That the session that answers now is the one that has it; asked in a transaction it holds to its
/// end. Errors: kRefused: what lies between has put another session in its place.
[[nodiscard]] Result<void> require_sequencer(PostgresConnection& connection);

}  // namespace tidewaiter
