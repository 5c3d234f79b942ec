#pragma once

#include <string_view>

#include "daemon/sources/contract/audit_feed.h"

namespace tidewaiter {

/// OpenAI's audit log: GET /organization/audit_logs. Of `audit_logs` what happened in the
/// organisation, of `tenant_audit_logs` what happened to the tenant that it belongs to, which the
/// vendor tells of only where it is asked for by itself. An event of both is one record.
class OpenAiAuditFeed final : public AuditFeed {
 public:
  /// `config.contract` is set. `endpoint`, one of the two, outlives the feed.
  OpenAiAuditFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] std::string_view permission() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
};

}  // namespace tidewaiter
