// Anthropic's reports and directory as records. The answers are written by hand, from the vendor's
// documentation.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/anthropic/anthropic_kind.h"
#include "expected_fields.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using Strings = std::vector<std::string>;

const UtcTime kStart = parse_time("2026-09-23T00:00:00Z").value();

SourceConfig config() {
  SourceConfig source;
  source.name = "claude";
  source.kind = "anthropic";
  source.contract.emplace();
  source.contract->url = "https://api.anthropic.com/v1";
  source.contract->version = "2023-06-01";
  source.contract->bucket = kDay;
  return source;
}

FeedQuestion question(std::string token = {}) {
  return {{kStart, kStart + Duration{2 * kDay.us}}, std::move(token)};
}

Result<FeedAnswer> read(const char* endpoint, const std::string& body,
                        const SourceConfig& source = config()) {
  return kAnthropicKind.feed(endpoint, source)->read(body, question());
}

std::string bucket(const std::string& rows, const std::string& start = "2026-09-23T00:00:00Z",
                   const std::string& end = "2026-09-24T00:00:00Z") {
  return R"({"starting_at":")" + start + R"(","ending_at":")" + end + R"(","results":[)" + rows +
         "]}";
}

std::string page(const std::string& data,
                 const std::string& rest = R"("has_more":false,"next_page":null)") {
  return R"({"data":[)" + data + "]," + rest + "}";
}

constexpr const char* kRow =
    R"({"uncached_input_tokens":1500,"cache_creation":{"ephemeral_1h_input_tokens":1000,)"
    R"("ephemeral_5m_input_tokens":500},"cache_read_input_tokens":200,"output_tokens":500,)"
    R"("server_tool_use":{"web_search_requests":10},"api_key_id":"apikey_01","workspace_id":)"
    R"("wrkspc_01","model":"m-4","service_tier":"batch","context_window":"0-200k"})";

TEST(AnthropicMessagesTest, InputIsWhatWasNotCachedReadAndWritten) {
  const FeedAnswer answer = read("messages", page(bucket(kRow))).value();
  ASSERT_EQ(answer.records.size(), 1U);
  const Record& record = answer.records[0];
  EXPECT_EQ(record.time, kStart);
  EXPECT_EQ(record.duration, kDay);
  EXPECT_EQ(record.requests, 0);  // nobody counts them
  expect_fields(record, {{"provider", std::string("anthropic")},
                         {"operation", std::string("messages")},
                         {"project", std::string("wrkspc_01")},
                         {"account", std::string("wrkspc_01")},
                         {"api_key", std::string("apikey_01")},
                         {"response_model", std::string("m-4")},
                         {"service_tier", std::string("batch")},
                         {"request.batch", true},
                         {"input_tokens", std::int64_t{3200}},  // 1500 + 200 + 1000 + 500
                         {"cached_tokens", std::int64_t{200}},
                         {"output_tokens", std::int64_t{500}}});
}

TEST(AnthropicMessagesTest, WhatIsNotToldIsAbsentInTheSumToo) {
  const std::string plain = R"({"uncached_input_tokens":1,"output_tokens":2})";
  const FeedAnswer answer =
      read("messages", page(bucket(plain + "," + plain + "," + kRow))).value();
  ASSERT_EQ(answer.records.size(), 2U);
  expect_fields(answer.records[0], {{"provider", std::string("anthropic")},
                                    {"operation", std::string("messages")},
                                    {"output_tokens", std::int64_t{4}}});
}

TEST(AnthropicMessagesTest, TheAccountMayBeTheKey) {
  SourceConfig source = config();
  source.contract->account = AccountChoice::kApiKey;
  const FeedAnswer answer = read("messages", page(bucket(kRow)), source).value();
  EXPECT_EQ(field_value(answer.records.at(0), *find_field("account")),
            Value(std::string("apikey_01")));
  EXPECT_THAT(kAnthropicKind.feed("messages", source)->series(), HasSubstr(" api_key "));
}

TEST(AnthropicMessagesTest, ABadRowIsQuarantinedByItself) {
  for (const char* row : {R"({"output_tokens":1})", R"({"uncached_input_tokens":1})",
                          R"({"uncached_input_tokens":"1","output_tokens":1})",
                          R"({"uncached_input_tokens":-1,"output_tokens":1})",
                          R"({"uncached_input_tokens":1,"output_tokens":1,"cache_creation":7})",
                          R"({"uncached_input_tokens":1,"output_tokens":1,"output_tokens":2})"}) {
    const FeedAnswer answer = read("messages", page(bucket(std::string(row) + "," + kRow))).value();
    EXPECT_EQ(answer.records.size(), 1U) << row;
    EXPECT_EQ(answer.bad.size(), 1U) << row;
  }
}

TEST(AnthropicMessagesTest, WhatIsNoSuchReportIsRefused) {
  for (const auto& [body, reason] : std::vector<std::pair<std::string, const char*>>{
           {page(bucket(kRow, "2026-09-23", "yesterday")), "no time of RFC 3339"},
           {page(bucket(kRow, "2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z")), "outside"},
           {page(bucket(kRow, "2026-09-23T00:00:00Z", "2026-09-23T01:00:00Z")), "not the width"},
           {R"({"data":{},"has_more":false})", "no array"},
           {R"({"data":[]})", "lacks"}}) {
    const auto answer = read("messages", body);
    ASSERT_FALSE(answer) << body;
    EXPECT_THAT(answer.error().message, HasSubstr(reason));
  }
}

TEST(AnthropicCostsTest, AmountsAreCents) {
  const FeedAnswer answer =
      read("costs", page(bucket(R"({"currency":"USD","amount":"123.78912","workspace_id":"w",)"
                                R"("description":"m-4 Usage - Output","cost_type":"tokens",)"
                                R"("model":"m-4","service_tier":"standard"})")))
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.records[0].requests, 0);
  expect_fields(answer.records[0], {{"provider", std::string("anthropic")},
                                    {"operation", std::string("costs")},
                                    {"project", std::string("w")},
                                    {"account", std::string("w")},
                                    {"response_model", std::string("m-4")},
                                    {"service_tier", std::string("standard")},
                                    {"cost", std::int64_t{1'237'891'200}},
                                    {"cost.basis", std::string("billed")}});
}

TEST(AnthropicCostsTest, DescriptionsTellBillsApart) {
  const auto row = [](const char* description) {
    return R"({"currency":"USD","amount":"1","workspace_id":"w","description":")" +
           std::string(description) + "\"}";
  };
  const FeedAnswer answer =
      read("costs", page(bucket(row("a") + "," + row("b") + "," + row("a")))).value();
  ASSERT_EQ(answer.records.size(), 2U);
  EXPECT_EQ(field_value(answer.records[0], *find_field("cost")), Value(std::int64_t{20'000'000}));
  std::string line;
  write_record_json(answer.records[1], line);
  EXPECT_THAT(line, Not(HasSubstr("description")));
}

TEST(AnthropicDirectoryTest, ReadsUsersWorkspacesAndKeys) {
  const Value created = parse_time("2024-10-30T23:58:27.427722Z").value().us;
  const std::string rest = R"("has_more":true,"first_id":"a","last_id":"next")";
  const FeedAnswer user =
      read("users", page(R"({"id":"user_1","type":"user","email":"a@b.example","name":"Jane",)"
                         R"("role":"user","added_at":"2024-10-30T23:58:27.427722Z"})",
                         rest))
          .value();
  EXPECT_TRUE(user.more);
  EXPECT_EQ(user.next, "next");
  EXPECT_EQ(user.records.at(0).kind, RecordKind::kAccount);
  EXPECT_EQ(user.records[0].time, kStart + kDay);  // the last day of the window
  expect_fields(user.records[0], {{"account", std::string("user_1")},
                                  {"account.kind", std::string("user")},
                                  {"name", std::string("Jane")},
                                  {"email.domain", std::string("b.example")},
                                  {"identifiers", Strings{"anthropic:user_1"}},
                                  {"created", created}});
  const FeedAnswer workspace =
      read("workspaces", page(R"({"id":"wrkspc_1","type":"workspace","name":"Tides",)"
                              R"("created_at":"2024-10-30T23:58:27.427722Z","archived_at":null})"))
          .value();
  expect_fields(workspace.records.at(0), {{"account", std::string("wrkspc_1")},
                                          {"account.kind", std::string("project")},
                                          {"project", std::string("wrkspc_1")},
                                          {"name", std::string("Tides")},
                                          {"identifiers", Strings{"anthropic:wrkspc_1"}},
                                          {"created", created}});
  for (const char* place : {R"("workspace_id":"wrkspc_1")",
                            R"("scope":{"type":"workspace","workspace_id":"wrkspc_1"})"}) {
    const FeedAnswer key =
        read("api_keys",
             page(R"({"id":"apikey_1","type":"api_key","name":"batch",)" + std::string(place) +
                  R"(,"created_at":"2024-10-30T23:58:27.427722Z",)"
                  R"("created_by":{"id":"user_1","type":"user"},)"
                  R"("partial_key_hint":"sk-canary","status":"active"})"))
            .value();
    expect_fields(key.records.at(0), {{"account", std::string("wrkspc_1")},
                                      {"account.kind", std::string("key")},
                                      {"project", std::string("wrkspc_1")},
                                      {"api_key", std::string("apikey_1")},
                                      {"name", std::string("batch")},
                                      {"identifiers", Strings{"anthropic:apikey_1"}},
                                      {"owners.identifier", Strings{"anthropic:user_1"}},
                                      {"created", created}});
  }
}

Value measures_of(const char* endpoint, const std::string& body) {
  const FeedAnswer answer = read(endpoint, body).value();
  return answer.records.size() == 1 ? field_value(answer.records[0], *find_field("enforcement"))
                                    : Value(std::string("no record"));
}

/// The records tell how things stood at the end of the window, 2026-09-25T00:00:00Z.
TEST(AnthropicDirectoryTest, KeysExpire) {
  const auto key = [](const std::string& status, const std::string& expires) {
    return measures_of("api_keys", page(R"({"id":"apikey_1","type":"api_key","status":")" + status +
                                        R"(","expires_at":)" + expires + "}"));
  };
  EXPECT_EQ(key("active", "null"), Value{});
  EXPECT_EQ(key("active", "\"2026-09-25T00:00:01Z\""), Value{});
  EXPECT_EQ(key("active", "\"2026-09-25T00:00:00Z\""), Value(Strings{"expired"}));
  EXPECT_EQ(key("expired", "\"2026-09-01T00:00:00Z\""), Value(Strings{"expired"}));
  EXPECT_EQ(key("archived", "\"2026-09-01T00:00:00Z\""), Value((Strings{"archived", "expired"})));
  EXPECT_EQ(key("inactive", "null"), Value(Strings{"inactive"}));
  EXPECT_EQ(key("a-new-word", "null"), Value(Strings{"a-new-word"}));
  EXPECT_EQ(read("api_keys", page(R"({"id":"k","type":"api_key","expires_at":"soon"})"))
                .value()
                .bad.size(),
            1U);
}

constexpr const char* kProfile =
    R"({"id":"uprof_1","type":"user_profile","name":"Tides Ltd","access_type":"passthrough",)"
    R"("created_at":"2026-03-01T00:00:00Z","updated_at":"2026-03-02T00:00:00Z",)"
    R"("enforcement_status":"banned","enforcement_actions":[)"
    R"({"id":"enac_1","type":"ban","reason":"fraud_or_abuse","action":null,)"
    R"("opened_at":"2026-09-01T08:00:00Z","expires_at":null},)"
    R"({"id":"enac_2","type":"restriction","reason":"unsupported_region","action":"verify",)"
    R"("opened_at":"2026-09-02T08:00:00Z","expires_at":"2026-10-02T08:00:00Z"}],)"
    R"("external_user_details":{"account_status":"active","country":"FR","email_hash":"canary",)"
    R"("entity_type":"business","name_hash":"canary","onboarded_at":null,"reference_id":"canary"},)"
    R"("metadata":{"note":"canary"},"programs":{}})";

TEST(AnthropicDirectoryTest, ProfilesTellOfMeasuresAndResellers) {
  const FeedAnswer answer =
      read("user_profiles", R"({"data":[)" + std::string(kProfile) + R"(],"next_page":"p 2"})")
          .value();
  EXPECT_TRUE(answer.more);
  EXPECT_EQ(answer.next, "p 2");
  ASSERT_EQ(answer.records.size(), 1U);
  expect_fields(
      answer.records[0],
      {{"account", std::string("uprof_1")},
       {"account.kind", std::string("end_user")},
       {"end_user", std::string("uprof_1")},
       {"name", std::string("Tides Ltd")},
       {"country.declared", std::string("FR")},
       {"reseller", std::string("passthrough")},
       {"identifiers", Strings{"anthropic:uprof_1"}},
       {"created", parse_time("2026-03-01T00:00:00Z").value().us},
       {"enforcement", Strings{"banned", "fraud_or_abuse", "unsupported_region",
                               "ban: fraud_or_abuse since 2026-09-01T08:00:00Z",
                               "restriction: unsupported_region since 2026-09-02T08:00:00Z until "
                               "2026-10-02T08:00:00Z"}}});
  std::string line;
  write_record_json(answer.records[0], line);
  EXPECT_THAT(line, Not(HasSubstr("canary")));
}

TEST(AnthropicDirectoryTest, AStatusThatIsNotKnownRestricts) {
  const auto profile = [](const std::string& status, const std::string& actions = "[]") {
    return R"({"data":[{"id":"uprof_1","type":"user_profile","access_type":"application",)"
           R"("enforcement_status":)" +
           status + R"(,"enforcement_actions":)" + actions + R"(}],"next_page":null})";
  };
  EXPECT_EQ(measures_of("user_profiles", profile("\"unrestricted\"")), Value{});
  EXPECT_EQ(measures_of("user_profiles", profile("\"pending\"")), Value(Strings{"pending"}));
  EXPECT_EQ(measures_of("user_profiles", profile("\"frozen\"")),
            Value((Strings{"restricted", "frozen"})));
  // A reason or a type that nobody knows is kept in its words.
  EXPECT_EQ(measures_of("user_profiles",
                        profile("\"restricted\"", R"([{"type":"pause","reason":"tides",)"
                                                  R"("opened_at":"2026-09-01T08:00:00Z"}])")),
            Value((Strings{"restricted", "tides", "pause: tides since 2026-09-01T08:00:00Z"})));
  // Nobody is taken for free of measures because the answer is silent.
  for (const std::string& body :
       {profile("null"), profile("\"restricted\"", "null"), profile("\"restricted\"", "[7]"),
        profile("\"restricted\"", R"([{"type":"ban"}])"),
        profile("\"restricted\"", R"([{"type":"ban","reason":"r","opened_at":"soon"}])")}) {
    const FeedAnswer answer = read("user_profiles", body).value();
    EXPECT_EQ(answer.records.size(), 0U) << body;
    EXPECT_EQ(answer.bad.size(), 1U) << body;
  }
  EXPECT_FALSE(read("user_profiles", R"({"data":[],"has_more":false})")) << "it lacks `next_page`";
}

TEST(AnthropicDirectoryTest, ServiceAccountsArePrincipals) {
  const FeedAnswer answer =
      read("service_accounts", R"({"data":[{"id":"svac_1","type":"service_account","name":"ci",)"
                               R"("description":"canary","created_at":"2026-03-01T00:00:00Z",)"
                               R"("created_by_actor_id":"user_1",)"
                               R"("archived_at":"2026-04-01T00:00:00Z"}],"next_page":null})")
          .value();
  EXPECT_FALSE(answer.more);
  expect_fields(answer.records.at(0), {{"account", std::string("svac_1")},
                                       {"account.kind", std::string("user")},
                                       {"name", std::string("ci")},
                                       {"identifiers", Strings{"anthropic:svac_1"}},
                                       {"created", parse_time("2026-03-01T00:00:00Z").value().us},
                                       {"enforcement", Strings{"archived"}}});
}

TEST(AnthropicDirectoryTest, AnotherListIsRefused) {
  const auto answer = read("users", page(R"({"id":"w","type":"workspace"})"));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("`type` is not `user`"));
}

TEST(AnthropicFeedTest, AsksAsTheDocumentationSays) {
  const auto asked = [](const char* endpoint, std::string token = {}) {
    return kAnthropicKind.feed(endpoint, config())->ask(question(std::move(token)));
  };
  const std::string base = "https://api.anthropic.com/v1/organizations/";
  const std::string window =
      "?starting_at=2026-09-23T00%3A00%3A00Z&ending_at=2026-09-25T00%3A00%3A00Z&bucket_width=1d"
      "&limit=31";
  EXPECT_EQ(asked("messages").url,
            base + "usage_report/messages" + window +
                "&group_by%5B%5D=workspace_id&group_by%5B%5D=api_key_id&group_by%5B%5D=model"
                "&group_by%5B%5D=service_tier");
  EXPECT_EQ(asked("costs", "page_A=").url,
            base + "cost_report" + window +
                "&group_by%5B%5D=workspace_id&group_by%5B%5D=description&page=page_A%3D");
  EXPECT_EQ(asked("users", "u 1").url, base + "users?limit=1000&after_id=u%201");
  EXPECT_EQ(asked("workspaces").url, base + "workspaces?limit=1000&include_archived=true");
  EXPECT_EQ(asked("api_keys").url, base + "api_keys?limit=1000");
  EXPECT_EQ(asked("service_accounts", "p 2").url,
            base + "service_accounts?limit=100&include_archived=true&page=p%202");
  EXPECT_EQ(asked("user_profiles", "p 2").url,
            "https://api.anthropic.com/v1/user_profiles?limit=100&order_by=created_at&order=asc"
            "&page=p%202");
  for (const char* const endpoint : {"messages", "costs", "users"}) {
    EXPECT_THAT(asked(endpoint).headers, testing::Contains(std::pair<std::string, std::string>(
                                             "anthropic-version", "2023-06-01")));
  }
}

}  // namespace
}  // namespace tidewaiter
