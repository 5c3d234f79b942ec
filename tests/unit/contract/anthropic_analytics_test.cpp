// Anthropic's analytics reports as records. The answers are written by hand, by the types that the
// vendor publishes.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/anthropic/analytics_place.h"
#include "daemon/sources/anthropic/anthropic_kind.h"
#include "expected_fields.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

UtcTime at(const char* text) { return parse_time(text).value(); }

SourceConfig config(AccountChoice account = AccountChoice::kProject, Duration bucket = kHour) {
  SourceConfig source;
  source.name = "claude";
  source.kind = "anthropic";
  ContractConfig& contract = source.contract.emplace();
  contract.url = "https://api.anthropic.com/v1";
  contract.version = "2023-06-01";
  contract.beta = "analytics-usage-cost-2026-08-24";
  contract.account = account;
  contract.bucket = bucket;
  return source;
}

FeedQuestion question(std::string token = {}) {
  return {{at("2026-09-01T00:00:00Z"), at("2026-09-03T00:00:00Z")}, std::move(token)};
}

Result<FeedAnswer> read(const std::string& body, const std::string& token = {},
                        const SourceConfig& source = config()) {
  return kAnthropicKind.feed("analytics_usage", source)->read(body, question(token));
}

std::string page(const std::string& data,
                 const std::string& rest = R"("has_more":false,"next_page":null)") {
  return R"({"data":[)" + data + "]," + rest + "}";
}

constexpr const char* kMore = R"("has_more":true,"next_page":"page_2")";
constexpr const char* kUser =
    R"({"type":"user_actor","user_id":"user_01A","email_address":"a@example.com","name":null,)"
    R"("deleted":false})";

/// A row of the hour `hour` of the window's first day.
std::string row(const std::string& hour, const std::string& actor, const std::string& usage,
                const std::string& workspace = "\"wrkspc_01A\"") {
  const std::string next = std::to_string(100 + std::stoi(hour) + 1).substr(1);
  return R"({"starting_at":"2026-09-01T)" + hour + R"(:00:00Z","ending_at":"2026-09-01T)" + next +
         R"(:00:00Z","group":{"actor":)" + actor +
         R"(,"actor_type":null,"api_key_id":"apikey_01A","model":"claude-opus-5-5",)"
         R"("organization_id":null,"user_profile_id":"uprof_01A","workspace_id":)" +
         workspace + R"(},"usage":)" + usage + "}";
}

std::string usage(int uncached, int output, const std::string& requests = "1") {
  return R"({"cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":10},)"
         R"("cache_read_input_tokens":200,"output_tokens":)" +
         std::to_string(output) + R"(,"requests":)" + requests +
         R"(,"server_tool_use":{"web_search_requests":0},"total_tokens":2210,)"
         R"("uncached_input_tokens":)" +
         std::to_string(uncached) + "}";
}

std::int64_t number(const Record& record, const char* name) {
  const Value value = field_value(record, *find_field(name));
  return std::holds_alternative<std::int64_t>(value) ? std::get<std::int64_t>(value) : -1;
}

Value account_of(const Record& record) { return field_value(record, *find_field("account")); }

TEST(AnthropicAnalyticsTest, ARowIsARecord) {
  const FeedAnswer answer = read(page(row("00", kUser, usage(1500, 500, "7")))).value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_FALSE(answer.more);
  EXPECT_FALSE(answer.whole_to);
  const Record& record = answer.records[0];
  EXPECT_EQ(record.time, at("2026-09-01T00:00:00Z"));
  EXPECT_EQ(record.duration, kHour);
  EXPECT_EQ(record.requests, 7);
  // By hand: SHA-256 of the framed texts `anthropic`, `claude`, `analytics_usage`, 3600000000,
  // 1788220800000000, and name, `value` and value of each dimension.
  EXPECT_EQ(record.id, Sha256()
                           .update_framed("anthropic")
                           .update_framed("claude")
                           .update_framed("analytics_usage")
                           .update_framed("3600000000")
                           .update_framed("1788220800000000")
                           .update_framed("actor")
                           .update_framed("value")
                           .update_framed("user_01A")
                           .update_framed("api_key_id")
                           .update_framed("value")
                           .update_framed("apikey_01A")
                           .update_framed("model")
                           .update_framed("value")
                           .update_framed("claude-opus-5-5")
                           .update_framed("workspace_id")
                           .update_framed("value")
                           .update_framed("wrkspc_01A")
                           .update_framed("user_profile_id")
                           .update_framed("value")
                           .update_framed("uprof_01A")
                           .finish());
  expect_fields(record, {{"provider", std::string("anthropic")},
                         {"response_model", std::string("claude-opus-5-5")},
                         {"input_tokens", std::int64_t{1710}},  // 1500 + 200 + 0 + 10
                         {"output_tokens", std::int64_t{500}},
                         {"cached_tokens", std::int64_t{200}},
                         {"project", std::string("wrkspc_01A")},
                         {"account", std::string("wrkspc_01A")},
                         {"api_key", std::string("apikey_01A")},
                         {"end_user", std::string("uprof_01A")}});
  std::string line;
  write_record_json(record, line);
  EXPECT_THAT(line, Not(HasSubstr("example.com")));
}

TEST(AnthropicAnalyticsTest, TheAccountIsWhatWasChosen) {
  for (const auto& [choice, wanted] :
       std::vector<std::pair<AccountChoice, std::string>>{{AccountChoice::kPrincipal, "user_01A"},
                                                          {AccountChoice::kApiKey, "apikey_01A"},
                                                          {AccountChoice::kEndUser, "uprof_01A"}}) {
    const FeedAnswer answer = read(page(row("00", kUser, usage(1, 1))), {}, config(choice)).value();
    EXPECT_EQ(account_of(answer.records.at(0)), Value(wanted));
  }
}

TEST(AnthropicAnalyticsTest, ActorsHaveTheIdsOfTheirKind) {
  for (const auto& [actor, wanted] : std::vector<std::pair<std::string, Value>>{
           {R"({"type":"service_account_actor","service_account_id":"svac_1"})",
            std::string("svac_1")},
           {R"({"type":"api_actor","api_key_id":"apikey_9"})", std::string("apikey_9")},
           {R"({"type":"federated_actor","provider":{"type":"aws","account_id":"12",)"
            R"("signed_principal":"arn:x"},"subject":"arn:aws:iam::12:role/r"})",
            std::string("aws:arn:aws:iam::12:role/r")},
           {R"({"type":"federated_actor","provider":{"type":"azure","subscription_id":"s-1"},)"
            R"("subject":null})",
            std::string("azure:s-1")},
           // A kind that nobody knows, with an id that is known, and with none.
           {R"({"type":"robot_actor","user_id":"user_7"})", std::string("user_7")},
           {R"({"type":"robot_actor","robot_id":"robot_7"})", Value{}},
           {"null", Value{}}}) {
    const FeedAnswer answer =
        read(page(row("00", actor, usage(1, 1))), {}, config(AccountChoice::kPrincipal)).value();
    ASSERT_EQ(answer.records.size(), 1U) << actor;
    EXPECT_EQ(account_of(answer.records[0]), wanted) << actor;
  }
}

TEST(AnthropicAnalyticsTest, WhoCannotBeToldIsSummed) {
  const FeedAnswer answer =
      read(page(row("00", "null", usage(1500, 500, "7")) + "," + row("00", kUser, usage(8, 8)) +
                "," + row("00", "null", usage(100, 40, "3")) + "," +
                row("00", "null", usage(1, 1), "null")))
          .value();
  EXPECT_EQ(answer.rows, 4);
  ASSERT_EQ(answer.records.size(), 3U);
  std::map<std::int64_t, std::int64_t> requests;  // by tokens out
  for (const Record& record : answer.records) {
    requests[number(record, "output_tokens")] = record.requests;
  }
  EXPECT_EQ(requests, (std::map<std::int64_t, std::int64_t>{{540, 10}, {8, 1}, {1, 1}}));
}

/// A page is cut by rows, in the midst of a bucket.
TEST(AnthropicAnalyticsTest, WhoCannotBeToldIsSummedOverPages) {
  const FeedAnswer first =
      read(page(row("00", "null", usage(1, 1)) + "," + row("01", "null", usage(1500, 500, "7")) +
                    "," + row("01", kUser, usage(8, 8)),
                kMore))
          .value();
  // The hour before is whole; of this one only whoever has a name is.
  ASSERT_EQ(first.records.size(), 2U);
  EXPECT_EQ(number(first.records[0], "output_tokens"), 1);
  EXPECT_EQ(number(first.records[1], "output_tokens"), 8);
  EXPECT_TRUE(first.more);
  const FeedAnswer second =
      read(page(row("01", "null", usage(100, 40, "3")), kMore), first.next).value();
  EXPECT_TRUE(second.records.empty());
  const FeedAnswer third =
      read(page(row("01", "null", usage(10, 2, "1")) + "," + row("02", "null", usage(5, 6))),
           second.next)
          .value();
  ASSERT_EQ(third.records.size(), 2U);
  EXPECT_EQ(third.records[0].time, at("2026-09-01T01:00:00Z"));
  EXPECT_EQ(third.records[0].requests, 11);
  EXPECT_EQ(number(third.records[0], "output_tokens"), 542);
  EXPECT_EQ(number(third.records[0], "input_tokens"), 1610 + 3 * 210);
  EXPECT_EQ(third.records[1].time, at("2026-09-01T02:00:00Z"));
  // An empty page ends it too.
  const FeedAnswer empty = read(page(""), second.next).value();
  ASSERT_EQ(empty.records.size(), 1U);
  EXPECT_EQ(empty.records[0].requests, 10);
  EXPECT_EQ(empty.records[0].id, third.records[0].id);
}

TEST(AnthropicAnalyticsTest, WhatIsNotToldIsAbsentInTheSumToo) {
  const std::string plain = R"({"uncached_input_tokens":1,"output_tokens":2,"requests":null})";
  const FeedAnswer answer =
      read(page(row("00", "null", plain) + "," + row("00", "null", usage(1, 1, "5")))).value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.records[0].requests, 0);
  EXPECT_EQ(number(answer.records[0], "output_tokens"), 3);
  EXPECT_EQ(number(answer.records[0], "input_tokens"), -1);
  EXPECT_EQ(number(answer.records[0], "cached_tokens"), -1);
}

TEST(AnthropicAnalyticsTest, SaysHowFarItsFiguresAreWhole) {
  const auto whole_to = [](const std::string& text) {
    return read(page("", R"("has_more":false,"next_page":null,"data_refreshed_at":)" + text))
        .value()
        .whole_to;
  };
  EXPECT_EQ(whole_to(R"("2026-09-01T04:59:59Z")"), at("2026-09-01T04:00:00Z"));
  EXPECT_EQ(whole_to(R"("2026-09-01T04:00:00Z")"), at("2026-09-01T04:00:00Z"));
  EXPECT_EQ(whole_to("null"), std::nullopt);
}

TEST(AnthropicAnalyticsTest, ABadRowIsQuarantinedByItself) {
  for (const std::string& bad :
       {row("00", kUser, R"({"output_tokens":1})"),
        row("00", kUser, R"({"uncached_input_tokens":1})"),
        row("00", kUser, R"({"uncached_input_tokens":"1","output_tokens":1})"),
        row("00", kUser, R"({"uncached_input_tokens":-1,"output_tokens":1})"),
        row("00", kUser, R"({"uncached_input_tokens":1,"output_tokens":1,"output_tokens":2})"),
        row("00", kUser, "7"), row("00", R"({"user_id":7})", usage(1, 1)),
        row("00", "7", usage(1, 1)), row("00", kUser, usage(1, 1), "7")}) {
    const FeedAnswer answer = read(page(row("00", kUser, usage(1, 1)) + "," + bad)).value();
    EXPECT_EQ(answer.records.size(), 1U) << bad;
    ASSERT_EQ(answer.bad.size(), 1U) << bad;
    EXPECT_EQ(answer.bad[0].origin, "row 2");
  }
}

TEST(AnthropicAnalyticsTest, WhatIsNoSuchReportIsRefused) {
  const std::string good = row("05", kUser, usage(1, 1));
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    return page(text.replace(text.find(from), from.size(), to));
  };
  for (const auto& [body, reason] : std::vector<std::pair<std::string, const char*>>{
           {with("2026-09-01T05", "2026-08-01T05"), "outside the window"},
           {with("2026-09-01T06", "2026-09-01T07"), "not the width"},
           {with("2026-09-01T05:00:00Z", "yesterday"), "no time of RFC 3339"},
           {with("\"usage\":", "\"cost\":"), "a row lacks"},
           {with("\"group\":", "\"groups\":"), "a row lacks"},
           {page(good + "," + row("04", kUser, usage(1, 1))), "not in the order of time"},
           {R"({"data":{},"has_more":false})", "no array"},
           {R"({"data":[]})", "lacks `data` or `has_more`"},
           {page("", R"("has_more":false,"data_refreshed_at":7)"), "no time of RFC 3339"},
           {page("", R"("has_more":1)"), "no boolean"}}) {
    const auto answer = read(body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(answer.error().message, HasSubstr(reason));
  }
  // A page that leads back in time, too.
  const FeedAnswer first = read(page(good, kMore)).value();
  EXPECT_FALSE(read(page(row("04", kUser, usage(1, 1))), first.next));
  EXPECT_TRUE(read(page(good), first.next));
  // More than a page without a token is for the contract to refuse.
  EXPECT_EQ(read(page(good, R"("has_more":true,"next_page":null)")).value().next, "");
}

TEST(AnthropicAnalyticsTest, ABucketHasABoundOfPartiesWithoutAName) {
  const auto rows = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += (i > 0 ? "," : "") +
              row("00", "null", usage(1, 1), "\"wrkspc_" + std::to_string(i) + "\"");
    }
    return text;
  };
  EXPECT_TRUE(read(page(rows(10'000), kMore)));
  EXPECT_FALSE(read(page(rows(10'001), kMore)));
  EXPECT_EQ(read(page(rows(10'001))).value().records.size(), 10'001U);
}

TEST(AnthropicAnalyticsTest, CostsAreCentsWithFractions) {
  const auto cost = [](const std::string& amount, const std::string& currency = "USD") {
    return R"({"starting_at":"2026-09-01T00:00:00Z","ending_at":"2026-09-02T00:00:00Z","group":)"
           R"({"actor":null,"api_key_id":null,"model":"m-5","user_profile_id":"uprof_1",)"
           R"("workspace_id":"w"},"cost":{"amount":)" +
           amount + R"(,"list_amount":"999","currency":")" + currency + R"(","requests":3}})";
  };
  const auto read_costs = [](const std::string& data) {
    return kAnthropicKind.feed("analytics_costs", config(AccountChoice::kEndUser, kDay))
        ->read(page(data), question());
  };
  const FeedAnswer answer =
      read_costs(cost("\"123.78912\"") + "," + cost("\"0.0000001\"") + "," + cost("\"many\"") +
                 "," + cost("\"1\"", "EUR") + "," + cost("null"))
          .value();
  EXPECT_EQ(answer.bad.size(), 3U);
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.records[0].requests, 0);  // a bill stands for none
  // 1.2378912 dollars and a billionth of one.
  expect_fields(answer.records[0], {{"provider", std::string("anthropic")},
                                    {"operation", std::string("costs")},
                                    {"response_model", std::string("m-5")},
                                    {"project", std::string("w")},
                                    {"account", std::string("uprof_1")},
                                    {"end_user", std::string("uprof_1")},
                                    {"cost", std::int64_t{1'237'891'201}},
                                    {"cost.basis", std::string("billed")}});
}

TEST(AnthropicAnalyticsTest, AsksAsTheDocumentationSays) {
  const auto feed = [](const char* endpoint, Duration bucket) {
    return kAnthropicKind.feed(endpoint, config(AccountChoice::kProject, bucket));
  };
  const std::string base = "https://api.anthropic.com/v1/organizations/analytics/";
  const std::string window =
      "?starting_at=2026-09-01T00%3A00%3A00Z&ending_at=2026-09-03T00%3A00%3A00Z"
      "&time_bucket_width=";
  const std::string rest =
      "&limit=1000&order_by=time&order=asc&group_by%5B%5D=actor&group_by%5B%5D=api_key_id"
      "&group_by%5B%5D=model&group_by%5B%5D=workspace_id&group_by%5B%5D=user_profile_id";
  const HttpRequest asked = feed("analytics_usage", kHour)->ask(question());
  EXPECT_EQ(asked.url, base + "usage" + window + "1h" + rest);
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(asked.headers, testing::Contains(Header("anthropic-version", "2023-06-01")));
  EXPECT_THAT(asked.headers,
              testing::Contains(Header("anthropic-beta", "analytics-usage-cost-2026-08-24")));
  AnalyticsPlace place;
  place.page = "page 2";
  EXPECT_EQ(feed("analytics_costs", kDay)->ask(question(to_text(place))).url,
            base + "cost" + window + "1d" + rest + "&page=page%202");
  // No more than the longest spans: 24 hours of minutes, and 31 days.
  EXPECT_EQ(feed("analytics_usage", kMinute)->pace().window, kDay);
  EXPECT_LE(feed("analytics_usage", kHour)->pace().window, Duration{31 * kDay.us});
  EXPECT_EQ(feed("analytics_costs", kDay)->pace().window, Duration{31 * kDay.us});
  EXPECT_NE(feed("analytics_usage", kHour)->series(), feed("messages", kHour)->series());
}

TEST(AnalyticsPlaceTest, ReadsBackWhatItWrote) {
  AnalyticsPlace place;
  place.page = "page_\"\n\xc3\xa9=";
  EXPECT_EQ(analytics_place_from_text(to_text(place)), place);
  place.bucket = at("2026-09-01T05:00:00Z");
  place.held[{std::nullopt, "k", std::nullopt, "w", "u"}] = {1, std::nullopt, 3, 4, 5, 6};
  place.held[{std::nullopt, "k", "m", std::nullopt, "u"}] = {};
  EXPECT_EQ(analytics_place_from_text(to_text(place)), place);
  for (const char* const text :
       {"", "page_2", "[]", "{}", R"({"page":7})", R"({"page":"p","held":[[[],[]]]})",
        R"({"page":"p","held":[7]})"}) {
    EXPECT_EQ(analytics_place_from_text(text), std::nullopt) << text;
  }
}

/// By what the server wrote pages that lead in a circle are found, whatever is held meanwhile.
TEST(AnalyticsPlaceTest, TheServersPartOfATokenIsTold) {
  const auto feed = kAnthropicKind.feed("analytics_usage", config());
  const FeedAnswer once = read(page(row("01", "null", usage(1, 1)), kMore)).value();
  const FeedAnswer twice = read(page(row("01", "null", usage(1, 1)), kMore), once.next).value();
  EXPECT_NE(once.next, twice.next);
  EXPECT_EQ(feed->server_token(once.next), "page_2");
  EXPECT_EQ(feed->server_token(twice.next), "page_2");
  EXPECT_EQ(feed->server_token(""), "");
}

}  // namespace
}  // namespace tidewaiter
