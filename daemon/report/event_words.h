#pragma once

#include <optional>
#include <string>

#include "storage/ledger/act.h"

namespace tidewaiter {

/// What an act is, as the timeline of a report says it, in words that no sealed one is among;
/// nothing for what a report leaves out: what is privileged, what is about no case, and statements,
/// which statement_event() tells (reported_statements.h). Pure.
[[nodiscard]] std::optional<std::string> event_words(const ActBody& act);

}  // namespace tidewaiter
