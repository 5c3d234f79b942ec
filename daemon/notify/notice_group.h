#pragma once

#include <span>
#include <string>

#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// One message that says what several of the outbox say, "findings.opened": it follows from them
/// alone. `messages` are of findings and at least one; a single one stays as it is. `key` is what
/// they have in common, a case's id or a policy's, and `group_by` says which of the two.
[[nodiscard]] std::string group_body(std::span<const OutboxMessage> messages,
                                     const std::string& group_by, const std::string& key);

}  // namespace tidewaiter
