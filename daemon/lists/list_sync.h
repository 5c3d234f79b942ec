#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "daemon/lists/list_folder.h"
#include "daemon/lists/published_list.h"
#include "daemon/outbound/http_client.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The limits that a client for lists has: 256 MiB in ten minutes.
inline constexpr HttpLimits kListLimits{Duration{10 * kSecond.us}, Duration{600 * kSecond.us},
                                        Duration{60 * kSecond.us}, std::int64_t{256} << 20U};

enum class SyncOutcome : std::uint8_t {
  kNew,        ///< another issue holds from now on
  kUnchanged,  ///< the publisher confirms the issue that holds
  kHeld,       ///< nothing usable came: what held goes on holding
};

/// What came of an attempt.
struct SyncReport {
  SyncOutcome outcome = SyncOutcome::kHeld;
  ListStanding standing;   ///< as it is now, with the problem where the issue is held
  std::int64_t added = 0;  ///< entries, by list_diff(); of a first issue, all are
  std::int64_t removed = 0;
  std::int64_t changed = 0;
};

/// Asks the publisher for what it has published since the last good issue (If-None-Match,
/// If-Modified-Since) and keeps it in `folder` if it is a list: read without an error, with an
/// entry, and with no more entries or names lost than `most_loss`, unless `accept_loss`. Redirects
/// are followed, five at most, from a public host to public ones only.
///
/// Errors: those of the folder; kUnavailable if it was asked to stop. What the publisher does is
/// none: see SyncOutcome::kHeld. Threads and processes: any; while one works on a folder, another
/// is told kUnavailable.
[[nodiscard]] Result<SyncReport> sync_list(const PublishedList& source,
                                           const std::filesystem::path& folder, HttpClient& http,
                                           UtcTime now, bool accept_loss,
                                           const std::stop_token& stop);

}  // namespace tidewaiter
