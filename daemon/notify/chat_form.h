#pragma once

#include <string>
#include <string_view>

#include "daemon/notify/notice.h"

namespace tidewaiter {

/// What Slack's incoming webhooks take: `text`, with `&`, `<` and `>` escaped, so that nothing in
/// it becomes a mention or a link.
[[nodiscard]] std::string slack_message(const Notice& notice);

/// An event of PagerDuty's Events API v2 that triggers an incident, one for a finding: its id is
/// `dedup_key`, so that a repetition opens no second one. Holds the routing key, which is a secret.
[[nodiscard]] std::string pagerduty_event(const Notice& notice, std::string_view routing_key);

}  // namespace tidewaiter
