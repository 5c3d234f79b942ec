// Langfuse's observations as records. The answers are written by hand, from the vendor's
// documentation.
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/langfuse/langfuse_kind.h"
#include "expected_fields.h"
#include "policies/model/digest.h"
#include "policies/model/record_json.h"
#include "scripted_http.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const UtcTime kNoon = parse_time("2026-11-23T12:00:00Z").value();

SourceConfig traces(AccountChoice account = AccountChoice::kProject) {
  SourceConfig source;
  source.name = "traces";
  source.kind = "langfuse";
  source.contract.emplace();
  source.contract->url = "https://cloud.langfuse.com";
  source.contract->account = account;
  return source;
}

FeedQuestion hour(std::string token = {}) { return {{kNoon, kNoon + kHour}, std::move(token)}; }

std::string page(const std::string& rows, const std::string& meta = "{}") {
  return R"({"data":[)" + rows + R"(],"meta":)" + meta + "}";
}

Result<FeedAnswer> read(const std::string& body, const SourceConfig& source = traces()) {
  return kLangfuseKind.feed("observations", source)->read(body, hour());
}

/// A generation that began at five past noon; `more` is written behind it.
std::string generation(const std::string& more = {}, const std::string& id = "obs-1") {
  return R"({"id":")" + id +
         R"(","traceId":"t-1","type":"GENERATION","startTime":"2026-11-23T12:05:00.000Z",)"
         R"("endTime":"2026-11-23T12:05:02.500Z","projectId":"p-1","userId":"u-7")" +
         more + "}";
}

TEST(LangfuseTest, AGenerationIsARequest) {
  const FeedAnswer answer =
      read(page(generation(R"(,"sessionId":"s-3","level":"DEFAULT","providedModelName":"m-4",)"
                           R"("usageDetails":{"input":900,"input_cached_tokens":100,"output":40,)"
                           R"("output_reasoning_tokens":10,"total":1050},)"
                           R"("costDetails":{"input":0.01,"output":0.002},"totalCost":0.012)")))
          .value();
  ASSERT_THAT(answer.records, SizeIs(1));
  const Record& record = answer.records[0];
  EXPECT_EQ(record.time, kNoon + Duration{5 * kMinute.us});
  EXPECT_EQ(record.duration, Duration{2'500'000});
  EXPECT_EQ(record.requests, 1);
  expect_fields(record, {{"project", std::string("p-1")},
                         {"account", std::string("p-1")},
                         {"end_user", std::string("u-7")},
                         {"request.session", std::string("s-3")},
                         {"status", std::string("DEFAULT")},
                         {"model", std::string("m-4")},
                         {"input_tokens", std::int64_t{1000}},
                         {"cached_tokens", std::int64_t{100}},
                         {"output_tokens", std::int64_t{50}},
                         {"reasoning_tokens", std::int64_t{10}},
                         {"cost", std::int64_t{12'000'000}},
                         {"cost.basis", std::string("computed")}});
  EXPECT_EQ(record.id, Sha256()
                           .update_framed("langfuse")
                           .update_framed("traces")
                           .update_framed("observations")
                           .update_framed("obs-1")
                           .finish());
  EXPECT_FALSE(answer.more);
}

TEST(LangfuseTest, ReadsWhatAnthropicCaches) {
  const FeedAnswer answer =
      read(page(generation(R"(,"usageDetails":{"input":5,"cache_read_input_tokens":20,)"
                           R"("cache_creation_input_tokens":30,"output":1})")))
          .value();
  expect_fields(answer.records.at(0), {{"project", std::string("p-1")},
                                       {"account", std::string("p-1")},
                                       {"end_user", std::string("u-7")},
                                       {"input_tokens", std::int64_t{55}},
                                       {"cached_tokens", std::int64_t{20}},
                                       {"output_tokens", std::int64_t{1}}});
}

TEST(LangfuseTest, WhatWasNeverMeasuredIsAbsent) {
  const FeedAnswer answer =
      read(page(generation(
               R"(,"usageDetails":{},"costDetails":{},"totalCost":0,"providedModelName":null)")))
          .value();
  expect_fields(answer.records.at(0), {{"project", std::string("p-1")},
                                       {"account", std::string("p-1")},
                                       {"end_user", std::string("u-7")}});
}

TEST(LangfuseTest, JudgesTheEndUserWhereThatIsChosen) {
  const FeedAnswer answer =
      read(page(generation() + "," +
                R"({"id":"obs-2","type":"EMBEDDING","startTime":"2026-11-23T12:06:00Z",)"
                R"("endTime":null,"projectId":"p-1","userId":null})"),
           traces(AccountChoice::kEndUser))
          .value();
  ASSERT_THAT(answer.records, SizeIs(2));
  const Value* const account = find_value(answer.records[0], *find_field("account"));
  ASSERT_NE(account, nullptr);
  EXPECT_EQ(*account, Value(std::string("u-7")));
  expect_fields(answer.records[1],
                {{"project", std::string("p-1")}, {"operation", std::string("embeddings")}});
  EXPECT_EQ(answer.records[1].duration, Duration{0});
}

TEST(LangfuseTest, PassesOverWhatIsNoRequestAndWhatIsTheNextHours) {
  const FeedAnswer answer =
      read(page(R"({"id":"s","type":"SPAN","startTime":"2026-11-23T12:06:00Z","projectId":"p"},)"
                R"({"id":"g","type":"GENERATION","startTime":"2026-11-23T13:00:00Z"})"))
          .value();
  EXPECT_THAT(answer.records, SizeIs(0));
  EXPECT_THAT(answer.bad, SizeIs(0));
  EXPECT_EQ(answer.rows, 2);
}

TEST(LangfuseTest, KeepsNoContent) {
  const FeedAnswer answer =
      read(page(generation(
               R"(,"input":"canary","output":{"t":"canary"},"metadata":{"a":"canary"},)"
               R"("name":"canary","statusMessage":"canary","modelParameters":"canary")")))
          .value();
  std::string line;
  write_record_json(answer.records.at(0), line);
  EXPECT_THAT(line, Not(HasSubstr("canary")));
}

TEST(LangfuseTest, QuarantinesABadRow) {
  for (const char* const more :
       {R"(,"usageDetails":{"input":-1})", R"(,"usageDetails":{"input":1,"input":2})",
        R"(,"usageDetails":{"input":1,"total":2,"total":3})", R"(,"id":"again")", R"(,"level":7)",
        R"(,"costDetails":{"a":1},"totalCost":"much")", R"(,"costDetails":{"a":1},"totalCost":-1)",
        R"(,"usageDetails":{"input":9223372036854775807,"input_more":1})"}) {
    const auto answer = read(page(generation(more) + "," + generation({}, "obs-2")));
    ASSERT_TRUE(answer) << more;
    EXPECT_THAT(answer->bad, SizeIs(1)) << more;
    EXPECT_THAT(answer->records, SizeIs(1)) << more;
  }
  for (const char* const row :
       {R"({"type":"GENERATION","startTime":"2026-11-23T12:05:00Z"})",
        R"({"id":"a","type":"GENERATION"})", R"({"id":"a","type":"GENERATION","startTime":"noon"})",
        R"({"id":"a","type":"GENERATION","startTime":"2026-11-23T12:05:00Z",)"
        R"("endTime":"2026-11-23T12:04:00Z"})"}) {
    EXPECT_THAT(read(page(row)).value().bad, SizeIs(1)) << row;
  }
}

TEST(LangfuseTest, RefusesWhatIsNoPage) {
  for (const char* const body :
       {"", "[]", "{}", R"({"data":[]})", R"({"meta":{}})", R"({"data":{},"meta":{}})",
        R"({"data":[],"meta":[]})", R"({"data":[],"meta":{"cursor":7}})",
        R"({"data":[],"data":[],"meta":{}})", R"({"data":[7],"meta":{}})"}) {
    EXPECT_FALSE(read(body)) << body;
  }
  const auto outside =
      read(page(R"({"id":"a","type":"GENERATION","startTime":"2026-11-23T11:59:59Z"})"));
  ASSERT_FALSE(outside);
  EXPECT_THAT(outside.error().message, HasSubstr("outside the time that was asked for"));
}

TEST(LangfuseTest, AsksByCursorAndForNoContent) {
  const FeedAnswer answer = read(page(generation(), R"({"cursor":"a+b/c=="})")).value();
  EXPECT_TRUE(answer.more);
  EXPECT_EQ(answer.next, "a+b/c==");
  const auto feed = kLangfuseKind.feed("observations", traces());
  const HttpRequest request = feed->ask(hour(answer.next));
  EXPECT_EQ(request.url,
            "https://cloud.langfuse.com/api/public/v2/observations?"
            "fields=core%2Cbasic%2Cmodel%2Cusage&fromStartTime=2026-11-23T12%3A00%3A00Z"
            "&toStartTime=2026-11-23T13%3A00%3A00Z&limit=1000&cursor=a%2Bb%2Fc%3D%3D");
  EXPECT_EQ(request.method, HttpMethod::kGet);
}

TEST(LangfuseTest, IsReadByTheContractToItsEnd) {
  ScriptedHttp http([](const std::string& url, std::size_t) {
    const bool second = url.find("&cursor=next") != std::string::npos;
    return HttpResponse{
        200,
        second ? page(generation({}, "obs-2")) : page(generation(), R"({"cursor":"next"})"),
        {}};
  });
  SourceConfig config = traces();
  config.contract->key = {SecretRef::Kind::kEnv, "KEYS"};
  config.contract->endpoints = {"observations"};
  config.contract->bucket = {};
  config.contract->since = kNoon;
  SourceServices services;
  services.variables = {{"KEYS", "pk:sk"}};
  services.http = &http;
  const UtcTime now = kNoon + kHour + Duration{15 * kMinute.us};
  services.now = [now] { return now; };
  const auto source = make_contract_source(config, services).value();
  std::string cursor;
  std::size_t records = 0;
  std::optional<Interval> drained;
  while (const auto given = source->next(cursor, now, {}).value()) {
    cursor = given->cursor;
    records += given->records.size();
    drained = given->drained;
    if (drained) break;
  }
  EXPECT_EQ(records, 2U);
  EXPECT_EQ(drained, (Interval{kNoon, kNoon + kHour}));
  EXPECT_THAT(http.urls(), SizeIs(2));
  EXPECT_THAT(http.credentials(), testing::Each("Authorization=Basic cGs6c2s="));
}

TEST(LangfuseTest, SuppliesWhatItsRecordsHave) {
  const std::set<FieldId> fields = kLangfuseKind.fields("observations", *traces().contract);
  EXPECT_TRUE(fields.contains(*find_field("end_user")));
  EXPECT_FALSE(fields.contains(*find_field("api_key")));
  EXPECT_TRUE(kLangfuseKind.can_tell(EndpointTheme::kUsage, AccountChoice::kEndUser));
  EXPECT_FALSE(kLangfuseKind.can_tell(EndpointTheme::kUsage, AccountChoice::kApiKey));
}

}  // namespace
}  // namespace tidewaiter
