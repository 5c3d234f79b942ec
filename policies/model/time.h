#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// A length of time in microseconds. Negative lengths are legal values.
struct Duration {
  std::int64_t us = 0;
  auto operator<=>(const Duration&) const = default;
};

/// An instant: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct UtcTime {
  std::int64_t us = 0;
  auto operator<=>(const UtcTime&) const = default;
};

/// A half-open interval: `from` belongs to it, `to` does not.
struct Interval {
  UtcTime from;
  UtcTime to;
  auto operator<=>(const Interval&) const = default;
};

[[nodiscard]] constexpr UtcTime operator+(UtcTime t, Duration d) { return {t.us + d.us}; }
[[nodiscard]] constexpr UtcTime operator-(UtcTime t, Duration d) { return {t.us - d.us}; }
[[nodiscard]] constexpr Duration operator-(UtcTime a, UtcTime b) { return {a.us - b.us}; }

inline constexpr Duration kSecond{1'000'000};
inline constexpr Duration kMinute{60 * kSecond.us};
inline constexpr Duration kHour{60 * kMinute.us};
inline constexpr Duration kDay{24 * kHour.us};

/// The instants that a record may name, and that people may write: the years 1970 to 9999. What is
/// reckoned from them, such as the start of a window, may lie outside.
inline constexpr Interval kRecordTimes{{0}, {253'402'300'800'000'000}};
[[nodiscard]] constexpr bool is_record_time(UtcTime t) {
  return t >= kRecordTimes.from && t < kRecordTimes.to;
}

/// The first instant of the aligned slot of `width` that holds `t`; slots count from the epoch.
/// Right for instants before the epoch too. `width.us` > 0.
[[nodiscard]] constexpr UtcTime align_down(UtcTime t, Duration width) {
  const std::int64_t remainder = t.us % width.us;
  return {t.us - (remainder < 0 ? remainder + width.us : remainder)};
}

/// Reads an RFC 3339 date-time ("2026-11-23T20:45:00.5Z", "+02:00" offsets, lower-case t and z).
/// Also a date alone ("2026-11-23", its midnight UTC). Years are those of RFC 3339, 0000 to 9999;
/// others that int64 reaches have a sign and six digits ("+010000", "-000001": ECMA-262, expanded
/// years), so that everything format_time writes reads back. A fraction may have any number of
/// digits and is cut, not rounded, to microseconds; second 60 is refused.
/// With `zone_optional`, a space may stand for the T and a missing offset means UTC.
/// Errors: kInvalidInput.
[[nodiscard]] Result<UtcTime> parse_time(std::string_view text, bool zone_optional = false);

/// "2026-11-23T20:45:00Z", with as many fraction digits (up to six) as the value needs. Every
/// instant has a text of its own, and parse_time reads it back.
[[nodiscard]] std::string format_time(UtcTime time);

/// Reads "24h", "90s", "15m", "7d", "250ms", "1h30m", "10us". Units: us ms s m h d w; each part a
/// non-negative whole number, units in falling order. Errors: kInvalidInput.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads back to the same value: "1d", "1h30m", "0s".
/// A negative duration has a leading "-".
[[nodiscard]] std::string format_duration(Duration duration);

}  // namespace tidewaiter
