#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/outbound/secret.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Who may hand in: whoever brings this token.
struct PushToken {
  SecretRef token;
  std::string source;  ///< the only one that it opens; empty: all of kind `push`
};

/// `push:` of the configuration: where the daemon takes in what is handed to it.
struct PushListener {
  std::string listen = "127.0.0.1:8474";
  std::vector<PushToken> tokens;  ///< not empty
  /// The longest body, as it is sent and as it is after decompression.
  std::int64_t body_bytes = std::int64_t{16} << 20U;
  /// The sum of the bodies that have been let in and are not answered.
  std::int64_t inbox_bytes = std::int64_t{64} << 20U;
  Duration patience{30 * kSecond.us};  ///< how long a request waits until its records are stored
};

/// What a source of kind `push` has beside what others have.
struct PushSourceConfig {
  /// How long after its end a record may still be handed in, as the operator says for the senders:
  /// the source states by itself what is older. Absent: it states what senders state, alone.
  std::optional<Duration> lateness;
  /// Of the listener, for `source check`.
  std::string listen;
  std::vector<SecretRef> tokens;  ///< that open this source
};

}  // namespace tidewaiter
