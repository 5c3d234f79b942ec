#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// The admin API of Anthropic: the usage report of messages, the cost report, the directory of the
/// organisation, and its activity feed. docs/sources/anthropic.md says what it supplies and what it
/// cannot see.
extern const ContractKind kAnthropicKind;

}  // namespace tidewaiter
