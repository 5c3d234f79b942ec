// OpenAI's directory as account records. The lists are written by hand, from the published
// specification.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/openai/directory_feed.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using Strings = std::vector<std::string>;

const UtcTime kNoon = parse_time("2026-09-23T00:00:00Z").value();

SourceConfig config() {
  SourceConfig source;
  source.name = "people";
  source.kind = "openai";
  source.record = RecordKind::kAccount;
  source.contract.emplace();
  source.contract->url = "https://api.openai.com/v1";
  source.contract->bucket = kDay;
  source.contract->organization = "org-9";
  return source;
}

FeedQuestion question(std::string token = {}) {
  // Three days have passed since the last sweep: it tells of the last of them.
  return {{kNoon - Duration{3 * kDay.us}, kNoon}, std::move(token)};
}

std::string list(const std::string& entries,
                 const std::string& rest = R"("first_id":"a","last_id":"b","has_more":false)") {
  return R"({"object":"list","data":[)" + entries + "]," + rest + "}";
}

Result<FeedAnswer> read(const char* endpoint, const std::string& body, std::string token = {}) {
  return OpenAiDirectoryFeed(endpoint, config()).read(body, question(std::move(token)));
}

void expect_fields(const Record& record, const std::vector<std::pair<const char*, Value>>& wanted) {
  EXPECT_EQ(record.kind, RecordKind::kAccount);
  EXPECT_EQ(record.time, kNoon - kDay);
  EXPECT_EQ(record.duration, kDay);
  std::vector<std::pair<FieldId, Value>> fields;
  for (const auto& [name, value] : wanted) fields.emplace_back(*find_field(name), value);
  std::ranges::sort(fields, {}, &std::pair<FieldId, Value>::first);
  EXPECT_EQ(record.fields, fields);
}

constexpr const char* kUser =
    R"({"object":"organization.user","id":"user-7","name":"First Last",)"
    R"("email":"f.last@Mail.Example.org","role":"owner","added_at":1711471533,)"
    R"("user":{"object":"user","id":"user-7","banned":true,"enabled":true}})";
constexpr const char* kProject =
    R"({"id":"proj_1","object":"organization.project","name":"Tides","created_at":1711471533,)"
    R"("archived_at":null,"status":"active"})";
constexpr const char* kKey =
    R"({"object":"organization.project.api_key","redacted_value":"sk-canary...def","name":"batch",)"
    R"("created_at":1711471533,"last_used_at":null,"id":"key_3","owner_project_access":"active",)"
    R"("owner":{"type":"user","user":{"id":"user-7","name":"First Last",)"
    R"("email":"f.last@mail.example.org","role":"owner","created_at":1711471533}}})";

const Value kCreated = std::int64_t{1'711'471'533'000'000};

TEST(OpenAiDirectoryTest, ReadsAUser) {
  const FeedAnswer answer = read("users", list(kUser)).value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_FALSE(answer.more);
  expect_fields(answer.records[0], {{"organization", std::string("org-9")},
                                    {"account", std::string("user-7")},
                                    {"account.kind", std::string("user")},
                                    {"name", std::string("First Last")},
                                    {"email.domain", std::string("mail.example.org")},
                                    {"identifiers", Strings{"openai:user-7"}},
                                    {"enforcement", Strings{"banned"}},
                                    {"created", kCreated}});
}

TEST(OpenAiDirectoryTest, ReadsAProject) {
  const FeedAnswer answer = read("projects", list(kProject)).value();
  ASSERT_EQ(answer.records.size(), 1U);
  expect_fields(answer.records[0], {{"organization", std::string("org-9")},
                                    {"account", std::string("proj_1")},
                                    {"account.kind", std::string("project")},
                                    {"project", std::string("proj_1")},
                                    {"name", std::string("Tides")},
                                    {"identifiers", Strings{"openai:proj_1"}},
                                    {"created", kCreated}});
}

TEST(OpenAiDirectoryTest, AKeyBelongsToItsProjectAndItsOwner) {
  const FeedAnswer answer = read("api_keys", list(kKey), "..proj_1.").value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_FALSE(answer.more);
  expect_fields(answer.records[0], {{"organization", std::string("org-9")},
                                    {"account", std::string("proj_1")},
                                    {"account.kind", std::string("key")},
                                    {"project", std::string("proj_1")},
                                    {"api_key", std::string("key_3")},
                                    {"name", std::string("batch")},
                                    {"email.domain", std::string("mail.example.org")},
                                    {"identifiers", Strings{"openai:key_3"}},
                                    {"owners", Strings{"First Last"}},
                                    {"owners.identifier", Strings{"openai:user-7"}},
                                    {"created", kCreated}});
}

TEST(OpenAiDirectoryTest, TheAccountIsWhatTheConfigurationChooses) {
  for (const auto& [choice, account] :
       std::vector<std::pair<AccountChoice, std::string>>{{AccountChoice::kProject, "proj_1"},
                                                          {AccountChoice::kPrincipal, "user-7"},
                                                          {AccountChoice::kApiKey, "key_3"}}) {
    SourceConfig source = config();
    source.contract->account = choice;
    const FeedAnswer answer =
        OpenAiDirectoryFeed("api_keys", source).read(list(kKey), question("..proj_1.")).value();
    EXPECT_EQ(field_value(answer.records.at(0), *find_field("account")), Value(account));
  }
}

TEST(OpenAiDirectoryTest, ItsSeriesNamesTheChoiceByItsWord) {
  SourceConfig source = config();
  source.contract->account = AccountChoice::kPrincipal;
  EXPECT_THAT(OpenAiDirectoryFeed("api_keys", source).series(), testing::EndsWith(" principal"));
}

TEST(OpenAiDirectoryTest, AnAdminKeyNamesItsOwnerInPlace) {
  const FeedAnswer answer =
      read("admin_api_keys",
           list(R"({"object":"organization.admin_api_key","id":"key_a","name":"Main",)"
                R"("redacted_value":"sk-admin...canary","created_at":1711471533,)"
                R"("owner":{"type":"service_account","object":"organization.user","id":"sa_456",)"
                R"("name":"Robot","created_at":1711471533,"role":"owner"}})"))
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  expect_fields(answer.records[0], {{"organization", std::string("org-9")},
                                    {"account", std::string("key_a")},
                                    {"account.kind", std::string("key")},
                                    {"api_key", std::string("key_a")},
                                    {"name", std::string("Main")},
                                    {"identifiers", Strings{"openai:key_a"}},
                                    {"owners", Strings{"Robot"}},
                                    {"owners.identifier", Strings{"openai:sa_456"}},
                                    {"created", kCreated}});
}

/// As it stood at the end of the window's last day.
TEST(OpenAiDirectoryTest, AnAdminKeyExpires) {
  const auto measures = [](UtcTime expires) {
    const FeedAnswer answer =
        read("admin_api_keys",
             list(R"({"object":"organization.admin_api_key","id":"key_a","expires_at":)" +
                  std::to_string(expires.us / kSecond.us) + "}"))
            .value();
    return field_value(answer.records.at(0), *find_field("enforcement"));
  };
  const UtcTime end = question().window.to;
  EXPECT_EQ(measures(end), Value(Strings{"expired"}));
  EXPECT_EQ(measures(end + kSecond), Value{});
}

TEST(OpenAiDirectoryTest, AsksForWholeLists) {
  const auto url = [](const char* endpoint, std::string token) {
    return OpenAiDirectoryFeed(endpoint, config()).ask(question(std::move(token))).url;
  };
  const std::string base = "https://api.openai.com/v1/organization/";
  EXPECT_EQ(url("users", ""), base + "users?limit=100");
  EXPECT_EQ(url("users", "user/1"), base + "users?limit=100&after=user%2F1");
  EXPECT_EQ(url("projects", ""), base + "projects?limit=100&include_archived=true");
  EXPECT_EQ(url("admin_api_keys", "k"), base + "admin_api_keys?limit=100&after=k");
  EXPECT_EQ(url("api_keys", ""), base + "projects?limit=100");
  EXPECT_EQ(url("api_keys", "p9.."), base + "projects?limit=100&after=p9");
  EXPECT_EQ(url("api_keys", "p9..p1.p2."),
            base + "projects/p1/api_keys?limit=100&owner_project_access=any");
  EXPECT_EQ(url("api_keys", "p9.k4.p1.p2."),
            base + "projects/p1/api_keys?limit=100&owner_project_access=any&after=k4");
}

/// The token that the answer goes on with; "-" for none.
std::string next_of(const std::string& token, const std::string& body) {
  const FeedAnswer answer = read("api_keys", body, token).value();
  return answer.more ? answer.next : "-";
}

TEST(OpenAiDirectoryTest, WalksThroughTheKeysOfAllProjects) {
  const auto project = [](const std::string& id) {
    return R"({"object":"organization.project","id":")" + id + R"(","created_at":1})";
  };
  const std::string more_projects =
      list(project("p1") + "," + project("p2"), R"("last_id":"p2","has_more":true)");
  const std::string more_keys = list(kKey, R"("last_id":"key_3","has_more":true)");
  const std::string last_keys = list(kKey);
  EXPECT_EQ(next_of("", more_projects), "p2..p1.p2.");
  EXPECT_EQ(next_of("p2..p1.p2.", more_keys), "p2.key_3.p1.p2.");
  EXPECT_EQ(next_of("p2.key_3.p1.p2.", last_keys), "p2..p2.");
  EXPECT_EQ(next_of("p2..p2.", list("")), "p2..");
  EXPECT_EQ(next_of("p2..", list(project("p3"))), "..p3.");
  EXPECT_EQ(next_of("..p3.", last_keys), "-");
  EXPECT_EQ(next_of("", list("")), "-");
}

TEST(OpenAiDirectoryTest, ABadEntryIsQuarantinedByItself) {
  const std::string no_id = R"({"object":"organization.user","name":"x"})";
  const std::string number = R"({"object":"organization.user","id":7})";
  const std::string time = R"({"object":"organization.user","id":"a","added_at":-1})";
  const std::string twice = R"({"object":"organization.user","id":"a","id":"b"})";
  const std::string deep =
      R"({"object":"organization.user","id":"a","x":[[[[[[[[[[[[]]]]]]]]]]]]})";
  for (const std::string& entry : {no_id, number, time, twice, deep}) {
    const FeedAnswer answer = read("users", list(entry + "," + kUser)).value();
    EXPECT_EQ(answer.records.size(), 1U) << entry;
    ASSERT_EQ(answer.bad.size(), 1U) << entry;
    EXPECT_EQ(answer.bad[0].origin, "entry 1");
    EXPECT_EQ(answer.bad[0].length, static_cast<std::int64_t>(entry.size()));
    EXPECT_EQ(answer.rows, 2);
  }
}

TEST(OpenAiDirectoryTest, WhatIsNoSuchListIsRefused) {
  const auto refused = [](const char* endpoint, const std::string& body,
                          const std::string& token = {}) {
    const auto answer = read(endpoint, body, token);
    return answer ? std::string() : answer.error().message;
  };
  EXPECT_THAT(refused("users", list(kProject)), HasSubstr("`object` is not"));
  EXPECT_THAT(refused("users", R"({"object":"page","data":[],"has_more":false})"),
              HasSubstr("`object` is not"));
  EXPECT_THAT(refused("users", R"({"object":"list","data":{},"has_more":false})"),
              HasSubstr("no array"));
  EXPECT_THAT(refused("users", R"({"object":"list","data":[]})"), HasSubstr("lacks"));
  EXPECT_THAT(refused("api_keys", list(kKey, R"("last_id":"../x","has_more":true)"), "..p1."),
              HasSubstr("cannot stand in a request"));
  EXPECT_THAT(refused("api_keys", list("", R"("last_id":null,"has_more":true)")),
              HasSubstr("cannot stand in a request"));
}

TEST(OpenAiDirectoryTest, NeitherKeysNorAddressesAreKept) {
  std::string line;
  write_record_json(read("api_keys", list(kKey), "..p1.").value().records.at(0), line);
  write_record_json(read("users", list(kUser)).value().records.at(0), line);
  EXPECT_THAT(line, Not(HasSubstr("canary")));
  EXPECT_THAT(line, Not(HasSubstr("f.last")));
  EXPECT_THAT(line, Not(HasSubstr("owner\"")));
}

TEST(OpenAiDirectoryTest, OneSweepDoesHoweverLongNobodyAsked) {
  const FeedPace pace = OpenAiDirectoryFeed("users", config()).pace();
  EXPECT_EQ(pace.width, kDay);
  EXPECT_GE(pace.window, Duration{1000 * 365 * kDay.us});
  EXPECT_EQ(pace.window.us % kDay.us, 0);
  EXPECT_EQ(pace.first, kDay);
  EXPECT_EQ(pace.overlap, Duration{});
}

}  // namespace
}  // namespace tidewaiter
