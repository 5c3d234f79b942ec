// OpenAI's usage pages as records. The pages are written by hand, from the published specification.
#include "daemon/sources/openai/usage_page.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kStart = 1'790'164'800;  // 2026-09-23T12:00:00Z

UsageReading reading(std::string_view endpoint = "completions") {
  UsageReading how;
  how.endpoint = find_usage_endpoint(endpoint);
  how.source = "openai";
  how.width = kHour;
  how.window = {{kStart * kSecond.us}, {(kStart + 7200) * kSecond.us}};
  return how;
}

std::string bucket(const std::string& rows, std::int64_t start = kStart,
                   std::int64_t end = kStart + 3600) {
  return R"({"object":"bucket","start_time":)" + std::to_string(start) + R"(,"end_time":)" +
         std::to_string(end) + R"(,"results":[)" + rows + "]}";
}

std::string page(const std::string& buckets,
                 const std::string& rest = R"("has_more":false,"next_page":null)") {
  return R"({"object":"page","data":[)" + buckets + "]," + rest + "}";
}

std::string row(const std::string& members, const std::string& endpoint = "completions") {
  return R"({"object":"organization.usage.)" + endpoint + R"(.result",)" + members + "}";
}

const std::string kFullRow = row(
    R"("input_tokens":1000,"input_cached_tokens":400,"output_tokens":500,"num_model_requests":5,)"
    R"("project_id":"proj_1","user_id":"user-7","api_key_id":"key_3","model":"m-2026-01-01",)"
    R"("batch":true,"service_tier":"default","input_audio_tokens":50)");

std::string json(Record record) {
  record.id = {};
  std::string out;
  write_record_json(record, out);
  return out;
}

TEST(UsagePageTest, ReadsARowWithAllItsDimensions) {
  UsageReading how = reading();
  how.organization = "org-9";
  const FeedAnswer answer = read_usage_page(page(bucket(kFullRow)), how).value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.rows, 1);
  EXPECT_FALSE(answer.more);
  const Record& record = answer.records[0];
  EXPECT_EQ(record.time, (UtcTime{kStart * kSecond.us}));
  EXPECT_EQ(record.duration, kHour);
  EXPECT_EQ(record.requests, 5);
  for (const auto& [name, value] : std::vector<std::pair<std::string_view, Value>>{
           {"provider", std::string("openai")},
           {"operation", std::string("completions")},
           {"organization", std::string("org-9")},
           {"project", std::string("proj_1")},
           {"account", std::string("proj_1")},
           {"api_key", std::string("key_3")},
           {"response_model", std::string("m-2026-01-01")},
           {"service_tier", std::string("default")},
           {"request.batch", true},
           {"input_tokens", std::int64_t{1000}},
           {"cached_tokens", std::int64_t{400}},
           {"output_tokens", std::int64_t{500}}}) {
    EXPECT_EQ(field_value(record, *find_field(name)), value) << name;
  }
  // Nobody said which model was asked for, nor how many tokens were spent on reasoning.
  EXPECT_TRUE(is_null(field_value(record, *find_field("model"))));
  EXPECT_TRUE(is_null(field_value(record, *find_field("reasoning_tokens"))));
}

TEST(UsagePageTest, TheAccountIsWhatTheConfigurationChooses) {
  UsageReading how = reading();
  const std::string text = page(bucket(kFullRow));
  how.account = AccountChoice::kPrincipal;
  EXPECT_EQ(field_value(read_usage_page(text, how)->records[0], *find_field("account")),
            Value(std::string("user-7")));
  how.account = AccountChoice::kApiKey;
  EXPECT_EQ(field_value(read_usage_page(text, how)->records[0], *find_field("account")),
            Value(std::string("key_3")));
}

TEST(UsagePageTest, NullsAreAbsentAndNotNought) {
  const FeedAnswer answer =
      read_usage_page(page(bucket(row(R"("input_tokens":0,"output_tokens":null,)"
                                      R"("num_model_requests":0,"project_id":null,"model":null,)"
                                      R"("batch":null)"))),
                      reading())
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(json(answer.records[0]), json([] {
              Record record;
              record.requests = 0;
              record.time = {kStart * kSecond.us};
              record.duration = kHour;
              set_value(record, *find_field("provider"), std::string("openai"));
              set_value(record, *find_field("operation"), std::string("completions"));
              set_value(record, *find_field("input_tokens"), std::int64_t{0});
              return record;
            }()));
}

TEST(UsagePageTest, TellsTheNextPage) {
  const FeedAnswer answer =
      read_usage_page(page("", R"("has_more":true,"next_page":"page_A+=")"), reading()).value();
  EXPECT_TRUE(answer.more);
  EXPECT_EQ(answer.next, "page_A+=");
  EXPECT_EQ(answer.rows, 0);
}

TEST(UsagePageTest, TakesMembersInAnyOrder) {
  const std::string turned = R"({"next_page":null,"has_more":false,"data":[{"results":[)" +
                             kFullRow + R"(],"end_time":)" + std::to_string(kStart + 3600) +
                             R"(,"start_time":)" + std::to_string(kStart) +
                             R"(,"object":"bucket"}],"object":"page"})";
  const FeedAnswer straight = read_usage_page(page(bucket(kFullRow)), reading()).value();
  const FeedAnswer other = read_usage_page(turned, reading()).value();
  ASSERT_EQ(other.records.size(), 1U);
  EXPECT_EQ(other.records[0].id, straight.records[0].id);
  EXPECT_TRUE(same_content(other.records[0], straight.records[0]));
}

TEST(UsagePageTest, SumsRowsThatTheServerCannotTellApart) {
  const std::string one =
      row(R"("input_tokens":10,"output_tokens":1,"num_model_requests":2,"user_id":null)");
  const std::string other =
      row(R"("input_tokens":20,"output_tokens":2,"num_model_requests":3,"input_cached_tokens":7)");
  const std::string named =
      row(R"("input_tokens":40,"output_tokens":4,"num_model_requests":1,"user_id":"")");
  const FeedAnswer answer =
      read_usage_page(page(bucket(one + "," + named + "," + other)), reading()).value();
  EXPECT_EQ(answer.rows, 3);
  ASSERT_EQ(answer.records.size(), 2U);
  EXPECT_EQ(answer.records[0].requests, 5);
  EXPECT_EQ(field_value(answer.records[0], *find_field("input_tokens")), Value(std::int64_t{30}));
  // One of them did not say how many were cached.
  EXPECT_TRUE(is_null(field_value(answer.records[0], *find_field("cached_tokens"))));
  EXPECT_EQ(answer.records[1].requests, 1);
  EXPECT_NE(answer.records[0].id, answer.records[1].id);  // null is not an empty text
}

TEST(UsagePageTest, TheIdIsTheHashOfConnectorEndpointWidthStartAndAllDimensions) {
  Sha256 hash;
  for (const char* part : {"openai",
                           "openai",
                           "completions",
                           "3600000000",
                           "1790164800000000",
                           "project_id",
                           "value",
                           "proj_1",
                           "user_id",
                           "value",
                           "user-7",
                           "api_key_id",
                           "value",
                           "key_3",
                           "model",
                           "null",
                           "",
                           "batch",
                           "value",
                           "true",
                           "service_tier",
                           "null",
                           ""}) {
    hash.update_framed(part);
  }
  const FeedAnswer answer =
      read_usage_page(page(bucket(row(R"("input_tokens":1,"num_model_requests":1,)"
                                      R"("project_id":"proj_1","user_id":"user-7",)"
                                      R"("api_key_id":"key_3","model":null,"batch":true)"))),
                      reading())
          .value();
  EXPECT_EQ(answer.records[0].id, hash.finish());
}

TEST(UsagePageTest, ChangedFiguresKeepTheId) {
  const auto read = [](const std::string& members) {
    return read_usage_page(page(bucket(row(members))), reading())->records[0].id;
  };
  EXPECT_EQ(read(R"("input_tokens":1,"num_model_requests":1,"model":"m")"),
            read(R"("input_tokens":9,"num_model_requests":8,"model":"m","output_tokens":7)"));
  EXPECT_NE(read(R"("input_tokens":1,"num_model_requests":1,"model":"m")"),
            read(R"("input_tokens":1,"num_model_requests":1,"model":"n")"));
}

TEST(UsagePageTest, OneBadRowDoesNotTakeTheOthersAway) {
  const std::string bad = row(R"("input_tokens":"12","num_model_requests":1)");
  for (const std::string& wrong :
       {bad, row(R"("input_tokens":1)"), row(R"("num_model_requests":1)"),
        row(R"("input_tokens":-1,"num_model_requests":1)"),
        row(R"("input_tokens":1.5,"num_model_requests":1)"),
        row(R"("input_tokens":99999999999999999999,"num_model_requests":1)"),
        row(R"("input_tokens":1,"num_model_requests":1,"model":["m"])"),
        row(R"("input_tokens":1,"num_model_requests":1,"batch":"true")"),
        row(R"("input_tokens":1,"num_model_requests":1,"model":"a\u0000b")"),
        row(R"("input_tokens":1,"input_tokens":2,"num_model_requests":1)"),
        row(R"("input_tokens":1,"num_model_requests":1,"model":")" + std::string(5000, 'm') +
            "\"")}) {
    const auto answer = read_usage_page(page(bucket(kFullRow + "," + wrong + "," +
                                                    row(R"("input_tokens":1,)"
                                                        R"("num_model_requests":1)"))),
                                        reading());
    ASSERT_TRUE(answer) << wrong << answer.error().message;
    EXPECT_EQ(answer->records.size(), 2U) << wrong;
    ASSERT_EQ(answer->bad.size(), 1U) << wrong;
    EXPECT_EQ(answer->rows, 3);
    EXPECT_EQ(answer->bad[0].origin, "2026-09-23T12:00:00Z") << wrong;
    EXPECT_EQ(answer->bad[0].content, sha256(wrong));
    EXPECT_EQ(answer->bad[0].length, static_cast<std::int64_t>(wrong.size()));
  }
}

struct Refusal {
  const char* name;
  std::string text;
  const char* reason;
};

TEST(UsagePageTest, RefusesWhatIsNoSuchPage) {
  const std::string twice = bucket(kFullRow) + "," + bucket(kFullRow);
  std::string deep = R"({"object":"page","data":)";
  for (int i = 0; i < 100'000; ++i) deep += '[';
  const std::vector<Refusal> cases = {
      {"nothing", "", "no JSON object"},
      {"a list", "[]", "no JSON object"},
      {"HTML", "<html></html>", "no JSON object"},
      {"cut", page(bucket(kFullRow)).substr(0, 200), "no page"},
      {"another object", R"({"object":"list","data":[],"has_more":false})", "`object` is not"},
      {"no data", R"({"object":"page","has_more":false,"next_page":null})", "it lacks"},
      {"no has_more", R"({"object":"page","data":[]})", "it lacks"},
      {"data is a map", R"({"object":"page","data":{},"has_more":false})", "`data` is no array"},
      {"data of texts", R"({"object":"page","data":["x"],"has_more":false})", "no object"},
      {"a number as token", page("", R"("has_more":true,"next_page":7)"), "no token"},
      {"twice has_more", page("", R"("has_more":true,"has_more":false)"), "a member twice"},
      {"a costs row", page(bucket(R"({"object":"organization.costs.result"})")), "`object` is not"},
      {"a row without object", page(bucket(R"({"num_model_requests":1})")), "lacks `object`"},
      {"before the window", page(bucket(kFullRow, kStart - 3600, kStart)), "outside the window"},
      {"behind it", page(bucket(kFullRow, kStart + 7200, kStart + 10800)), "outside the window"},
      {"of another width", page(bucket(kFullRow, kStart, kStart + 7200)), "has not the width"},
      {"off its width", page(bucket(kFullRow, kStart + 60, kStart + 3660)), "has not the width"},
      {"twice a bucket", page(twice), "a bucket comes twice"},
      {"no time", page(R"({"object":"bucket","results":[]})"), "a bucket lacks"},
      {"behind its end", page("") + "{}", "goes on behind its end"},
      {"deep", deep, "no page"},
      {"not UTF-8",
       page(bucket(row(R"("num_model_requests":1,"model":")"
                       "\xff"
                       R"(")"))),
       "no JSON object"},
  };
  for (const Refusal& refusal : cases) {
    const auto answer = read_usage_page(refusal.text, reading());
    ASSERT_FALSE(answer) << refusal.name;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput) << refusal.name;
    EXPECT_THAT(answer.error().message, HasSubstr(refusal.reason)) << refusal.name;
  }
}

TEST(UsagePageTest, PassesOverWhatIsNotOnTheList) {
  std::string deep = "\"extra\":";
  for (int i = 0; i < 500; ++i) deep += '[';
  for (int i = 0; i < 500; ++i) deep += ']';
  const FeedAnswer answer =
      read_usage_page(
          page(bucket(row(R"("input_tokens":1,"num_model_requests":1,"prompt":"canary",)" + deep))),
          reading())
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_THAT(json(answer.records[0]), testing::Not(HasSubstr("canary")));
}

TEST(UsagePageTest, EachEndpointHasItsOwnRows) {
  for (const UsageEndpoint& endpoint : usage_endpoints()) {
    const std::string tokens = endpoint.has_tokens ? R"("input_tokens":3,)" : R"("images":2,)";
    const std::string own = row(tokens + R"("num_model_requests":1,"size":"1024x1024","model":"m")",
                                std::string(endpoint.name));
    const auto answer = read_usage_page(page(bucket(own)), reading(endpoint.name));
    ASSERT_TRUE(answer) << endpoint.name << answer.error().message;
    ASSERT_EQ(answer->records.size(), 1U) << endpoint.name;
    EXPECT_EQ(field_value(answer->records[0], *find_field("operation")),
              Value(std::string(endpoint.name)));
    const bool other = endpoint.name != "completions";
    EXPECT_EQ(read_usage_page(page(bucket(kFullRow)), reading(endpoint.name)).has_value(), !other);
    const std::set<FieldId> fields = usage_fields(endpoint, {});
    for (const auto& [field, value] : answer->records[0].fields) {
      EXPECT_TRUE(fields.contains(field)) << tidewaiter::field(field).name;
    }
  }
  EXPECT_EQ(find_usage_endpoint("costs"), nullptr);
}

}  // namespace
}  // namespace tidewaiter
