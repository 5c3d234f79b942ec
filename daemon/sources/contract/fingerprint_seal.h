#pragma once

#include <vector>

#include "daemon/outbound/secret.h"
#include "policies/model/error.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// The key that payment instruments are hidden under. Any thread.
/// Errors: kRefused, in words that name `fingerprint_key`, for a key that is not there, cannot be
/// read or has less than 16 bytes: trying again mends none of these.
[[nodiscard]] Result<Secret> read_seal_key(const SecretRef& key, const Variables& variables);

/// Replaces each of `payment.fingerprints` by its HMAC-SHA256 under the key, in 64 hexadecimal
/// digits: equal instruments stay equal, and whoever sees a record cannot look them up at the
/// vendor. The key is read for each call in which there is something to replace; another key gives
/// other values. Any thread.
///
/// Errors: as read_seal_key(). No record is changed then, and none may be stored.
[[nodiscard]] Result<void> seal_fingerprints(std::vector<Record>& records, const SecretRef& key,
                                             const Variables& variables);

}  // namespace tidewaiter
