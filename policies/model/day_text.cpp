#include "policies/model/day_text.h"

namespace tidewaiter {

std::string day_text(UtcTime time) {
  constexpr std::size_t kDayDigits = 10;  // "2026-10-05"
  return format_time(time).substr(0, kDayDigits);
}

}  // namespace tidewaiter
