#include "policies/engine/session_span.h"

#include <algorithm>

#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

/// The start of the stretch of `at_most` that holds the time: no session leaves it.
UtcTime stretch_begin(const Window& window, UtcTime time) {
  return UtcTime{floor_divide(time.us, window.length.us) * window.length.us};
}

}  // namespace

bool in_one_session(const Window& window, UtcTime earlier, UtcTime later) {
  return later - earlier < *window.session &&
         stretch_begin(window, earlier) == stretch_begin(window, later);
}

Interval session_interval(const Window& window, UtcTime first, UtcTime last) {
  return {first, std::min(last + *window.session, stretch_begin(window, last) + window.length)};
}

Interval session_cover(const Window& window, UtcTime first, UtcTime last) {
  return {std::max(first - *window.session, stretch_begin(window, first)),
          session_interval(window, first, last).to};
}

}  // namespace tidewaiter
