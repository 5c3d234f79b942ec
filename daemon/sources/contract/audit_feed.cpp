#include "daemon/sources/contract/audit_feed.h"

#include <algorithm>

namespace tidewaiter {
namespace {

constexpr Duration kAuditSweep{48 * kHour.us};

}  // namespace

AuditFeed::AuditFeed(std::string_view connector, std::string_view endpoint,
                     const SourceConfig& config, Duration behind)
    : connector_(connector),
      endpoint_(endpoint),
      source_(config.name),
      config_(*config.contract),
      behind_(behind) {}

std::string AuditFeed::series() const {
  return "audit " + config_.organization + " " + std::string(account_word(config_.account));
}

FeedPace AuditFeed::pace() const {
  FeedPace pace;
  pace.width = kMinute;
  pace.window = kDay;
  pace.behind = behind_;
  pace.overlap = config_.overlap;
  pace.sweep = kAuditSweep;
  pace.open = {};
  pace.settles = std::max(kAuditSweep, config_.overlap);
  return pace;
}

AuditReading AuditFeed::reading_of(const FeedQuestion& question) const {
  AuditReading reading;
  reading.connector = connector_;
  reading.endpoint = endpoint_;
  reading.source = source_;
  reading.organization = config_.organization;
  reading.account = config_.account;
  reading.window = question.window;
  return reading;
}

}  // namespace tidewaiter
