#pragma once

#include <string_view>

#include "daemon/sources/contract/directory_feed.h"

namespace tidewaiter {

/// The users of a SCIM 2.0 server: GET /Users.
class ScimUserFeed final : public DirectoryFeed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  ScimUserFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
};

}  // namespace tidewaiter
