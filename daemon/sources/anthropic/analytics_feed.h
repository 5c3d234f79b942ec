#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// One of Anthropic's analytics reports, in beta: GET /v1/organizations/analytics/usage
/// (`analytics_usage`), or …/analytics/cost (`analytics_costs`), by the day. Rows come in the order
/// of time, for any other order moves while it is paged.
class AnthropicAnalyticsFeed final : public Feed {
 public:
  /// `config.contract` is set. `endpoint`, one of the two, outlives the feed.
  AnthropicAnalyticsFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return endpoint_; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] std::string server_token(std::string_view token) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;

 private:
  std::string_view endpoint_;
  std::string source_;
  ContractConfig config_;
};

}  // namespace tidewaiter
