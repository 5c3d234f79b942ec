// The example of Anthropic's documentation, which nobody here wrote.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "daemon/sources/anthropic/anthropic_kind.h"

namespace tidewaiter {
namespace {

TEST(AnthropicFixturesTest, TheExampleOfTheUsageReportIsRead) {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  const std::filesystem::path root =
      shared != nullptr ? std::filesystem::path(shared)
                        : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / ".." / "shared";
  const auto path = root / "specs" / "anthropic" / "usage_report_messages.sample.json";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "skipped: there is no " << path << "; set TIDEWAITER_SHARED";
  }
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  SourceConfig source;
  source.name = "claude";
  source.kind = "anthropic";
  source.contract.emplace();
  source.contract->bucket = kDay;
  const UtcTime day = parse_time("2025-08-01T00:00:00Z").value();
  const auto answer =
      kAnthropicKind.feed("messages", source)->read(text.str(), {{day, day + kDay}, {}});
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

}  // namespace
}  // namespace tidewaiter
