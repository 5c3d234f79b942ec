#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// RFC 4648 §4: the standard alphabet with padding; §5: the URL alphabet without padding.
enum class Base64 { kStandard, kUrl };

[[nodiscard]] std::string to_base64(std::span<const std::byte> bytes, Base64 form);
[[nodiscard]] std::string to_base64(std::string_view bytes, Base64 form);

/// Decodes; gives the bytes. Accepts only what to_base64 writes: right padding, no white space,
/// unused bits zero (RFC 4648 §3.5). Errors: kInvalidInput.
[[nodiscard]] Result<std::string> from_base64(std::string_view text, Base64 form);

/// How many bytes from_base64() gives, without them; nothing where it gives an error.
[[nodiscard]] std::optional<std::size_t> base64_size(std::string_view text, Base64 form);

}  // namespace tidewaiter
