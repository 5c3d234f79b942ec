#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// One list of a vendor's directory. It says only how things stand now, so that it is read whole
/// once a bucket: soon after the end of each, in one window, however many have passed meanwhile.
/// What is read is final. Vendors say what to ask and how to read it.
class DirectoryFeed : public Feed {
 public:
  [[nodiscard]] std::string_view name() const override { return endpoint_; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;

 protected:
  /// `config.contract` is set. `connector` and `endpoint` outlive the feed. `most_pages`: of a
  /// sweep, in one pull.
  DirectoryFeed(std::string_view connector, std::string_view endpoint, const SourceConfig& config,
                std::int64_t most_pages = 1000);

  [[nodiscard]] std::string_view endpoint() const { return endpoint_; }
  [[nodiscard]] const ContractConfig& config() const { return config_; }
  /// How the entries of an answer become records. Its texts live as long as the feed.
  [[nodiscard]] AccountReading reading_of(const FeedQuestion& question) const;

 private:
  std::string_view connector_;
  std::string_view endpoint_;
  std::string source_;
  ContractConfig config_;
  std::int64_t most_pages_;
};

}  // namespace tidewaiter
