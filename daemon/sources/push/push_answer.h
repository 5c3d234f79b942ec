#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/http/http_service.h"
#include "daemon/sources/push/push_batch.h"
#include "daemon/sources/push/push_inbox.h"

namespace tidewaiter {

/// Why a request is refused: a document of RFC 9457 (`application/problem+json`).
struct PushProblem {
  int status = 400;
  std::string detail;
  std::vector<PushFault> faults = {};        ///< lines or events that are to blame
  std::optional<Duration> retry_after = {};  ///< of 503
};
[[nodiscard]] HttpAnswer answer_of(const PushProblem& problem);

/// What is said of a batch that is durable. `bad` are those of its lines that are in quarantine.
[[nodiscard]] HttpAnswer answer_of(const PushReceipt& receipt, std::int64_t quarantined,
                                   const std::vector<PushFault>& bad, std::int64_t passed);

/// The phrase of a status that is answered here (RFC 9110, 15).
[[nodiscard]] std::string status_phrase(int status);

}  // namespace tidewaiter
