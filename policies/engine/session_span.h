#pragma once

#include "policies/language/policy.h"

namespace tidewaiter {

// Where sessions lie (docs/evaluation.md, Sessions), for a window that has a session. Pure.

/// Whether two inputs of a subject, the one not before the other and none between them, belong to
/// one session.
[[nodiscard]] bool in_one_session(const Window& window, UtcTime earlier, UtcTime later);

/// From the session's first input to when it is over.
[[nodiscard]] Interval session_interval(const Window& window, UtcTime first, UtcTime last);

/// What has to be covered so that nothing of it is missing: an input before the first one would
/// make it longer too.
[[nodiscard]] Interval session_cover(const Window& window, UtcTime first, UtcTime last);

}  // namespace tidewaiter
