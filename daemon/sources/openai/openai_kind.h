#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// The admin API of OpenAI: usage in buckets, daily costs, the directory of the organisation, and
/// its audit log.
/// docs/sources/openai.md says what it supplies and what it cannot see.
extern const ContractKind kOpenAiKind;

}  // namespace tidewaiter
