#pragma once

#include <string_view>

#include "daemon/sources/contract/audit_feed.h"

namespace tidewaiter {

/// Anthropic's activity feed: GET /v1/compliance/activities. Activities can be asked for a minute
/// after they came to pass; some are told more than once, and are one record by their id.
class AnthropicActivityFeed final : public AuditFeed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  AnthropicActivityFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] std::string_view permission() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
};

}  // namespace tidewaiter
