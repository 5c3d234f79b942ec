#pragma once

#include <string_view>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/key_walk.h"

namespace tidewaiter {

/// Reads a list of OpenAI's directory: of `reading.endpoint` "users", "projects" or
/// "admin_api_keys". Members are taken by an allow-list; all others are passed over. Of the
/// redacted value of an admin key its end alone is taken, into FeedAnswer::keys; of other keys
/// nothing. Errors: kInvalidInput for what is no such list, or a list of something else.
[[nodiscard]] Result<FeedAnswer> read_directory_page(std::string_view body,
                                                     const AccountReading& reading);

/// Reads one page of a walk through the keys of all projects: the list of projects that it begins
/// with, or the keys of the first project of `walk`. The answer goes on with the text of the walk's
/// next step, if there is one.
/// Errors: as read_directory_page(), and kInvalidInput for ids that no request can be made with.
[[nodiscard]] Result<FeedAnswer> read_key_walk(std::string_view body, const KeyWalk& walk,
                                               const AccountReading& reading);

}  // namespace tidewaiter
