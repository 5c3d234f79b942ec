#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// One list of OpenAI's directory, read whole once a bucket: GET /organization/users, …/projects,
/// …/admin_api_keys, and for `api_keys` …/projects/<id>/api_keys of every project.
class OpenAiDirectoryFeed final : public Feed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  OpenAiDirectoryFeed(std::string_view endpoint, const SourceConfig& config);

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
