#pragma once

#include <string_view>

#include "daemon/sources/contract/directory_feed.h"

namespace tidewaiter {

/// One list of OpenAI's directory: GET /organization/users, …/projects, …/admin_api_keys, and for
/// `api_keys` …/projects/<id>/api_keys of every project.
class OpenAiDirectoryFeed final : public DirectoryFeed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  OpenAiDirectoryFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
};

}  // namespace tidewaiter
