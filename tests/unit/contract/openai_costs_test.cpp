// OpenAI's pages of costs as records. The pages are written by hand, from the published
// specification.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/openai/cost_feed.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kStart = 1'790'121'600;  // 2026-09-23T00:00:00Z

SourceConfig config() {
  SourceConfig source;
  source.name = "bills";
  source.kind = "openai";
  source.contract.emplace();
  source.contract->url = "https://api.openai.com/v1";
  source.contract->bucket = kDay;
  source.contract->endpoints = {"costs"};
  return source;
}

FeedQuestion question(std::string token = {}) {
  return {{{kStart * kSecond.us}, {(kStart + 2 * 86'400) * kSecond.us}}, std::move(token)};
}

std::string bucket(const std::string& rows, std::int64_t start = kStart) {
  return R"({"object":"bucket","start_time":)" + std::to_string(start) + R"(,"end_time":)" +
         std::to_string(start + 86'400) + R"(,"results":[)" + rows + "]}";
}

std::string page(const std::string& buckets,
                 const std::string& rest = R"("has_more":false,"next_page":null)") {
  return R"({"object":"page","data":[)" + buckets + "]," + rest + "}";
}

std::string row(const std::string& value, const std::string& more = {},
                const std::string& currency = "usd") {
  return R"({"object":"organization.costs.result","amount":{"value":)" + value +
         R"(,"currency":")" + currency + R"("})" + more + "}";
}

Result<FeedAnswer> read(const std::string& body) {
  return OpenAiCostFeed(config()).read(body, question());
}

Value cost_of(const FeedAnswer& answer, std::size_t i = 0) {
  return field_value(answer.records.at(i), *find_field("cost"));
}

TEST(OpenAiCostsTest, AsksForDaysByProject) {
  // 1790121600 is 2026-09-23T00:00:00Z.
  EXPECT_EQ(OpenAiCostFeed(config()).ask(question("p+")).url,
            "https://api.openai.com/v1/organization/costs?start_time=1790121600"
            "&end_time=1790294400&bucket_width=1d&limit=180&group_by%5B%5D=project_id&page=p%2B");
  SourceConfig by_key = config();
  by_key.contract->account = AccountChoice::kApiKey;
  by_key.contract->bracketed_lists = false;
  EXPECT_THAT(OpenAiCostFeed(by_key).ask(question()).url,
              testing::EndsWith("&group_by=project_id&group_by=api_key_id"));
  EXPECT_NE(OpenAiCostFeed(by_key).series(), OpenAiCostFeed(config()).series());
}

TEST(OpenAiCostsTest, ABillIsUsageOfNoRequest) {
  const FeedAnswer answer = read(page(bucket(row("0.06", R"(,"project_id":"proj_1")")))).value();
  ASSERT_EQ(answer.records.size(), 1U);
  const Record& record = answer.records[0];
  EXPECT_EQ(record.kind, RecordKind::kUsage);
  EXPECT_EQ(record.time, (UtcTime{kStart * kSecond.us}));
  EXPECT_EQ(record.duration, kDay);
  EXPECT_EQ(record.requests, 0);
  for (const auto& [name, value] :
       std::vector<std::pair<std::string_view, Value>>{{"provider", std::string("openai")},
                                                       {"operation", std::string("costs")},
                                                       {"cost", std::int64_t{60'000'000}},
                                                       {"cost.basis", std::string("billed")},
                                                       {"project", std::string("proj_1")},
                                                       {"account", std::string("proj_1")}}) {
    EXPECT_EQ(field_value(record, *find_field(name)), value) << name;
  }
}

TEST(OpenAiCostsTest, MoneyIsReadFromItsDigits) {
  // By way of a double 0.1 + 0.2 would do as well, these would not.
  for (const auto& [text, nano] : std::vector<std::pair<const char*, std::int64_t>>{
           {"9007199.254740993", 9'007'199'254'740'993},
           {"1.2345678901234e-05", 12'346},
           {"\"12.50\"", 12'500'000'000},
           {"-0.25", -250'000'000},
           {"0 ", 0}}) {
    const FeedAnswer answer = read(page(bucket(row(text)))).value();
    ASSERT_EQ(answer.records.size(), 1U) << text;
    EXPECT_EQ(cost_of(answer), Value(nano)) << text;
  }
}

TEST(OpenAiCostsTest, RowsOfOnePartyAreSummedAndOthersAreNot) {
  const FeedAnswer answer =
      read(page(bucket(row("1.5", R"(,"project_id":"a","line_item":"x")") + "," +
                       row("0.25", R"(,"project_id":"a","line_item":"y")") + "," +
                       row("2", R"(,"project_id":null)") + "," + row("3")) +
                "," + bucket(row("7", R"(,"project_id":"a")"), kStart + 86'400)))
          .value();
  ASSERT_EQ(answer.records.size(), 3U);
  EXPECT_EQ(answer.rows, 5);
  EXPECT_EQ(cost_of(answer, 0), Value(std::int64_t{5'000'000'000}));  // nobody: 2 + 3
  EXPECT_EQ(cost_of(answer, 1), Value(std::int64_t{1'750'000'000}));
  EXPECT_TRUE(is_null(field_value(answer.records[0], *find_field("account"))));
  EXPECT_NE(answer.records[1].id, answer.records[2].id);
}

TEST(OpenAiCostsTest, ARestatedBillKeepsItsIdentity) {
  const FeedAnswer before = read(page(bucket(row("1", R"(,"project_id":"a")")))).value();
  const FeedAnswer after = read(page(bucket(row("2", R"(,"project_id":"a")")))).value();
  EXPECT_EQ(before.records.at(0).id, after.records.at(0).id);
  EXPECT_FALSE(same_content(before.records[0], after.records[0]));
}

TEST(OpenAiCostsTest, ABadAmountIsABadRow) {
  for (const auto& [rows, reason] : std::vector<std::pair<std::string, const char*>>{
           {row("1", "", "eur"), "not in US dollars"},
           {row("null"), "no amount"},
           {row("true"), "`amount.value`"},
           {row("\"many\""), "cannot be an amount"},
           {row("1e30"), "cannot be an amount"},
           {R"({"object":"organization.costs.result"})", "no amount"},
           {R"({"object":"organization.costs.result","amount":0.5})", "`amount`"},
           {row("1", R"(,"project_id":7)"), "`project_id`"}}) {
    const FeedAnswer answer = read(page(bucket(rows))).value();
    EXPECT_TRUE(answer.records.empty()) << rows;
    ASSERT_EQ(answer.bad.size(), 1U) << rows;
    EXPECT_THAT(answer.bad[0].reason, HasSubstr(reason));
    EXPECT_EQ(answer.bad[0].origin, "2026-09-23T00:00:00Z");
  }
}

TEST(OpenAiCostsTest, WhatIsNoPageOfCostsIsRefused) {
  const std::string wide = R"({"object":"bucket","start_time":1790121600,"end_time":1790294400,)"
                           R"("results":[]})";
  for (const auto& [body, reason] : std::vector<std::pair<std::string, const char*>>{
           {page(bucket(R"({"object":"organization.usage.completions.result"})")),
            "`object` is not"},
           {page(bucket(R"({"amount":{"value":1,"currency":"usd"}})")), "a row lacks `object`"},
           {page(wide), "not the width"},
           {page(bucket("", kStart - 86'400)), "outside the window"},
           {page(bucket("") + "," + bucket("")), "twice"},
           {page(bucket(row("9000000000") + "," + row("9000000000"))), "too large a sum"},
           {"[]", "no JSON object"}}) {
    const auto answer = read(body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(answer.error().message, HasSubstr(reason));
  }
}

TEST(OpenAiCostsTest, NothingElseOfARowIsKept) {
  const FeedAnswer answer =
      read(page(bucket(row("1", R"(,"line_item":"canary-1","note":"canary-2","quantity":4)"))))
          .value();
  std::string line;
  write_record_json(answer.records.at(0), line);
  EXPECT_THAT(line, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace tidewaiter
