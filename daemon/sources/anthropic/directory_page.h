#pragma once

#include <string_view>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// Whether the pages of a list lead on by `next_page`; those of the others by the id of their last
/// entry.
[[nodiscard]] bool is_cursor_list(std::string_view endpoint);

/// Reads a list of Anthropic's directory: of `reading.endpoint` "users", "workspaces", "api_keys",
/// "service_accounts" or "user_profiles". Members are taken by an allow-list; all others, the hint
/// of a key and the metadata of a profile among them, are passed over.
///
/// `enforcement`: of what is archived `archived`; of a key its status, unless that is `active`, and
/// `expired` once its time has come; of a profile its status unless that is `unrestricted`, then
/// each open action's reason, then each action with both and its dates. A status that is not known
/// is `restricted` besides, and an entry without one is a bad row: nothing is taken for free of
/// measures because the server does not tell.
///
/// Errors: kInvalidInput for what is no such list, or a list of something else.
[[nodiscard]] Result<FeedAnswer> read_anthropic_directory(std::string_view body,
                                                          const AccountReading& reading);

}  // namespace tidewaiter
