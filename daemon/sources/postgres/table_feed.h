#pragma once

#include <string>
#include <string_view>

#include "daemon/sources/contract/directory_feed.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/postgres/table_layout.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// A table of requests, read by time and id, an hour at once.
class TableFeed final : public Feed {
 public:
  /// `config.contract` is set. `layout` outlives the feed.
  TableFeed(const TableLayout& layout, const SourceConfig& config);

  [[nodiscard]] std::string_view name() const override { return layout_.endpoint; }
  [[nodiscard]] std::string series() const override;
  [[nodiscard]] FeedPace pace() const override;
  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;

 private:
  const TableLayout& layout_;
  std::string source_;
  ContractConfig config_;
};

/// A table of who there is, read by its id.
class TableDirectoryFeed final : public DirectoryFeed {
 public:
  /// As TableFeed.
  TableDirectoryFeed(const TableLayout& layout, const SourceConfig& config);

  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
};

}  // namespace tidewaiter
