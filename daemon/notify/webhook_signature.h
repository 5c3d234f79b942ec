#pragma once

#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The value of `webhook-signature` that Standard Webhooks 1.0 asks for: `v1,` and the base64 of
/// HMAC-SHA256 over `<id>.<seconds>.<body>`, where the secret is `whsec_` and the base64 of its
/// key. Errors: kInvalidInput if the secret is not of that form; the message does not repeat it.
[[nodiscard]] Result<std::string> webhook_signature(std::string_view secret, std::string_view id,
                                                    UtcTime at, std::string_view body);

/// `webhook-timestamp`: seconds since the epoch.
[[nodiscard]] std::string webhook_seconds(UtcTime at);

}  // namespace tidewaiter
