#pragma once

#include <string_view>

namespace tidewaiter {

/// Which code wrote a saved state (Evaluation::save): a hash of the sources that say what is in it,
/// 64 hexadecimal digits. Another code may lay it out otherwise, and does not read it. Made by
/// state_identity.cmake when the library is built.
[[nodiscard]] std::string_view state_identity();

}  // namespace tidewaiter
