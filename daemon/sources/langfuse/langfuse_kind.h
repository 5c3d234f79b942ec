#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// A project of Langfuse over HTTP: a record for each generation and embedding that was traced.
/// docs/sources/langfuse.md says what it supplies and what it cannot see.
extern const ContractKind kLangfuseKind;

}  // namespace tidewaiter
