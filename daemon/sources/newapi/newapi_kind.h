#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// The logs of new-api over HTTP, a record for each request. docs/sources/newapi.md says what it
/// supplies and what it cannot see.
extern const ContractKind kNewApiKind;

}  // namespace tidewaiter
