#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/sources/contract/cost_page.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// How Anthropic's cost report writes costs, grouped by workspace and description.
[[nodiscard]] const CostShape& anthropic_cost_shape();

/// One of Anthropic's reports: GET /v1/organizations/usage_report/messages (`messages`), or
/// /v1/organizations/cost_report (`costs`), by the day.
class AnthropicReportFeed final : public Feed {
 public:
  /// `config.contract` is set. `endpoint`, one of the two, outlives the feed.
  AnthropicReportFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return endpoint_; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] std::optional<std::string_view> operation_in_full() const override {
    return endpoint_;
  }
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;

 private:
  [[nodiscard]] bool is_costs() const { return endpoint_ == "costs"; }
  [[nodiscard]] std::vector<std::string_view> grouped_by() const;

  std::string_view endpoint_;
  std::string source_;
  ContractConfig config_;
};

}  // namespace tidewaiter
