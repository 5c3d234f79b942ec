#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// The logs of new-api: GET /api/log/, by when rows were written, an hour at once.
class NewApiLogFeed final : public Feed {
 public:
  /// `config.contract` is set.
  explicit NewApiLogFeed(const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return "logs"; }
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
