#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// Users of a page that are asked for. Servers may give fewer.
inline constexpr std::int64_t kScimPageSize = 100;

/// Where a page begins, and what the one before it began with.
struct ScimPlace {
  std::int64_t start = 1;  ///< counted from 1
  std::string before;      ///< 16 digits of the hash of the id that the earlier page began with
  bool operator==(const ScimPlace&) const = default;
};

/// "101.3b5d5c3712955042": the token of the page.
[[nodiscard]] std::string to_text(const ScimPlace& place);
/// The first place if the text is none that to_text() gives.
[[nodiscard]] ScimPlace scim_place_from_text(std::string_view text);

/// Reads a page of users: a ListResponse of SCIM 2.0 (RFC 7644, 3.4.2). A user with a fault is
/// quarantined by itself, its place in the page as its origin.
///
/// There is more where `totalResults` says so, and, because servers are known that count the page
/// alone there, behind a page that is as long as was asked for. The next page begins behind the
/// users that came, whatever `itemsPerPage` says; what `startIndex` says is not read.
///
/// A page that begins with the user that the page before it began with is of a server that pays no
/// heed to `startIndex`: where as many have come as `totalResults` says it is the end, without
/// records.
///
/// Errors: kInvalidInput for what is no such page (a SCIM error and version 1.1 are told apart),
/// for a page without users where `totalResults` says that there are some, and for one that comes
/// again where there are more.
[[nodiscard]] Result<FeedAnswer> read_scim_page(std::string_view body,
                                                const AccountReading& reading,
                                                std::string_view account_in,
                                                const ScimPlace& place);

}  // namespace tidewaiter
