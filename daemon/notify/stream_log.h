#pragma once

#include <iosfwd>
#include <memory>

#include "daemon/notify/event_log.h"

namespace tidewaiter {

/// A log of a program that runs once: as EventLog writes to stderr, but to `stream`, which outlives
/// it, and without a time.
[[nodiscard]] std::unique_ptr<EventLog> stream_log(std::ostream& stream, LogLevel level,
                                                   LogFormat format);

}  // namespace tidewaiter
