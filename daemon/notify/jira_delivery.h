#pragma once

#include <stop_token>

#include "daemon/notify/channel.h"
#include "daemon/notify/delivery.h"
#include "daemon/notify/notice.h"
#include "daemon/outbound/http_client.h"
#include "daemon/outbound/secret.h"

namespace tidewaiter {

/// Creates an issue for the notice, once. Jira takes no key that would make a repetition harmless:
/// it is asked first whether there is an issue with the notice's label, which is then the one. A
/// search may not show for some minutes what was created: where it cannot be told what has become
/// of an attempt (no answer, a status 5xx) it is unsettled, and the next one waits kJiraSettles.
/// Any thread.
[[nodiscard]] Attempt deliver_to_jira(const ChannelConfig& channel, const Notice& notice,
                                      HttpClient& http, const Secret& token,
                                      const std::stop_token& stop);

/// Within this time what was created is found: Atlassian speaks of seconds, in the worst case of
/// minutes.
inline constexpr Duration kJiraSettles{5 * kMinute.us};

}  // namespace tidewaiter
