#pragma once

#include <memory>

#include "daemon/notify/event_log.h"
#include "daemon/outbound/request_trace.h"
#include "daemon/sources/connector.h"
#include "daemon/sources/source_request.h"

namespace tidewaiter {

// What the log has at its level `trace`: what goes out, what comes in, and nothing of what is in
// it; and pulls that were cut short. The functions write from any thread; `log` outlives what they
// give.

/// A request that is no source's: `event=request`.
[[nodiscard]] RequestSink request_log(EventLog& log);

/// One try of a source's request: `event=source_request`.
[[nodiscard]] SourceRequestSink source_request_log(EventLog& log);

/// At the level `warn`, for a window may never come to its end: `event=source_cut_short`.
[[nodiscard]] SourceCutSink source_cut_log(EventLog& log);

/// The connector, and a line for each page that it gives, whatever its kind: `event=source_page`.
[[nodiscard]] std::unique_ptr<Connector> logged_connector(std::unique_ptr<Connector> connector,
                                                          const SourceConfig& config,
                                                          EventLog& log);

}  // namespace tidewaiter
