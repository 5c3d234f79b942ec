// The example of Anthropic's documentation, which nobody here wrote, and one that was written by
// others after the vendor's published types.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "daemon/sources/anthropic/anthropic_kind.h"

namespace tidewaiter {
namespace {

std::filesystem::path sample(const char* name) {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  const std::filesystem::path root =
      shared != nullptr ? std::filesystem::path(shared)
                        : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / ".." / "shared";
  return root / "specs" / "anthropic" / name;
}

FeedAnswer answer_of(const char* endpoint, const std::filesystem::path& path, Interval time,
                     Duration bucket, AccountChoice account = AccountChoice::kProject) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  SourceConfig source;
  source.name = "claude";
  source.kind = "anthropic";
  source.contract.emplace();
  source.contract->bucket = bucket;
  source.contract->account = account;
  const auto answer = kAnthropicKind.feed(endpoint, source)->read(text.str(), {time, {}});
  EXPECT_TRUE(answer) << answer.error().message;
  return answer.value_or(FeedAnswer{});
}

Value value_of(const Record& record, const char* name) {
  return field_value(record, *find_field(name));
}

TEST(AnthropicFixturesTest, TheExampleOfTheUsageReportIsRead) {
  const auto path = sample("usage_report_messages.sample.json");
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "skipped: there is no " << path << "; set TIDEWAITER_SHARED";
  }
  const UtcTime day = parse_time("2025-08-01T00:00:00Z").value();
  const FeedAnswer answer = answer_of("messages", path, {day, day + kDay}, kDay);
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_TRUE(answer.more);
  EXPECT_EQ(answer.next, "page_MjAyNS0wNS0xNFQwMDowMDowMFo=");
  const Record& record = answer.records[0];
  EXPECT_EQ(value_of(record, "input_tokens"), Value(std::int64_t{3200}));
  EXPECT_EQ(value_of(record, "cached_tokens"), Value(std::int64_t{200}));
  EXPECT_EQ(value_of(record, "output_tokens"), Value(std::int64_t{500}));
}

TEST(AnthropicFixturesTest, TheSampleOfTheAnalyticsReportIsRead) {
  const auto path = sample("DERIVED_analytics_usage.sample.json");
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "skipped: there is no " << path << "; set TIDEWAITER_SHARED";
  }
  const UtcTime hour = parse_time("2026-09-01T00:00:00Z").value();
  const FeedAnswer answer = answer_of("analytics_usage", path, {hour, hour + kHour}, kHour);
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_FALSE(answer.more);
  EXPECT_EQ(answer.whole_to, parse_time("2026-09-01T04:00:00Z").value());
  const Record& record = answer.records[0];
  EXPECT_EQ(record.requests, 7);
  EXPECT_EQ(value_of(record, "input_tokens"), Value(std::int64_t{1710}));
  EXPECT_EQ(value_of(record, "output_tokens"), Value(std::int64_t{500}));
  EXPECT_EQ(value_of(record, "end_user"), Value(std::string("uprof_01A")));
}

TEST(AnthropicFixturesTest, TheExampleOfTheActivityFeedIsRead) {
  const auto path = sample("compliance_activities.sample.json");
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "skipped: there is no " << path << "; set TIDEWAITER_SHARED";
  }
  const UtcTime day = parse_time("2026-04-10T00:00:00Z").value();
  const FeedAnswer answer =
      answer_of("activities", path, {day, day + kDay}, {}, AccountChoice::kPrincipal);
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_FALSE(answer.more);
  const Record& record = answer.records[0];
  EXPECT_EQ(record.time, parse_time("2026-04-10T08:09:10Z").value());
  EXPECT_EQ(value_of(record, "action"), Value(std::string("claude_chat_created")));
  EXPECT_EQ(value_of(record, "account"), Value(std::string("user_01TuVwXyZaBcDeFgH2JkLmN4")));
  EXPECT_EQ(value_of(record, "client.address"), Value(std::string("192.0.2.34")));
  EXPECT_EQ(value_of(record, "organization"), Value(std::string("org_01Wv6QeBcDfGhJkLmNpQrSt8")));
}

}  // namespace
}  // namespace tidewaiter
