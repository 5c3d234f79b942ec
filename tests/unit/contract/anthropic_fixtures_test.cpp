// The example of Anthropic's documentation, which nobody here wrote.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "daemon/sources/anthropic/anthropic_kind.h"

namespace tidewaiter {
namespace {

/// An example; empty: it is not there.
std::string example(const char* name) {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  const std::filesystem::path root =
      shared != nullptr ? std::filesystem::path(shared)
                        : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / ".." / "shared";
  std::ostringstream text;
  text << std::ifstream(root / "specs" / "anthropic" / name, std::ios::binary).rdbuf();
  return text.str();
}

TEST(AnthropicFixturesTest, TheExampleOfTheUsageReportIsRead) {
  const std::string text = example("usage_report_messages.sample.json");
  if (text.empty()) GTEST_SKIP() << "skipped: there is no example; set TIDEWAITER_SHARED";
  SourceConfig source;
  source.name = "claude";
  source.kind = "anthropic";
  source.contract.emplace();
  source.contract->bucket = kDay;
  const UtcTime day = parse_time("2025-08-01T00:00:00Z").value();
  const auto answer = kAnthropicKind.feed("messages", source)->read(text, {{day, day + kDay}, {}});
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->records.size(), 1U);
  EXPECT_TRUE(answer->bad.empty());
  EXPECT_TRUE(answer->more);
  EXPECT_EQ(answer->next, "page_MjAyNS0wNS0xNFQwMDowMDowMFo=");
  const Record& record = answer->records[0];
  EXPECT_EQ(field_value(record, *find_field("input_tokens")), Value(std::int64_t{3200}));
  EXPECT_EQ(field_value(record, *find_field("cached_tokens")), Value(std::int64_t{200}));
  EXPECT_EQ(field_value(record, *find_field("output_tokens")), Value(std::int64_t{500}));
}

TEST(AnthropicFixturesTest, TheExampleOfTheActivityFeedIsRead) {
  const std::string text = example("compliance_activities.sample.json");
  if (text.empty()) GTEST_SKIP() << "skipped: there is no example; set TIDEWAITER_SHARED";
  SourceConfig source;
  source.name = "claude";
  source.kind = "anthropic";
  source.contract.emplace();
  source.contract->account = AccountChoice::kPrincipal;
  const UtcTime day = parse_time("2026-04-10T00:00:00Z").value();
  const auto answer =
      kAnthropicKind.feed("activities", source)->read(text, {{day, day + kDay}, {}});
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->records.size(), 1U);
  EXPECT_TRUE(answer->bad.empty());
  EXPECT_FALSE(answer->more);
  const Record& record = answer->records[0];
  EXPECT_EQ(record.time, parse_time("2026-04-10T08:09:10Z").value());
  const auto is = [&record](const char* field, const char* wanted) {
    EXPECT_EQ(field_value(record, *find_field(field)), Value(std::string(wanted))) << field;
  };
  is("action", "claude_chat_created");
  is("account", "user_01TuVwXyZaBcDeFgH2JkLmN4");
  is("client.address", "192.0.2.34");
  is("organization", "org_01Wv6QeBcDfGhJkLmNpQrSt8");
}

}  // namespace
}  // namespace tidewaiter
