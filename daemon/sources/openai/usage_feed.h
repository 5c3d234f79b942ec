#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/openai/usage_page.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// One usage endpoint of OpenAI's admin API: GET /organization/usage/<endpoint>.
class UsageFeed final : public Feed {
 public:
  /// `config.contract` is set.
  UsageFeed(const UsageEndpoint& endpoint, const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return endpoint_.name; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] bool refuses_grouping(const HttpResponse& response) const override;
  [[nodiscard]] std::optional<std::string_view> operation_in_full() const override {
    return endpoint_.name;
  }
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;

 private:
  [[nodiscard]] UsageEndpoint endpoint_of(const FeedQuestion& question) const;

  const UsageEndpoint& endpoint_;
  std::vector<std::string_view> without_keys_;  ///< its dimensions but `api_key_id`
  std::string source_;
  ContractConfig config_;
};

}  // namespace tidewaiter
