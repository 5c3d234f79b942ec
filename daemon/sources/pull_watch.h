#pragma once

#include <functional>
#include <stop_token>

#include "policies/model/error.h"

namespace tidewaiter {

/// How reading stays in touch with whoever asked for it while it takes long: a skip through a
/// large compressed file, a line of a gibibyte, an hour of blank lines.
struct PullWatch {
  std::stop_token stop;        ///< requested: reading ends between two blocks
  std::function<void()> beat;  ///< called between two blocks; may be empty; must return soon
  /// True: next() waits for what is under way elsewhere, such as a request. False: it gives nothing
  /// then, and the connector's wake is called when it has come.
  bool patient = true;

  /// Between two blocks. Errors: kUnavailable if a stop is requested.
  [[nodiscard]] Result<void> between_blocks() const {
    if (beat) {
      beat();
    }
    if (stop.stop_requested()) {
      return fail(ErrorCode::kUnavailable, "reading was broken off on request");
    }
    return {};
  }
};

}  // namespace tidewaiter
