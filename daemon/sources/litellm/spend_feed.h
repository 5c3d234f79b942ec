#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// LiteLLM's spend logs: GET /spend/logs/v2, by the start of requests, an hour at once.
class SpendFeed final : public Feed {
 public:
  /// `config.contract` is set.
  explicit SpendFeed(const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return "spend_logs"; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;

 private:
  std::string source_;
  ContractConfig config_;
};

}  // namespace tidewaiter
