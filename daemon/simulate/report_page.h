#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/simulate/hostile_mode.h"
#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What is told in buckets of time, and in whose words.
enum class UsageReport : std::uint8_t {
  kOpenAiUsage,
  kOpenAiCosts,
  kAnthropicUsage,
  kAnthropicCosts
};

[[nodiscard]] constexpr bool is_anthropic(UsageReport report) {
  return report == UsageReport::kAnthropicUsage || report == UsageReport::kAnthropicCosts;
}
[[nodiscard]] constexpr bool is_costs(UsageReport report) {
  return report == UsageReport::kOpenAiCosts || report == UsageReport::kAnthropicCosts;
}

/// A request for buckets: of OpenAI by its published specification, of Anthropic by its
/// documentation of the usage and cost reports.
struct UsageReportRequest {
  UsageReport report = UsageReport::kOpenAiUsage;
  UtcTime start;
  UtcTime end;
  Duration width = kDay;
  std::int64_t limit = 0;  ///< buckets; 0: the default at this width
  std::vector<std::string> group_by;
  std::string page;   ///< empty: the first
  std::string query;  ///< all parameters but `page`: a token is bound to them
};

/// What is asked for; nothing if a parameter is missing or cannot be read. Without an end it is
/// `now`.
[[nodiscard]] std::optional<UsageReportRequest> read_report_request(const PageRequest& request,
                                                                    UsageReport report,
                                                                    UtcTime now);

/// Where a provider stands when a page is asked for.
struct UsageReportState {
  UtcTime now;
  HostileMode mode = HostileMode::kNone;
  std::int64_t asked = 0;          ///< requests before this one
  std::int64_t most_buckets = 24;  ///< of a page, whatever `limit` says: so that there is paging
};

/// The page as JSON. Buckets up to `now`. Errors: kInvalidInput: parameters out of range, a token
/// of another query: what the vendor answers with 400.
[[nodiscard]] Result<std::string> report_page(const ProviderModel& model,
                                              const UsageReportRequest& request,
                                              const UsageReportState& state);

}  // namespace tidewaiter
