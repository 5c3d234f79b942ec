#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

#include "daemon/notify/event_log.h"
#include "daemon/outbound/http_client.h"
#include "daemon/timestamp/authority_client.h"
#include "daemon/timestamp/timestamp_config.h"
#include "daemon/timestamp/timestamp_failure.h"
#include "daemon/timestamp/timestamp_schedule.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

struct TimestamperOptions {
  std::optional<TimestampConfig> config;  ///< absent: nobody is asked
  std::filesystem::path folder;           ///< of timestamps
  HttpClient* http = nullptr;
  EventLog* log = nullptr;     ///< may be null
  std::function<void()> wake;  ///< called on the messenger's thread; may be empty
  std::uint32_t seed = 0;      ///< of the jitter; 0: from the system
};

/// Has the configured authority put a time on the ledger's signed heads, as next_stamp() says.
/// Nothing waits for it: an authority that is away or answers wrongly is asked again, later and
/// later (retry_delay() of retry.h), and its failure stands in the log and in `failure.json`.
/// A request that waits survives the process, as a file; there is one at most, for the newest head.
/// Without a configured authority there is no failure either.
///
/// Requests run on the messenger, a thread of their own; ledger and folder are touched in step()
/// only, by the thread that calls it.
class Timestamper {
 public:
  explicit Timestamper(TimestamperOptions options);
  ~Timestamper();  ///< breaks off a running request
  Timestamper(const Timestamper&) = delete;
  Timestamper& operator=(const Timestamper&) = delete;

  /// Takes in an answer that came, and asks if it is time. Cannot fail: what goes wrong is told.
  void step(const Ledger& ledger, UtcTime now);

  /// Waits until there is an answer, `longest` is over, or `stop` is requested. False: there is
  /// none, or nobody was asked.
  bool wait_for_answer(Duration longest, const std::stop_token& stop = {});

  /// Another configuration from the next step() on; a person has acted, so it is tried at once.
  void set_config(std::optional<TimestampConfig> config);

 private:
  struct Task {
    std::string url;
    std::string request;
  };

  void carry(const std::stop_token& stop);
  [[nodiscard]] Result<void> ask_if_due(const Ledger& ledger, UtcTime now);
  void take_answer(UtcTime now);
  [[nodiscard]] Result<void> take(const std::string& response);
  void forget_failure();
  void tell_failure(const Error& error, std::optional<Duration> retry_after, UtcTime now);

  TimestamperOptions options_;
  std::mt19937 random_;
  bool newest_known_ = false;
  std::optional<StampedHead> newest_;
  std::optional<TimestampFailure> failure_;
  UtcTime failed_at_;  ///< by the clock at the last failure
  Duration pause_;     ///< from then on

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool busy_ = false;                      ///< guarded by mutex_: a request is out, or answered
  std::optional<Task> task_;               ///< guarded by mutex_
  std::optional<AuthorityAnswer> answer_;  ///< guarded by mutex_
  std::jthread messenger_;                 ///< last: stops before the rest goes
};

}  // namespace tidewaiter
