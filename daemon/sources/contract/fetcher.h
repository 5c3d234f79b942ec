#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

#include "daemon/outbound/http_client.h"
#include "daemon/outbound/secret.h"
#include "daemon/sources/contract/request_budget.h"
#include "daemon/sources/contract/retry_rule.h"
#include "daemon/sources/source_request.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The header of a credential that is a user and a password, "user:password", and goes out as
/// `Authorization: Basic …` (RFC 7617).
inline constexpr std::string_view kBasicCredential = "basic";

/// Where a request's credential comes from and goes to. Read at each try, so that a rotated one
/// needs no restart.
struct Credential {
  SecretRef key;       ///< without a name: none goes out
  std::string header;  ///< "x-api-key", kBasicCredential; empty: `Authorization: Bearer …`
  SecretRef proxy_login = {};  ///< "user:password" for the proxy; without a name: none
};

/// What a request asks for, for whoever is told of its tries.
struct FetchSubject {
  std::string endpoint;
  Interval window;
  std::int64_t page = 0;
  bool continued = false;
  bool path_told = true;  ///< false: the request's path is or has a token, and stays untold
};

struct FetcherOptions {
  HttpClient* http = nullptr;  ///< outlives the fetcher
  Variables variables;         ///< for secrets by environment and credential
  RetryRule rule;
  std::function<UtcTime()> now;
  std::function<void()> wake;  ///< called on the fetcher's thread when an outcome is there
  SourceRequestSink sent;      ///< called on the fetcher's thread after each try; may be empty
  std::string source;          ///< whose requests they are, for `sent`
  std::shared_ptr<RequestBudget> budget;  ///< what each try is taken from; null: none
  Duration rest{5 * kSecond.us};  ///< how long nothing is asked until `http` is told to rest
  /// Waits; returns early when `stop` is requested. Empty: really.
  std::function<void(Duration, const std::stop_token&)> pause;
  std::uint32_t seed = 0;  ///< of the jitter; 0: from the system
};

/// What became of a request.
struct FetchOutcome {
  Result<HttpResponse> response;  ///< of the last try
  int tries = 0;
  bool ended = false;            ///< the last try may pass, but no more are made
  Duration come_again;           ///< ended: what the server asked to wait; 0: nothing
  std::optional<Duration> skew;  ///< the server's clock less ours
};

/// Sends one request at a time, with its retries, on a thread of its own: a server that is slow or
/// asks to wait holds nobody else up. All methods are for one thread.
class Fetcher {
 public:
  explicit Fetcher(FetcherOptions options);
  ~Fetcher();  ///< breaks off what is under way
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  /// Takes a request without its credential on; `subject` is what `sent` is told of it. Nothing may
  /// be under way or untaken.
  void start(HttpRequest request, Credential credential, FetchSubject subject = {});
  /// A request is under way, or its outcome has not been taken.
  [[nodiscard]] bool is_busy() const;
  /// take() would give something.
  [[nodiscard]] bool is_ready() const;
  /// The outcome, once it is there.
  [[nodiscard]] std::optional<FetchOutcome> take();
  /// Waits for an outcome, at most this long. True: it is there.
  bool wait(Duration longest);

 private:
  struct Task {
    HttpRequest request;
    Credential credential;
    FetchSubject subject;
  };
  void work(const std::stop_token& stop);
  [[nodiscard]] std::optional<Task> next_task(const std::stop_token& stop);
  [[nodiscard]] FetchOutcome fetch(const Task& task, const std::stop_token& stop);
  [[nodiscard]] Result<HttpResponse> try_told(const Task& task, int attempt,
                                              const std::stop_token& stop);
  [[nodiscard]] Result<HttpResponse> try_once(const Task& task, const std::stop_token& stop);
  [[nodiscard]] Result<HttpResponse> try_as(const Task& task, HttpRequest request,
                                            const std::stop_token& stop);
  [[nodiscard]] Result<Secret> read_now(const SecretRef& ref) const;
  void await_turn(const std::stop_token& stop);
  void hold_others(const Result<HttpResponse>& response);
  void pause(Duration length, const std::stop_token& stop);

  FetcherOptions options_;
  std::mt19937 random_;  ///< the thread's
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Task> task_;
  std::optional<FetchOutcome> outcome_;
  bool under_way_ = false;
  std::jthread thread_;  ///< last: it uses all the others
};

}  // namespace tidewaiter
