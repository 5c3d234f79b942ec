#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "daemon/sources/push/push_batch.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What the record log made of a batch.
struct PushReceipt {
  std::int64_t taken = 0;    ///< records new to the log
  std::int64_t revised = 0;  ///< known ones with other content
  std::int64_t known = 0;
  std::int64_t expired = 0;  ///< of days that retention has dropped
  bool operator==(const PushReceipt&) const = default;
};

/// Batches on their way from those who listen to the source that stores them. Held in memory and
/// bounded by the bytes of their bodies: what is in here nobody was told is taken, so that a
/// process that dies with it loses nothing but work ([ADR 30]).
///
/// Any thread.
class PushInbox {
 public:
  /// `wake` is called when a batch has come in; may be empty.
  PushInbox(std::int64_t most_bytes, std::function<void()> wake);

  /// Room that a request has for its body, given back when it dies.
  class Room {
   public:
    Room(PushInbox& inbox, std::string source, std::int64_t bytes, UtcTime begun)
        : inbox_(&inbox), source_(std::move(source)), bytes_(bytes), begun_(begun) {}
    ~Room();
    Room(Room&& other) noexcept;
    Room& operator=(Room&&) = delete;
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    /// Keeps so much of it. Once the body is read it is known how long it is.
    void shrink_to(std::int64_t bytes);

   private:
    PushInbox* inbox_;
    std::string source_;
    std::int64_t bytes_;
    UtcTime begun_;
  };

  /// For a request to a source. Nothing if it is full, or closed; noted as a refusal at `now`. An
  /// empty inbox has room for any one body.
  [[nodiscard]] std::optional<Room> make_room(const std::string& source, std::int64_t bytes,
                                              UtcTime now);
  /// Somebody is sent away, to come again.
  void note_refusal(UtcTime now);
  /// When somebody was last sent away without an answer about what they brought.
  [[nodiscard]] std::optional<UtcTime> last_refusal() const;
  /// When the oldest request to this source that has room, and so no answer, was let in.
  [[nodiscard]] std::optional<UtcTime> oldest_open(const std::string& source) const;

  /// Hands a batch to its source and waits until it is stored. Errors: kUnavailable: not stored in
  /// this time, though it may still be, and noted as a refusal at the end of the wait; kRefused: it
  /// states what cannot be.
  [[nodiscard]] Result<PushReceipt> deliver(const std::string& source, PushBatch batch,
                                            std::chrono::microseconds patience,
                                            const std::function<UtcTime()>& now);

  /// How many batches wait for a source.
  [[nodiscard]] std::size_t waiting(const std::string& source) const;
  /// The first of them, which stays there until end_first(). It is shared with whoever delivers it,
  /// who may have given up by then. Null if there is none.
  [[nodiscard]] std::shared_ptr<const PushBatch> first(const std::string& source);
  /// Says what became of the first.
  void end_first(const std::string& source, Result<PushReceipt> outcome);

  /// Sends away who waits for another source than these.
  void keep_sources(const std::set<std::string>& names);

  /// Sends all who wait away, and lets nobody in any more.
  void close();
  /// The same, because nobody can listen any more.
  void fail_listening(Error error);
  [[nodiscard]] std::optional<Error> listening_failure() const;

 private:
  struct Waiting {
    std::shared_ptr<const PushBatch> batch;
    bool begun = false;
    std::optional<Result<PushReceipt>> outcome;
  };

  void refused_at(UtcTime now);
  void give_up(const std::string& source, const std::shared_ptr<Waiting>& one, UtcTime now);

  const std::int64_t most_bytes_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  // Shared by the queue and the thread that waits for the outcome: either may be gone first.
  std::map<std::string, std::deque<std::shared_ptr<Waiting>>> queues_;
  std::int64_t bytes_ = 0;
  std::optional<UtcTime> last_refusal_;
  std::map<std::string, std::multiset<UtcTime>> open_;  ///< when the requests that have room began
  std::optional<Error> listening_failure_;
  bool closed_ = false;
};

}  // namespace tidewaiter
