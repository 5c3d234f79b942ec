#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/simulate/hostile_mode.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// A request for usage buckets, as OpenAI's published specification has it.
struct UsagePageRequest {
  UtcTime start;
  UtcTime end;
  Duration width = kDay;
  std::int64_t limit = 0;  ///< buckets; 0: the default at this width
  std::vector<std::string> group_by;
  std::string page;   ///< empty: the first
  std::string query;  ///< all parameters but `page`: a token is bound to them
};

/// Where a provider stands when a page is asked for.
struct UsagePageState {
  UtcTime now;
  HostileMode mode = HostileMode::kNone;
  std::int64_t asked = 0;          ///< requests before this one
  std::int64_t most_buckets = 24;  ///< of a page, whatever `limit` says: so that there is paging
};

/// The page as JSON. Buckets up to `now`. Errors: kInvalidInput: parameters out of range, a token
/// of another query: what the vendor answers with 400.
[[nodiscard]] Result<std::string> usage_page(const ProviderModel& model,
                                             const UsagePageRequest& request,
                                             const UsagePageState& state);

}  // namespace tidewaiter
