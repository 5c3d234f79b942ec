#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/timestamp/timestamp_authorities.h"

namespace tidewaiter {

/// The newest head that an authority has put a time on.
struct StampedHead {
  std::int64_t size = 0;
  UtcTime time;
  UtcTime expires;  ///< end of the authority's certificate
};

/// How long before the end of the certificate a new token is asked for, whether or not the log has
/// grown: time enough for a person to act if the authority does not answer.
inline constexpr Duration kRenewBefore{30 * kDay.us};

/// When a head of `size` entries is to be stamped: at once if none ever was; else not sooner than
/// `every` after the last token, and then if the log has grown, or if the certificate under that
/// token ends within kRenewBefore. Pure.
[[nodiscard]] UtcTime next_stamp(const std::optional<StampedHead>& newest, std::int64_t size,
                                 Duration every);

/// The newest head in a folder of timestamps whose token holds under `authorities`; nothing if
/// there is none. Errors: kUnavailable.
[[nodiscard]] Result<std::optional<StampedHead>> newest_stamp(
    const std::filesystem::path& folder, const TimestampAuthorities& authorities);

}  // namespace tidewaiter
