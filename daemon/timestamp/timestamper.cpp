#include "daemon/timestamp/timestamper.h"

#include <chrono>
#include <utility>

#include "daemon/notify/retry.h"
#include "storage/timestamp/timestamp_folder.h"

namespace tidewaiter {

namespace {

/// An authority that stays away would leave a request for each head of that time, whichever process
/// asked.
Result<void> withdraw_others(TimestampFolder& folder, std::int64_t size) {
  const auto waiting = folder.pending();
  if (!waiting) return tl::unexpected(waiting.error());
  for (const PendingTimestamp& one : *waiting) {
    if (one.size == size || one.bearer != RequestBearer::kProgram) continue;
    if (auto back = folder.withdraw(one.size); !back) return back;
  }
  return {};
}

}  // namespace

Timestamper::Timestamper(TimestamperOptions options)
    : options_(std::move(options)),
      random_(options_.seed != 0 ? options_.seed : std::random_device{}()),
      failure_(read_timestamp_failure(options_.folder)),
      messenger_([this](const std::stop_token& stop) { carry(stop); }) {}

Timestamper::~Timestamper() {
  messenger_.request_stop();
  changed_.notify_all();
}

void Timestamper::set_config(std::optional<TimestampConfig> config) {
  options_.config = std::move(config);
  newest_known_ = false;  // other authorities may believe other tokens
  pause_ = Duration{};
}

void Timestamper::step(const Ledger& ledger, UtcTime now) {
  take_answer(now);
  if (!options_.config) return forget_failure();
  {
    const std::scoped_lock lock(mutex_);
    if (busy_) return;
  }
  // A pause lasts no longer than it was meant to, wherever the clock has been set since.
  if (now >= failed_at_ && now < failed_at_ + pause_) return;
  if (const auto asked = ask_if_due(ledger, now); !asked) {
    tell_failure(asked.error(), std::nullopt, now);
  }
}

Result<void> Timestamper::ask_if_due(const Ledger& ledger, UtcTime now) {
  const TimestampConfig& config = *options_.config;
  if (newest_known_ && newest_ && now < newest_->time + config.every) return {};
  auto head = ledger.signed_head();
  if (!head) return tl::unexpected(head.error());
  if (!*head) return {};
  if (!newest_known_) {
    const auto authorities = TimestampAuthorities::from_file(config.ca);
    if (!authorities) return tl::unexpected(authorities.error());
    const auto newest = newest_stamp(options_.folder, *authorities);
    if (!newest) return tl::unexpected(newest.error());
    newest_ = *newest;
    newest_known_ = true;
  }
  if (now < next_stamp(newest_, (*head)->head.size, config.every)) return {};
  const auto log = parse_verifier_key(ledger.verifier_key());
  if (!log) return tl::unexpected(log.error());
  TimestampFolder folder(options_.folder);
  if (auto back = withdraw_others(folder, (*head)->head.size); !back) return back;
  auto asked = folder.ask(**head, *log, config.policy);
  if (!asked) return tl::unexpected(asked.error());
  const std::scoped_lock lock(mutex_);
  task_ = Task{config.url, std::move(asked->der)};
  busy_ = true;
  changed_.notify_all();
  return {};
}

void Timestamper::carry(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return task_.has_value(); })) return;
      task = std::move(*task_);
      task_.reset();
    }
    AuthorityAnswer answer = ask_authority(*options_.http, task.url, task.request, stop);
    {
      const std::scoped_lock lock(mutex_);
      answer_ = std::move(answer);
    }
    changed_.notify_all();
    if (options_.wake) options_.wake();
  }
}

bool Timestamper::wait_for_answer(Duration longest, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!busy_) return false;
  return changed_.wait_for(lock, stop, std::chrono::microseconds(longest.us),
                           [this] { return answer_.has_value(); });
}

void Timestamper::take_answer(UtcTime now) {
  std::optional<AuthorityAnswer> answer;
  {
    const std::scoped_lock lock(mutex_);
    if (!answer_) return;
    answer = std::exchange(answer_, std::nullopt);
    busy_ = false;
  }
  const Result<void> taken = answer->response
                                 ? take(*answer->response)
                                 : Result<void>(tl::unexpected(answer->response.error()));
  if (!taken) tell_failure(taken.error(), answer->retry_after, now);
}

Result<void> Timestamper::take(const std::string& response) {
  if (!options_.config) return {};  // it was taken out meanwhile: the request waits in its file
  const auto authorities = TimestampAuthorities::from_file(options_.config->ca);
  if (!authorities) return tl::unexpected(authorities.error());
  const auto taken = TimestampFolder(options_.folder).take(response, *authorities);
  if (!taken) return tl::unexpected(taken.error());
  const auto newest = newest_stamp(options_.folder, *authorities);
  if (!newest) return tl::unexpected(newest.error());
  newest_ = *newest;
  pause_ = Duration{};
  failure_.reset();
  if (const auto cleared = write_timestamp_failure(options_.folder, std::nullopt); !cleared) {
    return cleared;
  }
  if (options_.log != nullptr && newest_) {
    options_.log->info("timestamped", {{"entries", newest_->size},
                                       {"time", format_time(taken->timestamp.time)},
                                       {"authority", taken->authority},
                                       {"expires", format_time(taken->expires)}});
  }
  return {};
}

/// Of an authority that nobody asks any more.
void Timestamper::forget_failure() {
  if (!failure_) return;
  failure_.reset();
  const auto cleared = write_timestamp_failure(options_.folder, std::nullopt);
  if (!cleared && options_.log != nullptr) {
    options_.log->warn("timestamp_failure_unwritten", {{"reason", cleared.error().message}});
  }
}

void Timestamper::tell_failure(const Error& error, std::optional<Duration> retry_after,
                               UtcTime now) {
  if (!failure_) failure_ = TimestampFailure{now, 0, {}};
  ++failure_->attempts;
  failure_->reason = error.message;
  failed_at_ = now;
  const double share = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  pause_ = retry_delay(failure_->attempts, share, retry_after);
  const auto written = write_timestamp_failure(options_.folder, failure_);
  if (options_.log == nullptr) return;
  options_.log->warn(
      "timestamp_failed",
      {{"attempt", failure_->attempts}, {"reason", error.message}, {"retry_ms", pause_.us / 1000}});
  if (!written) {
    options_.log->warn("timestamp_failure_unwritten", {{"reason", written.error().message}});
  }
}

}  // namespace tidewaiter
