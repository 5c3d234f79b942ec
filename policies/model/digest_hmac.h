#pragma once

#include <string_view>

#include "policies/model/digest.h"

namespace tidewaiter {

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1). Pure; any thread.
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace tidewaiter
