#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// The tables that gateways keep in PostgreSQL, read by a role that may only look: LiteLLM's spend
/// logs, keys, users, teams and customers; the logs of new-api and one-api.
/// docs/sources/postgres.md says what they supply and what cannot be seen in them.
extern const ContractKind kPostgresKind;

}  // namespace tidewaiter
