// Tables of gateways as records, without a database: what is asked, and how answers are read. The
// test peer.postgres asks a real one.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/postgres/postgres_kind.h"
#include "daemon/sources/postgres/table_layout.h"
#include "daemon/sources/postgres/table_question.h"
#include "expected_fields.h"
#include "storage/postgres/database_url.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using Columns = std::set<std::string, std::less<>>;

const UtcTime kTen = parse_time("2026-11-20T10:00:00Z").value();  // 1795168800 s

SourceConfig config() {
  SourceConfig source;
  source.name = "tables";
  source.kind = "postgres";
  source.contract.emplace();
  source.contract->url = "postgresql://reader@%2Frun/litellm";
  source.contract->account = AccountChoice::kPrincipal;
  source.contract->bucket = kDay;
  return source;
}

FeedQuestion hour(std::string token = {}) { return {{kTen, kTen + kHour}, std::move(token)}; }

Result<FeedAnswer> read(const char* endpoint, const std::string& rows, int limit = 1000) {
  return kPostgresKind.feed(endpoint, config())
      ->read(R"({"rows":[)" + rows + R"(],"limit":)" + std::to_string(limit) + "}", hour());
}

/// A row of new-api that ended at ten past ten; `more` is written behind it.
std::string log_row(const std::string& more, std::int64_t id = 7) {
  return R"({"key_time":1795169400000000,"key_id":")" + std::to_string(id) + R"(","id":)" +
         std::to_string(id) + R"(,"created_at":1795169400,"user_id":3)" + more + "}";
}

TEST(DatabaseUrl, SaysWhereAndAsWhom) {
  const DatabaseUrl remote =
      read_database_url("postgresql://reader@db.example:6432/litellm?sslrootcert=/etc/ca.pem")
          .value();
  EXPECT_EQ(remote.role, "reader");
  EXPECT_EQ(remote.options.at("port"), "6432");
  EXPECT_EQ(remote.options.at("sslmode"), "verify-full");  // whoever does not say so gets it
  const DatabaseUrl socket =
      read_database_url("postgresql://reader@%2Frun%2Fpostgresql/litellm").value();
  EXPECT_EQ(socket.options.at("host"), "/run/postgresql");
  EXPECT_FALSE(socket.options.contains("sslmode"));
  EXPECT_TRUE(read_database_url("postgres://r@127.0.0.1/d?sslmode=disable"));
}

TEST(DatabaseUrl, RefusesWhatIsUnsafeOrIncomplete) {
  for (const auto& [url, reason] : std::vector<std::pair<const char*, const char*>>{
           {"https://db.example/litellm", "not one of a PostgreSQL database"},
           {"postgresql://reader:s3cret@db.example/litellm", "holds a password"},
           {"postgresql://reader@db.example/litellm?password=s3cret", "holds a password"},
           {"postgresql://reader@db.example/litellm?sslmode=require", "another machine"},
           {"postgresql://reader@db.example/litellm?sslmode=prefer", "another machine"},
           {"postgresql://reader@/litellm?host=/run,db.example&sslmode=disable", "another machine"},
           {"postgresql://reader@db.example/litellm?options=-cdefault", "`options`"},
           {"postgresql://reader@db.example/litellm?passfile=/etc/p", "`passfile`"},
           {"postgresql://reader@db.example/litellm?s3cret=1", "cannot be read"},
           {"postgresql://db.example/litellm", "lacks `user`"},
           {"postgresql://reader@db.example", "lacks `dbname`"},
           {"postgresql://reader@/litellm", "lacks `host`"}}) {
    const auto read = read_database_url(url);
    ASSERT_FALSE(read) << url;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(read.error().message, HasSubstr(reason)) << url;
    EXPECT_THAT(read.error().message, Not(HasSubstr("s3cret")));
  }
}

TEST(TableLayouts, SelectNoColumnThatMayHoldContent) {
  // All that the tables of the three programs have that people or models write into.
  const Columns content = {"messages",  "response",     "proxy_server_request",
                           "content",   "request_tags", "key",
                           "key_name",  "password",     "api_base",
                           "cache_key", "config",       "permissions"};
  for (const TableLayout& layout : table_layouts()) {
    Columns all(layout.needed.begin(), layout.needed.end());
    for (const TableMember& member : layout.members) all.emplace(member.column);
    for (const std::string& column : content) {
      EXPECT_FALSE(all.contains(column)) << layout.endpoint << " " << column;
    }
    all.insert(content.begin(), content.end());  // they are there
    const std::string text = select_text(layout, all).value();
    for (const std::string& column : content) {
      EXPECT_THAT(text, Not(HasSubstr("\"" + column + "\""))) << layout.endpoint;
    }
    EXPECT_THAT(text, Not(HasSubstr("*,")));
    EXPECT_THAT(text, Not(HasSubstr("OFFSET")));
  }
}

TEST(TableLayouts, WhatIsNotThereIsNullAndWhatIsNeededIsMissed) {
  const TableLayout& logs = *find_table_layout("newapi");
  const Columns needed(logs.needed.begin(), logs.needed.end());
  const std::string text = select_text(logs, needed).value();
  EXPECT_THAT(text, HasSubstr(R"(NULL::text AS "ip")"));
  EXPECT_THAT(text, HasSubstr(R"("quota"::bigint AS "quota")"));
  EXPECT_THAT(text, HasSubstr(R"(ORDER BY "created_at", "id" LIMIT $5)"));
  Columns fewer = needed;
  fewer.erase("quota");
  const auto missing = select_text(logs, fewer);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("no column `quota`"));
}

TEST(TableQuestions, AreReadAsTheyWereWritten) {
  for (const TablePlace& place :
       {TablePlace{0, ""}, TablePlace{1'795'169'400'000'001, "a.b \"c\""}, TablePlace{-5, "7"}}) {
    EXPECT_EQ(table_place_from_text(to_text(place)), place.id.empty() ? TablePlace{} : place);
    const TableQuestion question{"litellm", {kTen, kTen + kHour}, place};
    const HttpRequest request = to_request(question, "postgresql://reader@db/d");
    EXPECT_EQ(request.url, "postgresql://reader@db/d");
    EXPECT_EQ(table_question_of(request).value(), question);
  }
  for (const char* const text : {"", "7", ".7", "x.7", "7.", "99999999999999999999.a"}) {
    EXPECT_EQ(table_place_from_text(text), TablePlace{}) << text;
  }
  HttpRequest other;
  other.body = R"({"endpoint":"litellm","from":"now"})";
  EXPECT_FALSE(table_question_of(other));
}

TEST(NewApiLogs, AConsumptionIsARequestThatBeganBefore) {
  const FeedAnswer answer =
      read("newapi",
           log_row(R"(,"type":2,"token_id":12,"token_name":"mine","group":"vip",)"
                   R"("model_name":"m-4","quota":750,"prompt_tokens":100,"completion_tokens":40,)"
                   R"("cache_tokens":30,"use_time":5,"is_stream":true,"ip":"203.0.113.7",)"
                   R"("is_adjustment":false)"))
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
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
}

TEST(NewApiLogs, InputIncludesWhatACacheWasReadAndWrittenFor) {
  const std::string counts = R"(,"type":2,"quota":1,"prompt_tokens":100,"cache_tokens":30,)"
                             R"("cache_creation_tokens":7,"is_claude":)";
  for (const auto& [word, input] : {std::pair("true", 137), std::pair("false", 100)}) {
    const FeedAnswer answer = read("newapi", log_row(counts + word)).value();
    ASSERT_EQ(answer.records.size(), 1U);
    EXPECT_EQ(field_value(answer.records[0], *find_field("input_tokens")),
              Value(std::int64_t{input}));
  }
}

TEST(NewApiLogs, WhatIsNoRequestCountsAsNone) {
  const FeedAnswer answer =
      read("newapi",
           log_row(R"(,"type":2,"quota":-200,"prompt_tokens":0,"is_adjustment":true)", 1) + "," +
               log_row(R"(,"type":6,"quota":500)", 2) + "," +
               log_row(R"(,"type":5,"quota":0,"prompt_tokens":0,"token_name":"t")", 3))
          .value();
  ASSERT_EQ(answer.records.size(), 3U);
  EXPECT_EQ(answer.records[0].requests, 0);
  expect_fields(answer.records[0], {{"account", std::string("3")},
                                    {"status", std::string("adjustment")},
                                    {"cost", std::int64_t{-400'000}},
                                    {"cost.basis", std::string("computed")}});
  EXPECT_EQ(answer.records[1].requests, 0);
  EXPECT_EQ(field_value(answer.records[1], *find_field("cost")), Value(std::int64_t{-1'000'000}));
  EXPECT_EQ(answer.records[2].requests, 1);
  // one-api has no ids of tokens.
  expect_fields(answer.records[2], {{"account", std::string("3")},
                                    {"api_key", std::string("3/t")},
                                    {"status", std::string("error")}});
}

TEST(NewApiLogs, AnIdThatIsGivenAnewIsAnotherRow) {
  const FeedAnswer one = read("newapi", log_row(R"(,"type":2,"quota":1)")).value();
  std::string later = log_row(R"(,"type":2,"quota":1)");
  for (std::size_t at = 0; (at = later.find("1795169400", at)) != std::string::npos;) {
    later.replace(at, 10, "1795169401");
  }
  EXPECT_NE(read("newapi", later).value().records.at(0).id, one.records.at(0).id);
}

TEST(NewApiLogs, ABadRowIsQuarantinedByItself) {
  for (const auto& [more, reason] : std::vector<std::pair<const char*, const char*>>{
           {R"(,"type":1,"quota":1)", "`type`"},
           {R"(,"quota":1)", "`type`"},
           {R"(,"type":2,"quota":9223372036854775807)", "`quota`"},
           {R"(,"type":2,"quota":"1")", "`quota`"},
           {R"(,"type":2,"quota":1,"prompt_tokens":-1)", "negative"},
           {R"(,"type":2,"quota":1,"use_time":-1)", "`use_time`"},
           {R"(,"type":2,"quota":1,"quota":2)", "twice"}}) {
    const FeedAnswer answer =
        read("newapi", log_row(R"(,"type":2,"quota":1)", 1) + "," + log_row(more, 2)).value();
    EXPECT_EQ(answer.records.size(), 1U) << more;
    ASSERT_EQ(answer.bad.size(), 1U) << more;
    EXPECT_THAT(answer.bad[0].reason, HasSubstr(reason));
    EXPECT_EQ(answer.bad[0].origin, "row 1795169400000000.2");
  }
}

TEST(TablePages, GoOnBehindTheirLastRow) {
  const std::string row = log_row(R"(,"type":2,"quota":1)");
  const FeedAnswer full = read("newapi", row, 1).value();
  EXPECT_TRUE(full.more);
  EXPECT_EQ(full.next, "1795169400000000.7");
  EXPECT_FALSE(read("newapi", row, 2).value().more);
  const HttpRequest next = kPostgresKind.feed("newapi", config())->ask(hour(full.next));
  EXPECT_EQ(table_question_of(next).value(),
            (TableQuestion{"newapi", {kTen, kTen + kHour}, {1'795'169'400'000'000, "7"}}));
}

TEST(TablePages, WhatIsNoPageIsRefused) {
  const std::string row = log_row(R"(,"type":2,"quota":1)");
  std::string early = row;
  early.replace(early.find("1795169400000000"), 16, "1795168799999999");
  std::string sooner = row;
  sooner.replace(sooner.find("1795169400000000"), 16, "1795169300000000");
  for (const auto& [rows, reason] : std::vector<std::pair<std::string, const char*>>{
           {early, "outside the time"},
           {row + "," + sooner, "out of order"},
           {R"({"id":7})", "lacks its place"},
           {R"({"key_time":1795169400000000,"key_id":""})", "lacks its place"},
           {"7", "no object"}}) {
    const auto answer = read("newapi", rows);
    ASSERT_FALSE(answer) << rows;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(answer.error().message, HasSubstr(reason));
  }
  EXPECT_FALSE(read("newapi", row, 0));
}

// A server that says two times of one row is wrong about one of them.
TEST(NewApiTables, ARowOfAnotherTimeThanItsPlaceIsQuarantined) {
  std::string other = log_row(R"(,"type":2)", 8);
  other.replace(other.find("\"created_at\":1795169400"), 23, "\"created_at\":1795000000");
  const FeedAnswer answer = read("newapi", log_row(R"(,"type":2)") + "," + other).value();
  EXPECT_EQ(answer.records.size(), 1U);
  ASSERT_EQ(answer.bad.size(), 1U);
  EXPECT_THAT(answer.bad[0].reason, HasSubstr("its time is not that of its place"));
}

TEST(LiteLlmTables, ARowIsTheSameRequestAsOverHttp) {
  const FeedAnswer answer =
      read("litellm",
           R"({"key_time":1795168801250000,"key_id":"chatcmpl-1","request_id":"chatcmpl-1",)"
           R"("call_type":"acompletion","api_key":"88dc","user":"user-7","team_id":"team-1",)"
           R"("organization_id":null,"end_user":"u-55","model":"openai/m-4","model_group":"m-4",)"
           R"("custom_llm_provider":"openai","requester_ip_address":"203.0.113.7",)"
           R"("session_id":"s-1","status":"success","startTime":"2026-11-20 10:00:01.250000",)"
           R"("endTime":"2026-11-20 10:00:03.500000","prompt_tokens":100,"completion_tokens":40,)"
           R"("spend":"1.5e-05","metadata":"{\"usage_object\":{\"prompt_tokens_details\":)"
           R"({\"cached_tokens\":30},\"completion_tokens_details\":{\"reasoning_tokens\":null},)"
           R"(\"cache_read_input_tokens\":null},\"cost_breakdown\":{},\"error_information\":)"
           R"({\"error_code\":null}}"})")
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(format_time(answer.records[0].time), "2026-11-20T10:00:01.25Z");
  expect_fields(answer.records[0], {{"provider", std::string("openai")},
                                    {"operation", std::string("chat")},
                                    {"model", std::string("m-4")},
                                    {"response_model", std::string("openai/m-4")},
                                    {"input_tokens", std::int64_t{100}},
                                    {"output_tokens", std::int64_t{40}},
                                    {"cached_tokens", std::int64_t{30}},
                                    {"project", std::string("team-1")},
                                    {"account", std::string("user-7")},
                                    {"api_key", std::string("88dc")},
                                    {"end_user", std::string("u-55")},
                                    {"client.address", std::string("203.0.113.7")},
                                    {"status", std::string("success")},
                                    {"cost", std::int64_t{15'000}},
                                    {"cost.basis", std::string("computed")},
                                    {"request.session", std::string("s-1")}});
}

TEST(LiteLlmTables, AKeyIsTheSameEntryAsOverHttp) {
  const FeedAnswer answer =
      read("litellm_keys",
           R"({"key_time":0,"key_id":"88dc","token":"88dc","key_alias":"batch","user_id":"user-7",)"
           R"("team_id":"team-1","organization_id":null,"blocked":true,)"
           R"("created_at":"2026-05-01 08:00:00.500000"})")
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  expect_fields(answer.records[0],
                {{"account", std::string("user-7")},
                 {"account.kind", std::string("key")},
                 {"project", std::string("team-1")},
                 {"api_key", std::string("88dc")},
                 {"name", std::string("batch")},
                 {"identifiers", std::vector<std::string>{"postgres:88dc"}},
                 {"owners.identifier", std::vector<std::string>{"postgres:user-7"}},
                 {"created", parse_time("2026-05-01T08:00:00.5Z").value().us},
                 {"enforcement", std::vector<std::string>{"blocked"}}});
}

}  // namespace
}  // namespace tidewaiter
