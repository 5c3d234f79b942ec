#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "daemon/outbound/request_trace.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// One try of a request of a source, as it may be told: that a page was asked for by a token is
/// told, and the token is not.
struct SourceRequest {
  std::string source;
  std::string endpoint;
  Interval window;
  std::int64_t page = 0;   ///< of the window, from 1 on
  bool continued = false;  ///< asked for by a token: not a window's first page
  int attempt = 1;
  RequestTrace request;
};

/// A pull that has ended in the midst of a window, for that has more pages than a pull reads of
/// one. The next pull goes on behind them.
struct SourceCut {
  std::string source;
  std::string endpoint;
  Interval window;
  std::int64_t pages = 0;  ///< of the window, so far
};

/// Called on the thread that pulls; must return soon.
using SourceCutSink = std::function<void(const SourceCut&)>;

/// Called on the thread that sends a source's requests; must return soon.
using SourceRequestSink = std::function<void(const SourceRequest&)>;

}  // namespace tidewaiter
