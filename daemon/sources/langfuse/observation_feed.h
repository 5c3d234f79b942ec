#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// Langfuse's observations: GET /api/public/v2/observations, by their start, an hour at once. Asks
/// for the groups of fields that are read and for no content.
class ObservationFeed final : public Feed {
 public:
  /// `config.contract` is set.
  explicit ObservationFeed(const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return "observations"; }
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
