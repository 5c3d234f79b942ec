#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// OpenRouter's activity: days of each key, by model and who served it. docs/sources/openrouter.md
/// says what it supplies and what it cannot see.
extern const ContractKind kOpenRouterKind;

}  // namespace tidewaiter
