#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/outbound/secret.h"

namespace tidewaiter {

enum class ChannelKind : std::uint8_t { kLog, kWebhook };

/// One entry of `notify.channels`: where policies may send word.
struct ChannelConfig {
  std::string name;  ///< [a-z0-9][a-z0-9_-]*, unique
  ChannelKind kind = ChannelKind::kLog;
  /// kWebhook: https, or http on loopback; without user or password. Empty if `secret_url` is set.
  std::string url;
  std::optional<SecretRef> secret_url;  ///< kWebhook: a URL that is a secret itself
  std::optional<SecretRef> token;       ///< kWebhook: sent as `Authorization: Bearer …`
};

}  // namespace tidewaiter
