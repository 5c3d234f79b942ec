#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/http/http_service.h"
#include "daemon/sources/push/push_answer.h"
#include "daemon/sources/push/push_config.h"
#include "daemon/sources/push/push_inbox.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// What the service asks its program.
struct PushServices {
  Variables variables;           ///< for tokens by environment and credential
  std::function<UtcTime()> now;  ///< any thread
  std::function<void()> wake;    ///< any thread: a batch has come in
};

/// Decides about requests: who brings what, whether there is room for it, and what it is. Knows
/// nothing of sockets. Any thread; requests may come at the same time.
class PushDesk {
 public:
  PushDesk(PushListener listener, std::vector<SourceConfig> sources, PushServices services);

  /// Answers one request, after its records are durable or with the reason why nothing is taken.
  [[nodiscard]] HttpAnswer answer(const ServedRequest& request, const ReadServedBody& read);

  [[nodiscard]] PushInbox& inbox() { return inbox_; }
  /// From now on: other tokens, bounds and sources. The inbox keeps the bound that it has.
  void set(PushListener listener, std::vector<SourceConfig> sources);

 private:
  struct Rules {
    PushListener listener;
    std::vector<SourceConfig> sources;  ///< of kind `push`
  };

  [[nodiscard]] HttpAnswer send_away(PushProblem problem);
  [[nodiscard]] HttpAnswer take(const Rules& rules, const SourceConfig& source,
                                const ServedRequest& request, const ReadServedBody& read);
  [[nodiscard]] HttpAnswer deliver(const Rules& rules, const SourceConfig& source,
                                   const PushedBody& body);

  PushServices services_;
  std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;  ///< shared with the requests that began under them
  PushInbox inbox_;
};

/// Listens for what is handed in, from its making to its end. At its end those who wait are sent
/// away, to come again.
class PushService {
 public:
  /// Errors: kUnavailable: the address cannot be listened at.
  [[nodiscard]] static Result<std::unique_ptr<PushService>> start(PushListener listener,
                                                                  std::vector<SourceConfig> sources,
                                                                  PushServices services);
  ~PushService();
  PushService(const PushService&) = delete;
  PushService& operator=(const PushService&) = delete;

  [[nodiscard]] PushInbox& inbox() { return desk_.inbox(); }
  /// `http://127.0.0.1:8474/push/`, with the port that it has.
  [[nodiscard]] const std::string& url() const { return url_; }
  void set(PushListener listener, std::vector<SourceConfig> sources) {
    desk_.set(std::move(listener), std::move(sources));
  }

 private:
  PushService(PushListener listener, std::vector<SourceConfig> sources, PushServices services);

  PushDesk desk_;
  std::unique_ptr<HttpService> http_;
  std::string url_;
  std::jthread thread_;
};

}  // namespace tidewaiter
