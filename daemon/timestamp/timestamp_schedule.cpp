#include "daemon/timestamp/timestamp_schedule.h"

#include <algorithm>
#include <iterator>

#include "storage/timestamp/timestamp_folder.h"

namespace tidewaiter {

UtcTime next_stamp(const std::optional<StampedHead>& newest, std::int64_t size, Duration every) {
  if (!newest) return UtcTime{};
  const UtcTime rested = newest->time + every;
  if (size > newest->size) return rested;
  return std::max(rested, newest->expires - kRenewBefore);
}

Result<std::optional<StampedHead>> newest_stamp(const std::filesystem::path& folder,
                                                const TimestampAuthorities& authorities) {
  const auto tokens = TimestampFolder(folder).tokens();
  if (!tokens) return tl::unexpected(tokens.error());
  for (auto token = tokens->rbegin(); token != tokens->rend(); ++token) {
    const auto holds = verify_stored(*token, authorities);
    if (holds) return StampedHead{token->size, holds->timestamp.time, holds->expires};
  }
  return std::optional<StampedHead>();
}

}  // namespace tidewaiter
