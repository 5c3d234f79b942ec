#pragma once

#include <vector>

#include "daemon/outbound/secret.h"
#include "policies/model/error.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Replaces each of `payment.fingerprints` by its HMAC-SHA256 under the key, in 64 hexadecimal
/// digits: equal instruments stay equal, and whoever sees a record cannot look them up at the
/// vendor. The key is read for each call in which there is something to replace; another key gives
/// other values. Any thread.
///
/// Errors: as read_secret(), and kRefused for a key of less than 16 bytes. No record is changed
/// then, and none may be stored.
[[nodiscard]] Result<void> seal_fingerprints(std::vector<Record>& records, const SecretRef& key,
                                             const Variables& variables);

}  // namespace tidewaiter
