#pragma once

#include <functional>
#include <memory>

#include "daemon/outbound/http_client.h"
#include "daemon/outbound/secret.h"
#include "daemon/sources/contract/retry_rule.h"
#include "daemon/sources/source_request.h"
#include "policies/model/time.h"

namespace tidewaiter {

class PushInbox;
class RequestBudgets;

/// Budgets that nobody has taken from (contract/request_budget.h).
[[nodiscard]] std::shared_ptr<RequestBudgets> make_request_budgets();

/// What connectors get from the program that they run in. Pointers outlive the connectors.
struct SourceServices {
  Variables variables;         ///< for secrets by environment and credential
  std::function<void()> wake;  ///< called on another thread when next() has something; may be empty
  std::function<UtcTime()> now;  ///< empty: the system's clock
  HttpClient* http = nullptr;    ///< null: each source has a libcurl client of its own
  RetryRule retry;
  SourceCutSink cut;  ///< told of each window that a pull has not read to its end; may be empty
  SourceRequestSink sent;  ///< told of each try of a request; may be empty
  /// Shared by all connectors that are made with these services or a copy of them.
  std::shared_ptr<RequestBudgets> budgets = make_request_budgets();
  PushInbox* inbox = nullptr;  ///< of what senders hand in; null: nobody listens
};

}  // namespace tidewaiter
