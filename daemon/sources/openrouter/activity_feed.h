#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// OpenRouter's activity, a UTC day at once: a walk through all keys (GET /keys), and for each of
/// them what it did on the day (GET /activity). A row does not say of which key it is, so that each
/// is asked for by itself.
class ActivityFeed final : public Feed {
 public:
  /// `config.contract` is set.
  explicit ActivityFeed(const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return "activity"; }
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
