#pragma once

#include <string_view>

namespace tidewaiter {

/// Says whether `text` is well-formed UTF-8 (Unicode table 3-7): no surrogates, no overlong forms.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace tidewaiter
