#pragma once

#include <string_view>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// Reads a list of Anthropic's directory: of `reading.endpoint` "users", "workspaces" or
/// "api_keys". Members are taken by an allow-list; all others, the hint of a key among them, are
/// passed over.
/// Errors: kInvalidInput for what is no such list, or a list of something else.
[[nodiscard]] Result<FeedAnswer> read_anthropic_directory(std::string_view body,
                                                          const AccountReading& reading);

}  // namespace tidewaiter
