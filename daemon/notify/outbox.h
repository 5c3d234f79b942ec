#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "daemon/notify/channel.h"
#include "daemon/notify/delivery.h"
#include "daemon/notify/event_log.h"
#include "daemon/notify/notice_gate.h"
#include "daemon/notify/retry.h"
#include "daemon/outbound/http_client.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Why a message did not go when it was tried last.
struct MessageFailure {
  UtcTime at;
  std::int64_t attempts = 0;  ///< that failed, since the message was tried first
  std::string reason;         ///< as Attempt::reason: it may have a receiver's words
  bool operator==(const MessageFailure&) const = default;
};

/// By message. Of more than kMostFailures those of the lowest numbers are not kept.
using MessageFailures = std::map<std::int64_t, MessageFailure>;
inline constexpr std::size_t kMostFailures = 10'000;

struct OutboxOptions {
  std::vector<ChannelConfig> channels;
  HttpClient* http = nullptr;
  MailClient* mail = nullptr;      ///< null: libcurl's
  StreamClient* stream = nullptr;  ///< null: libcurl's
  EventLog* log = nullptr;         ///< of what becomes of messages; may be null
  EventLog* notices = nullptr;     ///< what channels of kind `log` write to; null: `log`
  Variables variables;
  NoticeGate* gate = nullptr;     ///< null: all messages go, each by itself
  std::function<void()> wake;     ///< called on the courier's thread; may be empty
  std::uint32_t seed = 0;         ///< of the jitter; 0: from the system
  MessageFailures failures = {};  ///< that a process before had
  /// Given the failures whenever they are others, by the thread that calls step(); may be empty.
  std::function<void(const MessageFailures&)> keep_failures = {};
};

/// Sends the ledger's pending messages and marks them as sent. Each goes out at least once, with
/// `<key id of the ledger>-<outbox id>` as `Idempotency-Key`, so that a receiver can drop a
/// repetition and takes no other ledger's message for one. A channel that fails waits and tries
/// again, for ever or as long as it is configured to; the others, and recording, go on meanwhile.
/// One whose peer says that it is gone (410) is left alone until there are channels anew; its
/// messages stay.
///
/// A gate says which messages go now, and which go as one: then the first of them names it.
///
/// Requests run on the courier, a thread of their own; the ledger is touched in step() only, by
/// the thread that calls it.
class Outbox {
 public:
  explicit Outbox(OutboxOptions options);
  ~Outbox();  ///< breaks off a running request
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Marks what was sent since the last call and hands over what is due at `now`.
  /// Errors: the ledger's only.
  [[nodiscard]] Result<void> step(Ledger& ledger, UtcTime now);

  /// Marks what was sent, and has the gate give up what failed for too long, which is an entry:
  /// the last step before the end.
  [[nodiscard]] Result<void> take_answers(Ledger& ledger, UtcTime now);

  /// When step() next has something to do by time alone; nothing if only an answer can bring it on.
  [[nodiscard]] std::optional<UtcTime> next_attempt() const;

  /// Waits until the courier has an answer, `longest` is over, or `stop` is requested. False: there
  /// is none, or nothing is out.
  bool wait_for_answer(Duration longest, const std::stop_token& stop = {});

  /// Why the last message of each channel that failed did not go, by its name: until one has gone
  /// by it, or there are channels anew. As Attempt::reason.
  [[nodiscard]] const std::map<std::string, std::string>& failing() const { return failing_; }

  /// Other channels from the next step() on. All are tried at once, but those at a place where an
  /// attempt is unsettled, by whatever channel: these wait on.
  void set_channels(std::vector<ChannelConfig> channels);

  /// Of the messages that did not go, and of those that were given up, why not: until they have
  /// gone.
  [[nodiscard]] const MessageFailures& failures() const { return options_.failures; }

 private:
  struct Task {
    ChannelConfig channel;
    Departure departure;
    Notice notice;
    std::int64_t generation = 0;  ///< of the channels when it was handed over
  };
  struct Answer {
    Departure departure;
    Attempt attempt;
    std::int64_t generation = 0;
    std::string place;  ///< place_of() its channel as it was then
  };
  struct Waiting {
    std::vector<OutboxMessage> messages;
    bool more = false;  ///< there may be more than were read
  };
  [[nodiscard]] static std::string place_of(const ChannelConfig& channel);
  void carry(const std::stop_token& stop);
  /// Until when nothing goes by the channel; nothing where no pause is known.
  [[nodiscard]] std::optional<UtcTime> paused_until(const ChannelConfig& channel) const;
  [[nodiscard]] bool is_held_back(const ChannelConfig& channel, UtcTime now) const;
  [[nodiscard]] std::optional<Answer> next_answer();
  [[nodiscard]] Result<void> take_answer(const Answer& answer, Ledger& ledger, UtcTime now);
  [[nodiscard]] Result<void> take_sent(const Departure& departure, Ledger& ledger, UtcTime now);
  [[nodiscard]] Result<void> take_failed(const Answer& answer, Ledger& ledger, UtcTime now);
  [[nodiscard]] Result<bool> gives_up(const Answer& answer, Ledger& ledger, UtcTime now);
  void pause(const Answer& answer, UtcTime now);
  void note_failure(const Answer& answer, UtcTime now);
  void tell_failures();
  /// At most `limit` messages of each channel that is there and free.
  [[nodiscard]] Result<Waiting> waiting(const Ledger& ledger, std::int64_t limit, UtcTime now);
  [[nodiscard]] Result<std::vector<Departure>> departures(Ledger& ledger, UtcTime now);
  [[nodiscard]] Result<std::vector<Departure>> let_out(Ledger& ledger, std::int64_t limit,
                                                       UtcTime now);
  void forget_failures(const std::vector<std::int64_t>& asked,
                       const std::vector<Departure>& leaving);
  [[nodiscard]] const ChannelConfig* find_channel(const std::string& name) const;

  OutboxOptions options_;
  std::unique_ptr<MailClient> own_mail_;
  std::unique_ptr<StreamClient> own_stream_;
  std::mt19937 random_;
  std::map<std::string, RetryPause> pauses_;       ///< channels that failed
  std::map<std::string, std::string> failing_;     ///< by channel, why
  std::map<std::string, RetryPause> unsettled_;    ///< by place_of(): what may have arrived there
  std::map<std::int64_t, std::int64_t> attempts_;  ///< failures of a message
  std::map<std::int64_t, UtcTime> failing_since_;  ///< first failure of a departure, by its name
  std::set<std::string> unknown_told_;             ///< channels whose absence is logged
  bool failures_changed_ = false;                  ///< since they were told
  std::int64_t generation_ = 0;                    ///< rises with set_channels()
  std::set<std::string> gone_;                     ///< channels whose peers want no more

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::string> busy_;  ///< channels with a message out; guarded by mutex_
  std::deque<Task> tasks_;      ///< guarded by mutex_
  std::deque<Answer> answers_;  ///< guarded by mutex_
  std::jthread courier_;        ///< last: stops before the rest goes
};

}  // namespace tidewaiter
