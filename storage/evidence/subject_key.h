#pragma once

#include <array>
#include <cstddef>

namespace tidewaiter {

/// 32 random bytes from which the salts of one subject's disclosures derive. Whoever destroys it
/// leaves digests behind that say nothing.
using SubjectKey = std::array<std::byte, 32>;

}  // namespace tidewaiter
