#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// One list of Anthropic's directory, read whole once a bucket: GET /v1/organizations/users,
/// …/workspaces or …/api_keys.
class AnthropicDirectoryFeed final : public Feed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  AnthropicDirectoryFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return endpoint_; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;

 private:
  std::string_view endpoint_;
  std::string source_;
  ContractConfig config_;
};

}  // namespace tidewaiter
