#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/time.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// What goes out as one message, and the messages of the outbox that it carries.
struct Departure {
  std::vector<std::int64_t> ids;  ///< in rising order; the first names the message on its way
  std::string channel;
  std::string body;
};

/// What the outbox asks before anything leaves the house. Each call may write entries about what it
/// decides; who implements it signs them.
///
/// Threads: that of Outbox::step().
class NoticeGate {
 public:
  virtual ~NoticeGate() = default;

  /// Which of the messages that wait, in the order of their ids, may go now. Those of one departure
  /// are the same at each call, in this process and the next, until they are sent. A message that
  /// will never go is marked as sent, after the entry that says so. Errors: the ledger's only.
  [[nodiscard]] virtual Result<std::vector<Departure>> let_out(Ledger& ledger,
                                                               std::vector<OutboxMessage> waiting,
                                                               UtcTime now) = 0;

  /// A departure has failed for as long as its channel allows. Errors: the ledger's only.
  [[nodiscard]] virtual Result<void> give_up(Ledger& ledger, const Departure& departure,
                                             UtcTime now) = 0;

  /// How many messages the last let_out() kept back.
  [[nodiscard]] virtual std::int64_t kept_back() const = 0;

  /// When one that was kept back may go, by time alone; nothing if none.
  [[nodiscard]] virtual std::optional<UtcTime> next() const = 0;
};

}  // namespace tidewaiter
