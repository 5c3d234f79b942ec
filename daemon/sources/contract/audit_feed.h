#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/audit_event.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// A vendor's audit feed: a day at once, up to a few minutes behind the clock. Each pull reads the
/// overlap again, and once a day the last 48 hours: entries may come late. Vendors say what to ask
/// and how to read it.
class AuditFeed : public Feed {
 public:
  [[nodiscard]] std::string_view name() const override { return endpoint_; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;

 protected:
  /// `config.contract` is set. `connector` and `endpoint` outlive the feed. `behind`: how long
  /// after an event the vendor may not tell of it yet.
  AuditFeed(std::string_view connector, std::string_view endpoint, const SourceConfig& config,
            Duration behind);

  [[nodiscard]] std::string_view endpoint() const { return endpoint_; }
  [[nodiscard]] const ContractConfig& config() const { return config_; }
  /// How the events of an answer become records. Its texts live as long as the feed.
  [[nodiscard]] AuditReading reading_of(const FeedQuestion& question) const;

 private:
  std::string_view connector_;
  std::string_view endpoint_;
  std::string source_;
  ContractConfig config_;
  Duration behind_;
};

}  // namespace tidewaiter
