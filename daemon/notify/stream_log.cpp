#include "daemon/notify/stream_log.h"

#include <spdlog/sinks/ostream_sink.h>

namespace tidewaiter {

std::unique_ptr<EventLog> stream_log(std::ostream& stream, LogLevel level, LogFormat format) {
  return std::make_unique<EventLog>(level, format,
                                    std::make_shared<spdlog::sinks::ostream_sink_mt>(stream));
}

}  // namespace tidewaiter
