#pragma once

#include <cstdint>
#include <string>

namespace tidewaiter {

/// How like two names, or two words of them, are, in millionths: 0 is not at all, kSameName is the
/// same. NameMatcher says what makes it.
using Score = std::int32_t;
inline constexpr Score kSameName = 1'000'000;

/// "0.93", "0.906667": as a decimal fraction, without zeros at its end.
[[nodiscard]] std::string score_text(Score score);

}  // namespace tidewaiter
