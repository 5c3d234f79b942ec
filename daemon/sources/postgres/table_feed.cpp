#include "daemon/sources/postgres/table_feed.h"

#include "daemon/sources/contract/row_pace.h"
#include "daemon/sources/litellm/directory_page.h"
#include "daemon/sources/litellm/spend_page.h"
#include "daemon/sources/newapi/log_members.h"
#include "daemon/sources/postgres/table_page.h"
#include "daemon/sources/postgres/table_question.h"

namespace tidewaiter {
namespace {

/// Of an hour, or of a list: a hundred million rows.
constexpr std::int64_t kMostTablePages = 100'000;

constexpr std::string_view kTables = "postgres";

HttpRequest ask_table(std::string_view endpoint, const FeedQuestion& question,
                      const std::string& url) {
  return to_request({std::string(endpoint), question.window, table_place_from_text(question.token)},
                    url);
}

}  // namespace

TableFeed::TableFeed(const TableLayout& layout, const SourceConfig& config)
    : layout_(layout), source_(config.name), config_(*config.contract) {}

std::string TableFeed::series() const {
  return "table " + config_.organization + " " + std::string(account_word(config_.account));
}

FeedPace TableFeed::pace() const {
  // A row is written when its request has ended, and seen when that was committed; the overlap
  // finds those that took longer.
  return row_pace(kMinute, config_.overlap, kMostTablePages);
}

HttpRequest TableFeed::ask(const FeedQuestion& question) const {
  return ask_table(layout_.endpoint, question, config_.url);
}

Result<FeedAnswer> TableFeed::read(std::string_view body, const FeedQuestion& question) const {
  const SpendReading reading{kTables, source_, config_.organization, config_.account};
  RowIdentity identity = spend_identity(reading);
  const auto spend = [&](simdjson::ondemand::object& object, Record& record) -> PageRead {
    SpendRow row;
    if (PageRead fault = read_spend_row(object, row)) return fault;
    return take_spend_row(row, reading, identity, record);
  };
  const auto log = [this](simdjson::ondemand::object& object, Record& record) -> PageRead {
    LogRow row;
    if (PageRead fault = read_log_row(object, row)) return fault;
    return take_log_row(row, {kTables, source_, config_.organization, config_.account}, record);
  };
  if (layout_.endpoint == "newapi") return read_table_page(body, question.window, true, log);
  return read_table_page(body, question.window, true, spend);
}

TableDirectoryFeed::TableDirectoryFeed(const TableLayout& layout, const SourceConfig& config)
    : DirectoryFeed(kTables, layout.endpoint, config, kMostTablePages) {}

HttpRequest TableDirectoryFeed::ask(const FeedQuestion& question) const {
  return ask_table(endpoint(), question, config().url);
}

Result<FeedAnswer> TableDirectoryFeed::read(std::string_view body,
                                            const FeedQuestion& question) const {
  const AccountReading reading = reading_of(question);
  const std::string_view list = endpoint().substr(std::string_view("litellm_").size());
  const auto take = [&](simdjson::ondemand::object& object, Record& record) {
    return read_litellm_entry(object, list, reading, record);
  };
  return read_table_page(body, question.window, false, take);
}

}  // namespace tidewaiter
