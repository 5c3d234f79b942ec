#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "daemon/notify/channel.h"
#include "daemon/notify/event_log.h"
#include "daemon/notify/notice.h"
#include "daemon/outbound/http_client.h"
#include "daemon/outbound/mail_client.h"
#include "daemon/outbound/stream_client.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The ways out of the house. Pointers outlive whoever has them; none but `log` may be null,
/// and by channels of kind `log` nothing is sent then.
struct Transports {
  HttpClient* http = nullptr;
  MailClient* mail = nullptr;
  StreamClient* stream = nullptr;
  EventLog* log = nullptr;
};

/// What came of an attempt.
struct Attempt {
  bool sent = false;
  bool gone = false;   ///< the peer has said that it wants no more, ever (410)
  std::string reason;  ///< why not; holds no secret
  std::optional<Duration> retry_after = {};  ///< not before that
  /// It may have come to something that does not show yet: before `retry_after` is over another one
  /// could do the same again, whoever has it made.
  bool unsettled = false;
};

/// Sends a notice by its channel, once. Any thread.
[[nodiscard]] Attempt deliver(const ChannelConfig& channel, const Notice& notice,
                              const Transports& transports, const Variables& variables,
                              const std::stop_token& stop);

}  // namespace tidewaiter
