#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

/// Why a record is bad, as it may be stored and logged: what stands in the place of the value that
/// was expected is left out, for in a line that slipped it may be a prompt. `reason` is a reader's,
/// which quotes a value at its end alone, behind "got `".
[[nodiscard]] std::string stored_reason(std::string_view reason);

}  // namespace tidewaiter
