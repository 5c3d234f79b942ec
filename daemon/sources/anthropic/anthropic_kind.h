#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// The admin API of Anthropic: usage and costs, by the analytics reports or the legacy ones, the
/// directory of the organisation, its activity feed, and the profiles of whom it serves.
/// docs/sources/anthropic.md says what it supplies and what it cannot see.
extern const ContractKind kAnthropicKind;

}  // namespace tidewaiter
