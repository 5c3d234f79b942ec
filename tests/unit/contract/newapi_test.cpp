// The logs of new-api over HTTP. The answers are written by hand, in the shapes that the program's
// own source has (model/log.go, common/page_info.go).
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/newapi/newapi_kind.h"
#include "expected_fields.h"
#include "policies/model/digest.h"
#include "policies/model/record_json.h"
#include "scripted_http.h"

namespace tidewaiter {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// 2026-11-20T10:00:00Z, and ten minutes later in seconds.
const UtcTime kTen = parse_time("2026-11-20T10:00:00Z").value();
constexpr const char* kTenPast = "1795169400";

SourceConfig gateway(AccountChoice account = AccountChoice::kPrincipal) {
  SourceConfig source;
  source.name = "gateway";
  source.kind = "newapi";
  source.contract.emplace();
  source.contract->url = "https://newapi.example.org";
  source.contract->account = account;
  source.contract->bucket = {};
  return source;
}

FeedQuestion hour(std::string token = {}) { return {{kTen, kTen + kHour}, std::move(token)}; }

Result<FeedAnswer> read(const std::string& body, const std::string& token = {},
                        const SourceConfig& source = gateway()) {
  return kNewApiKind.feed("logs", source)->read(body, hour(token));
}

/// A page that is full if it has `size` rows; members in the order that the server writes.
std::string page(const std::string& items, int number = 1, int size = 100) {
  return R"({"data":{"page":)" + std::to_string(number) + R"(,"page_size":)" +
         std::to_string(size) + R"(,"total":5,"items":)" + items +
         R"(},"message":"","success":true})";
}

std::string row(int id, const std::string& more, const std::string& created = kTenPast) {
  return R"({"id":)" + std::to_string(id) + R"(,"user_id":3,"created_at":)" + created + more + "}";
}

TEST(NewApiTest, AConsumptionIsARequestThatBeganBefore) {
  const std::string consumption =
      row(1'025, R"(,"type":2,"content":"","username":"mei","token_name":"mine","token_id":12,
                   "model_name":"m-4","quota":750,"prompt_tokens":100,"completion_tokens":40,
                   "use_time":5,"is_stream":true,"channel":8,"channel_name":"","group":"vip",
                   "ip":"203.0.113.7","other":"{\"cache_tokens\":30,\"model_ratio\":2.5}")");
  const FeedAnswer answer = read(page("[" + consumption + "]")).value();
  ASSERT_THAT(answer.records, SizeIs(1)) << answer.bad.size();
  const Record& record = answer.records[0];
  EXPECT_EQ(record.end().us, 1'795'169'400 * kSecond.us);
  EXPECT_EQ(record.duration, Duration{5 * kSecond.us});
  EXPECT_EQ(record.requests, 1);
  expect_fields(record, {{"model", std::string("m-4")},
                         {"input_tokens", std::int64_t{100}},
                         {"output_tokens", std::int64_t{40}},
                         {"cached_tokens", std::int64_t{30}},
                         {"project", std::string("vip")},
                         {"account", std::string("3")},
                         {"api_key", std::string("12")},
                         {"client.address", std::string("203.0.113.7")},
                         {"status", std::string("success")},
                         {"cost", std::int64_t{1'500'000}},  // 750 / 500,000 of a dollar
                         {"cost.basis", std::string("computed")},
                         {"request.stream", true}});
  Sha256 id;
  id.update_framed("newapi").update_framed("gateway").update_framed("logs");
  EXPECT_EQ(record.id, id.update_framed("1025").update_framed(kTenPast).finish());
}

TEST(NewApiTest, OtherIsATextThatNeedNotBeJson) {
  const auto requests = [](const std::string& other) {
    const auto answer =
        read(page("[" + row(1, R"(,"type":2,"quota":-200,"other":)" + other) + "]"));
    return answer && answer->records.size() == 1 ? answer->records[0].requests : -1;
  };
  EXPECT_EQ(requests(R"("{\"task_id\":\"t\",\"quota_delta\":-200}")"), 0);  // a correction
  EXPECT_EQ(requests(R"("{\"note\":\"\\\"quota_delta\\\":1\"}")"), 1);      // a text about it
  // Newer versions write both figures of the task; one alone is none of a correction.
  EXPECT_EQ(requests(R"("{\"task_id\":\"t\",\"pre_consumed_quota\":500,\"actual_quota\":700}")"),
            0);
  EXPECT_EQ(requests(R"("{\"pre_consumed_quota\":500}")"), 1);
  EXPECT_EQ(requests(R"("{\"actual_quota\":500}")"), 1);
  EXPECT_EQ(requests(R"("")"), 1);
  EXPECT_EQ(requests(R"("no JSON")"), 1);
  EXPECT_EQ(requests("null"), 1);
  EXPECT_EQ(requests("7"), -1);
}

TEST(NewApiTest, WhatFailedWasARequestWhateverItsCost) {
  const std::string both = R"(,"other":"{\"pre_consumed_quota\":500,\"actual_quota\":0}")";
  const auto answer = read(page("[" + row(1, R"(,"type":5,"quota":0)" + both) + "]"));
  ASSERT_TRUE(answer);
  ASSERT_THAT(answer->records, SizeIs(1));
  EXPECT_EQ(answer->records[0].requests, 1);
}

TEST(NewApiTest, InputIncludesWhatACacheWasReadAndWrittenFor) {
  const auto input = [](const std::string& other) {
    const FeedAnswer answer =
        read(
            page("[" + row(1, R"(,"type":2,"quota":1,"prompt_tokens":100,"other":)" + other) + "]"))
            .value();
    return answer.records.size() == 1 ? field_value(answer.records[0], *find_field("input_tokens"))
                                      : Value();
  };
  // 100 + 30 + 7, where `prompt_tokens` is what was neither read from a cache nor written into one.
  EXPECT_EQ(input(R"("{\"claude\":true,\"cache_tokens\":30,\"cache_creation_tokens\":7}")"),
            Value(std::int64_t{137}));
  EXPECT_EQ(input(R"("{\"claude\":true,\"cache_tokens\":30}")"), Value(std::int64_t{130}));
  EXPECT_EQ(input(R"("{\"claude\":true}")"), Value(std::int64_t{100}));
  EXPECT_EQ(input(R"("{\"claude\":false,\"cache_tokens\":30,\"cache_creation_tokens\":7}")"),
            Value(std::int64_t{100}));
  EXPECT_EQ(input(R"("{\"cache_tokens\":30,\"cache_creation_tokens\":7}")"),
            Value(std::int64_t{100}));
  EXPECT_TRUE(is_null(input(R"("{\"claude\":true,\"cache_tokens\":9223372036854775807}")")));
}

TEST(NewApiTest, RowsOfNoUseOfAModelArePassedOver) {
  std::string rows;
  for (const int type : {1, 2, 3, 4, 5, 6, 7}) {
    rows += (rows.empty() ? "" : ",") +
            row(type, R"(,"type":)" + std::to_string(type) + R"(,"quota":500)");
  }
  const FeedAnswer answer = read(page("[" + rows + "]")).value();
  EXPECT_EQ(answer.rows, 7);
  EXPECT_THAT(answer.bad, SizeIs(0));
  ASSERT_THAT(answer.records, SizeIs(3));
  expect_fields(answer.records[0], {{"account", std::string("3")},
                                    {"status", std::string("success")},
                                    {"cost", std::int64_t{1'000'000}},
                                    {"cost.basis", std::string("computed")}});
  expect_fields(answer.records[1],
                {{"account", std::string("3")}, {"status", std::string("error")}});
  expect_fields(answer.records[2], {{"account", std::string("3")},
                                    {"status", std::string("refund")},
                                    {"cost", std::int64_t{-1'000'000}},
                                    {"cost.basis", std::string("computed")}});
}

TEST(NewApiTest, AsksWithBothEndsIncluded) {
  SourceConfig config = gateway();
  config.contract->user = "1";
  const HttpRequest request = kNewApiKind.feed("logs", config)->ask(hour());
  // 10:00:00 and 10:59:59.
  EXPECT_EQ(request.url,
            "https://newapi.example.org/api/log/?type=0&start_timestamp=1795168800"
            "&end_timestamp=1795172399&p=1&page_size=100");
  EXPECT_THAT(request.headers, Contains(std::pair<std::string, std::string>("New-Api-User", "1")));
  EXPECT_THAT(kNewApiKind.feed("logs", gateway())->ask(hour()).headers, SizeIs(1));
}

TEST(NewApiTest, TurnsPagesUntilOneIsNotFull) {
  const std::string two =
      "[" + row(9, R"(,"type":2,"quota":1)") + "," + row(8, R"(,"type":3,"quota":0)") + "]";
  const FeedAnswer first = read(page(two, 1, 2)).value();
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.next, "2");
  EXPECT_THAT(kNewApiKind.feed("logs", gateway())->ask(hour("2")).url, HasSubstr("&p=2&"));
  EXPECT_FALSE(read(page("[" + row(7, R"(,"type":2,"quota":1)") + "]", 2, 2), "2").value().more);
  EXPECT_FALSE(read(page("[]", 2, 2), "2").value().more);
  EXPECT_FALSE(read(page("null", 2, 2), "2").value().more);
}

TEST(NewApiTest, AServerThatCouldNotAnswerSaysSoWithStatus200) {
  for (const char* const body : {R"({"message":"c4n4ry","success":false})",
                                 R"({"data":null,"message":"c4n4ry","success":false})",
                                 R"({"data":"c4n4ry","message":"","success":false})"}) {
    const auto refused = read(body);
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("`success` is false"));
    // Its words are others'.
    EXPECT_THAT(refused.error().message, Not(HasSubstr("c4n4ry")));
  }
}

TEST(NewApiTest, RefusesWhatIsNoPage) {
  const std::string early = row(1, R"(,"type":2,"quota":1)", "1795168799");
  const std::string late = row(1, R"(,"type":2,"quota":1)", "1795172400");
  for (const auto& [body, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "no JSON object"},
           {"[]", "no JSON object"},
           {"{}", "it lacks `success`"},
           {R"({"success":1})", "`success` is no boolean"},
           {R"({"success":true,"message":""})", "it lacks `data`"},
           {R"({"success":true,"data":[]})", "as one-api answers"},
           {R"({"success":true,"data":null})", "`data` is no object"},
           {R"({"success":true,"data":{"items":[]}})", "it lacks `items`"},
           {R"({"success":true,"data":{"page":1,"page_size":100}})", "it lacks `items`"},
           {page("{}"), "`items` is no array"},
           {page("[7]"), "no object"},
           {page("[]", 2), "it is page 2, and page 1 was asked for"},
           {page("[" + early + "]"), "outside the time"},
           {page("[" + late + "]"), "outside the time"}}) {
    const auto refused = read(body);
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr(why));
  }
}

TEST(NewApiTest, QuarantinesABadRow) {
  const std::string good = row(1, R"(,"type":2,"quota":1)");
  const auto saying = [](const std::string& other) {
    return row(2, R"(,"type":2,"quota":1,"other":")" + other + "\"");
  };
  const std::string deep = R"({\"a\":)" + std::string(9, '[') + std::string(9, ']') + "}";
  const std::string longest = R"({\"a\":\")" + std::string(std::size_t{64} << 10U, 'x') + R"(\"})";
  for (const auto& [bad, reason] : std::vector<std::pair<std::string, std::string>>{
           {good, "twice in one page"},
           {row(2, R"(,"quota":1)"), "`type`"},
           {row(2, R"(,"type":2,"quota":"1")"), "`quota`"},
           {row(2, R"(,"type":2,"quota":1,"ip":7)"), "`ip`"},
           {saying(R"({\"a\":1,\"a\":2})"), "`other` cannot be read: it has a member twice"},
           {saying(deep), "`other` cannot be read: it is nested too deep"},
           {saying(longest), "`other` is too long"},
           {saying(R"({\"cache_tokens\":)"), "`other` cannot be read"},
           {R"({"type":2,"quota":1})", "`id`"},
           {row(2, R"(,"type":2,"quota":1)", "-1"), "`created_at`"}}) {
    const auto answer = read(page("[" + good + "," + bad + "]"));
    ASSERT_TRUE(answer) << bad;
    EXPECT_THAT(answer->records, SizeIs(1)) << bad;
    ASSERT_THAT(answer->bad, SizeIs(1)) << bad;
    EXPECT_EQ(answer->bad[0].origin, "row 2");
    EXPECT_THAT(answer->bad[0].reason, HasSubstr(reason));
  }
}

TEST(NewApiTest, KeepsNothingElseOfARow) {
  const FeedAnswer answer =
      read(page("[" + row(1, R"(,"type":5,"quota":0,"content":"c4n4ry","username":"c4n4ry",
                               "channel_name":"c4n4ry","token_id":4,"token_name":"c4n4ry",
                               "request_id":"c4n4ry","other":"{\"error\":\"c4n4ry\"}")") +
                "]"))
          .value();
  std::string line;
  write_record_json(answer.records.at(0), line);
  EXPECT_THAT(line, HasSubstr("error"));
  EXPECT_THAT(line, Not(HasSubstr("c4n4ry")));
}

TEST(NewApiTest, IsReadByTheContractToItsEnd) {
  ScriptedHttp http([](const std::string& url, std::size_t) {
    const bool first = url.find("start_timestamp=1795168800&") != std::string::npos;
    const std::string only = row(1, R"(,"type":2,"quota":1)");
    return HttpResponse{200, page(first ? "[" + only + "]" : "[]"), {}};
  });
  SourceConfig config = gateway();
  config.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  config.contract->endpoints = {"logs"};
  config.contract->since = kTen;
  SourceServices services;
  services.variables = {{"KEY", "access-token"}};
  services.http = &http;
  const UtcTime now = kTen + kHour + Duration{6 * kMinute.us};
  services.now = [now] { return now; };
  const auto source = make_contract_source(config, services).value();
  std::string cursor;
  std::vector<Record> records;
  std::optional<Interval> drained;
  while (const auto given = source->next(cursor, now, {}).value()) {
    cursor = given->cursor;
    records.insert(records.end(), given->records.begin(), given->records.end());
    drained = given->drained;
    if (drained) break;
  }
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(drained, (Interval{kTen, kTen + kHour + kMinute}));
  EXPECT_THAT(http.credentials(), ElementsAre("access-token", "access-token"));
}

}  // namespace
}  // namespace tidewaiter
