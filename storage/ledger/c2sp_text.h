#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "policies/model/digest.h"

namespace tidewaiter {

// Parts of lines that C2SP's checkpoints and proofs have alike.

/// A decimal from 0 on, without sign and leading zeros; nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> decimal_of(std::string_view text);

/// A hash in base64, as RFC 4648 has it in one way only; nothing for any other text.
[[nodiscard]] std::optional<Digest> hash_of(std::string_view text);

}  // namespace tidewaiter
