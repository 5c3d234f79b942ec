#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/notify/secret.h"

namespace tidewaiter {

enum class ChannelKind : std::uint8_t { kLog, kWebhook };

/// One entry of `notify.channels`: where policies may send word.
struct ChannelConfig {
  std::string name;  ///< [a-z0-9][a-z0-9_-]*, unique
  ChannelKind kind = ChannelKind::kLog;
  std::string url;  ///< kWebhook: https, or http on loopback; without user or password
  std::optional<SecretRef> token;  ///< kWebhook: sent as `Authorization: Bearer …`
};

}  // namespace tidewaiter
