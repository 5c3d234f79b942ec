#pragma once

#include <string_view>

namespace tidewaiter {

/// Where the verifier lies in a bundle that needs only Python 3.
inline constexpr std::string_view kTravellingVerifierFile = "data/verify.py";

/// Its text: verify.py of this folder.
[[nodiscard]] std::string_view travelling_verifier();

}  // namespace tidewaiter
