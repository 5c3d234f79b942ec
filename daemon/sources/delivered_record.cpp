#include "daemon/sources/delivered_record.h"

#include <algorithm>
#include <string>

namespace tidewaiter {
namespace {

constexpr Duration kMaxAhead = kDay;

}  // namespace

Result<void> complete_record(Record& record, const SourceConfig& config, UtcTime now) {
  std::int64_t end = 0;
  if (record.duration.us < 0 || __builtin_add_overflow(record.time.us, record.duration.us, &end)) {
    return fail(ErrorCode::kInvalidInput, "the duration is negative or too long");
  }
  if (end > (now + kMaxAhead).us) {
    return fail(ErrorCode::kInvalidInput,
                "the record ends at " + format_time({end}) + ", more than 24 h in the future");
  }
  record.source = config.name;
  record.observed = now;
  record.revision = 0;
  auto settled = Completeness::kFinal;
  if (end > now.us) {
    settled = Completeness::kOpen;
  } else if (now.us - end < config.settles.us) {
    settled = Completeness::kSettling;
  }
  record.completeness = std::min(record.completeness, settled);
  return {};
}

}  // namespace tidewaiter
