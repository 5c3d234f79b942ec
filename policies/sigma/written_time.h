#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "policies/language/time_part.h"

namespace tidewaiter {

/// A part of a time as it is written, without conversion between zones, which Sigma's time
/// modifiers do not make: of `2026-03-01T23:30:00+02:00` the hour is 23. Reads what RFC 3339
/// allows, with a blank for the T and without an offset too. The week is that of ISO 8601 (1 to
/// 53). Nothing if the text is no such time, or, for hour and minute, a date alone.
[[nodiscard]] std::optional<std::int64_t> written_time_part(std::string_view text, TimePart part);

}  // namespace tidewaiter
