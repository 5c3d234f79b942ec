#include "daemon/sources/contract/contract_cursor.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

ContractCursor full_cursor() {
  ContractCursor cursor;
  FeedState& under_way = cursor.feeds["completions"];
  under_way.query = "0123456789abcdef";
  under_way.since = {1};
  under_way.watermark = {2};
  under_way.at = UtcTime{3};
  under_way.window = Interval{{3}, {4}};
  under_way.token = "page_\"\n\xc3\xa9=";
  under_way.page = 7;
  under_way.good = 11;
  under_way.bad = 12;
  under_way.swept = UtcTime{13};
  under_way.own = 14;
  under_way.whole_to = UtcTime{13};
  cursor.feeds["embeddings"].query = "fedcba9876543210";
  cursor.backfill["completions"].query = "00000000ffffffff";
  cursor.stated = UtcTime{5};
  cursor.pages = 6;
  cursor.part = 8;
  cursor.retries = 9;
  cursor.skew = {-10};
  return cursor;
}

TEST(ContractCursorTest, ReadsBackWhatItWrote) {
  const ContractCursor cursor = full_cursor();
  EXPECT_EQ(contract_cursor_from_text(to_text(cursor)).value(), cursor);
  EXPECT_EQ(contract_cursor_from_text(to_text(ContractCursor{})).value(), ContractCursor{});
  EXPECT_THAT(to_text(cursor), testing::Not(testing::HasSubstr("\n")));
}

TEST(ContractCursorTest, KnowsAWindowWhoseRowsNobodyCounted) {
  ContractCursor cursor = full_cursor();
  FeedState& under_way = cursor.feeds["completions"];
  under_way.good = 0;
  under_way.bad = 0;
  // None of either is a count, too.
  EXPECT_TRUE(contract_cursor_from_text(to_text(cursor)).value().feeds["completions"].counted);
  under_way.counted = false;
  EXPECT_EQ(contract_cursor_from_text(to_text(cursor)).value(), cursor);
  // A window that has had no page has nothing to count.
  EXPECT_TRUE(contract_cursor_from_text(to_text(cursor)).value().feeds["embeddings"].counted);
}

TEST(ContractCursorTest, RefusesWhatIsNoCursor) {
  const std::string whole = to_text(full_cursor());
  for (const std::string& text :
       {std::string(), std::string("[]"), whole.substr(0, whole.size() / 2),
        std::string(R"({"version":1,"feeds":{"a":{}},"pages":0})")}) {
    const auto read = contract_cursor_from_text(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kCorruption) << text;
  }
  EXPECT_EQ(contract_cursor_from_text(R"({"version":2,"feeds":{},"pages":0})").error().code,
            ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace tidewaiter
