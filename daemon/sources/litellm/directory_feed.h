#pragma once

#include <string_view>

#include "daemon/sources/contract/directory_feed.h"

namespace tidewaiter {

/// One list of a LiteLLM proxy: GET /key/list, /user/list, /v2/team/list or /customer/list.
class LiteLlmDirectoryFeed final : public DirectoryFeed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  LiteLlmDirectoryFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
};

}  // namespace tidewaiter
