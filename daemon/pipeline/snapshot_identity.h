#pragma once

#include <string_view>

namespace tidewaiter {

/// Which code wrote a snapshot: a hash of the sources that say what is in it and what it means, 64
/// hexadecimal digits. Another code may lay it out otherwise, or judge otherwise, and does not read
/// it. Made by snapshot_identity.cmake when the library is built.
[[nodiscard]] std::string_view snapshot_identity();

}  // namespace tidewaiter
