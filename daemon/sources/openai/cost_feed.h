#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/sources/contract/cost_page.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// How OpenAI writes costs, grouped by project, and by key where the key is the account: a
/// grouping that the vendor refuses for days before 2025-12-06.
[[nodiscard]] const CostShape& openai_cost_shape(AccountChoice account);

/// OpenAI's costs: GET /organization/costs, by the day.
class OpenAiCostFeed final : public Feed {
 public:
  /// `config.contract` is set.
  explicit OpenAiCostFeed(const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return "costs"; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] bool refuses_grouping(const HttpResponse& response) const override;
  [[nodiscard]] std::optional<std::string_view> operation_in_full() const override {
    return "costs";
  }
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;

 private:
  [[nodiscard]] const CostShape& shape_of(const FeedQuestion& question) const;

  std::string source_;
  ContractConfig config_;
};

}  // namespace tidewaiter
