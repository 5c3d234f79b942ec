#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tidewaiter {

/// What a simulated provider does to those who ask it.
enum class HostileMode : std::uint8_t {
  kNone,
  kRateLimited,
  kRateLimitedBare,
  kAbsurdWait,
  kNoQuota,
  kDenied,
  kFlaky,
  kFailing,
  kSlowLoris,
  kCut,
  kWrongObject,
  kEndless,
  kRepeatedToken,
  kNoToken,
  kForgetsTokens,
  kNullActors,
  kRestated,
  kLate,
  kBadRow,
  kMoved,
  kOutside,
  kShifting,
  kClockAhead,
  kClockBehind,
  kRedirect,
  kGzipBomb,
  kDeepJson,
  kVanished,
  kNoKeys,
};

struct HostileModeName {
  HostileMode mode;
  std::string_view name;
  std::string_view doc;  ///< one line for people
};

/// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const HostileModeName> hostile_modes();
[[nodiscard]] std::optional<HostileMode> find_hostile_mode(std::string_view name);

}  // namespace tidewaiter
