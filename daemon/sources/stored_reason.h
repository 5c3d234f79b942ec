#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

/// Why a record is bad, as it may be stored and logged: what stands in the place of the value that
/// was expected is left out, a text as well as a number, for in a line that slipped it may be a
/// prompt; and so is the name of a member that nobody knows, which may be one too. `reason` is a
/// reader's. One that quotes a value does so at its end alone, in backticks behind ", got "; one of
/// an unknown member begins with its name and ends with our words, so that no reason is both.
[[nodiscard]] std::string stored_reason(std::string_view reason);

}  // namespace tidewaiter
