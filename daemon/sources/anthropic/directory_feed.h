#pragma once

#include <string_view>

#include "daemon/sources/contract/directory_feed.h"

namespace tidewaiter {

/// One list of Anthropic's directory: GET /v1/organizations/users, …/workspaces, …/api_keys or
/// …/service_accounts, or /v1/user_profiles.
class AnthropicDirectoryFeed final : public DirectoryFeed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  AnthropicDirectoryFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
};

}  // namespace tidewaiter
