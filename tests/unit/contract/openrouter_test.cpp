// OpenRouter's activity as records. The answers are written by hand, from the vendor's
// documentation.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/openrouter/openrouter_kind.h"
#include "expected_fields.h"
#include "policies/model/digest.h"
#include "scripted_http.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const UtcTime kThatDay = parse_time("2026-11-20T00:00:00Z").value();

SourceConfig router() {
  SourceConfig source;
  source.name = "router";
  source.kind = "openrouter";
  source.contract.emplace();
  source.contract->url = "https://openrouter.ai/api/v1";
  source.contract->account = AccountChoice::kApiKey;
  source.contract->bucket = kDay;
  return source;
}

FeedQuestion day(std::string token = {}) { return {{kThatDay, kThatDay + kDay}, std::move(token)}; }

Result<FeedAnswer> read(const std::string& body, const std::string& token = "2..aa.bb.") {
  return kOpenRouterKind.feed("activity", router())->read(body, day(token));
}

std::string url_for(const std::string& token) {
  return kOpenRouterKind.feed("activity", router())->ask(day(token)).url;
}

/// The example of the documentation.
std::string row(const std::string& date = "2026-11-20", const std::string& more = {}) {
  return R"({"date":")" + date +
         R"(","model":"openai/gpt-4.1","model_permaslug":"openai/gpt-4.1-2025-04-14",)"
         R"("endpoint_id":"550e8400","provider_name":"OpenAI","usage":0.015,)"
         R"("byok_usage_inference":0.012,"requests":5,"prompt_tokens":50,)"
         R"("completion_tokens":125,"reasoning_tokens":25)" +
         more + "}";
}

TEST(OpenRouterTest, ARowIsADayOfAKey) {
  const FeedAnswer answer = read(R"({"data":[)" + row() + "]}").value();
  ASSERT_THAT(answer.records, SizeIs(1));
  const Record& record = answer.records[0];
  EXPECT_EQ(record.time, kThatDay);
  EXPECT_EQ(record.duration, kDay);
  EXPECT_EQ(record.requests, 5);
  expect_fields(record, {{"api_key", std::string("aa")},
                         {"account", std::string("aa")},
                         {"model", std::string("openai/gpt-4.1")},
                         {"response_model", std::string("openai/gpt-4.1-2025-04-14")},
                         {"provider", std::string("OpenAI")},
                         {"input_tokens", std::int64_t{50}},
                         {"output_tokens", std::int64_t{125}},
                         {"reasoning_tokens", std::int64_t{25}},
                         {"cost", std::int64_t{15'000'000}},
                         {"cost.basis", std::string("billed")}});
  Sha256 id;
  id.update_framed("openrouter").update_framed("router").update_framed("activity");
  id.update_framed(std::to_string(kThatDay.us)).update_framed("aa");
  for (const char* const part :
       {"openai/gpt-4.1", "openai/gpt-4.1-2025-04-14", "OpenAI", "550e8400"}) {
    id.update_framed("value").update_framed(part);
  }
  EXPECT_EQ(record.id, id.finish());
}

TEST(OpenRouterTest, WalksThroughAllKeys) {
  EXPECT_EQ(url_for(""), "https://openrouter.ai/api/v1/keys?include_disabled=true&offset=0");
  const FeedAnswer keys =
      read(R"({"data":[{"hash":"aa","label":"sk-or-v1-0e6...c96"},{"hash":"bb"}]})", "").value();
  EXPECT_THAT(keys.records, SizeIs(0));
  EXPECT_TRUE(keys.more);
  EXPECT_EQ(url_for(keys.next),
            "https://openrouter.ai/api/v1/activity?date=2026-11-20&api_key_hash=aa");
  const FeedAnswer first = read(R"({"data":[]})", keys.next).value();
  EXPECT_EQ(url_for(first.next),
            "https://openrouter.ai/api/v1/activity?date=2026-11-20&api_key_hash=bb");
  const FeedAnswer second = read(R"({"data":[]})", first.next).value();
  EXPECT_EQ(url_for(second.next),
            "https://openrouter.ai/api/v1/keys?include_disabled=true&offset=2");
  EXPECT_FALSE(read(R"({"data":[]})", second.next).value().more);
}

TEST(OpenRouterTest, QuarantinesABadRow) {
  for (const std::string& bad :
       {row("2026-11-20", R"(,"requests":6)"), std::string(R"({"model":"m","requests":1})"),
        std::string(R"({"date":"2026-11-20"})"),
        std::string(R"({"date":"2026-11-20","requests":-1})"),
        std::string(R"({"date":"2026-11-20","requests":1,"usage":"much"})"),
        std::string(R"({"date":"2026-11-20","requests":1,"usage":-1})"), row()}) {
    const auto answer = read(R"({"data":[)" + row() + "," + bad + "]}");
    ASSERT_TRUE(answer) << bad;
    EXPECT_THAT(answer->records, SizeIs(1)) << bad;
    EXPECT_THAT(answer->bad, SizeIs(1)) << bad;
  }
  const auto keys = read(R"({"data":[{"hash":"a/b"},{},{"hash":"aa"},{"hash":"aa"}]})", "");
  ASSERT_TRUE(keys);
  EXPECT_THAT(keys->bad, SizeIs(3));
  EXPECT_EQ(keys->next, "4..aa.");
}

TEST(OpenRouterTest, RefusesWhatIsNoPage) {
  for (const char* const body :
       {"", "[]", "{}", R"({"data":{}})", R"({"data":[],"data":[]})", R"({"data":[7]})"}) {
    EXPECT_FALSE(read(body)) << body;
    EXPECT_FALSE(read(body, "")) << body;
  }
  const auto other = read(R"({"data":[)" + row("2026-11-21") + "]}");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("another day"));
}

TEST(OpenRouterTest, IsReadByTheContractToItsEnd) {
  ScriptedHttp http([](const std::string& url, std::size_t) {
    std::string body = R"({"data":[]})";
    if (url.ends_with("offset=0")) body = R"({"data":[{"hash":"aa"},{"hash":"bb"}]})";
    if (url.ends_with("hash=bb")) body = R"({"data":[)" + row() + "]}";
    return HttpResponse{200, body, {}};
  });
  SourceConfig config = router();
  config.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  config.contract->endpoints = {"activity"};
  config.contract->since = kThatDay;
  SourceServices services;
  services.variables = {{"KEY", "sk-or"}};
  services.http = &http;
  const UtcTime now = kThatDay + kDay + kHour;
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
  EXPECT_EQ(records, 1U);
  EXPECT_EQ(drained, (Interval{kThatDay, kThatDay + kDay}));
  EXPECT_THAT(http.credentials(), ElementsAre("sk-or", "sk-or", "sk-or", "sk-or"));
}

TEST(OpenRouterTest, TellsKeysAlone) {
  EXPECT_TRUE(kOpenRouterKind.can_tell(EndpointTheme::kUsage, AccountChoice::kApiKey));
  EXPECT_FALSE(kOpenRouterKind.can_tell(EndpointTheme::kUsage, AccountChoice::kProject));
  EXPECT_FALSE(
      kOpenRouterKind.fields("activity", *router().contract).contains(*find_field("organization")));
}

}  // namespace
}  // namespace tidewaiter
