#include "daemon/sources/contract/directory_feed.h"

namespace tidewaiter {

DirectoryFeed::DirectoryFeed(std::string_view connector, std::string_view endpoint,
                             const SourceConfig& config, std::int64_t most_pages)
    : connector_(connector),
      endpoint_(endpoint),
      source_(config.name),
      config_(*config.contract),
      most_pages_(most_pages) {}

std::string DirectoryFeed::series() const {
  const std::string text = "directory " + format_duration(config_.bucket) + " " +
                           config_.organization + " " + std::string(account_word(config_.account));
  return config_.account_in.empty() ? text : text + " " + config_.account_in;
}

FeedPace DirectoryFeed::pace() const {
  FeedPace pace;
  pace.width = config_.bucket;
  // However long nobody asked, one sweep does.
  pace.window = kRecordTimes.to - kRecordTimes.from;
  pace.window.us -= pace.window.us % pace.width.us;
  pace.first = pace.width;
  pace.most_pages = most_pages_;
  return pace;
}

AccountReading DirectoryFeed::reading_of(const FeedQuestion& question) const {
  AccountReading reading;
  reading.connector = connector_;
  reading.endpoint = endpoint_;
  reading.source = source_;
  reading.organization = config_.organization;
  reading.account = config_.account;
  reading.day = {question.window.to - config_.bucket, question.window.to};
  return reading;
}

}  // namespace tidewaiter
