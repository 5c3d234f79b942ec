#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// Rows of any list of JSON over HTTP, by a mapping.
class JsonFeed final : public Feed {
 public:
  /// `config.contract`, `config.listing` and `config.mapping` are set.
  explicit JsonFeed(const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return "rows"; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  /// Not that of a link that is followed: it is the token itself.
  [[nodiscard]] bool tells_path(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read_response(const HttpResponse& response,
                                                 const FeedQuestion& question) const override;

 private:
  SourceConfig config_;
};

}  // namespace tidewaiter
