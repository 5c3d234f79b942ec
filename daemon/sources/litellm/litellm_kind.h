#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// A LiteLLM proxy over HTTP: its spend logs, a record for each request, and its keys, users, teams
/// and customers. docs/sources/litellm.md says what it supplies and what it cannot see.
extern const ContractKind kLiteLlmKind;

}  // namespace tidewaiter
