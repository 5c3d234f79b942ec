// Anthropic's activity feed as audit records. The activities are written by hand, in the form of
// the vendor's documentation.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/anthropic/activity_feed.h"
#include "daemon/sources/anthropic/activity_page.h"
#include "expected_fields.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

const UtcTime kEight = parse_time("2026-04-10T08:00:00Z").value();
const Interval kWindow{kEight, kEight + kHour};

SourceConfig config() {
  SourceConfig source;
  source.name = "deeds";
  source.kind = "anthropic";
  source.record = RecordKind::kAudit;
  source.contract.emplace();
  source.contract->url = "https://api.anthropic.com/v1";
  source.contract->version = "2023-06-01";
  source.contract->account = AccountChoice::kPrincipal;
  source.contract->overlap = Duration{10 * kMinute.us};
  return source;
}

std::string list(const std::string& activities, const char* rest = R"("has_more":false)") {
  return R"({"data":[)" + activities + "]," + rest + "}";
}

std::string activity(const std::string& id, const std::string& type, const std::string& more) {
  return R"({"id":")" + id + R"(","created_at":"2026-04-10T08:09:10.25Z","type":")" + type + "\"" +
         (more.empty() ? "" : "," + more) + "}";
}

Result<FeedAnswer> read(const std::string& body, const std::string& token = {}) {
  return AnthropicActivityFeed("activities", config()).read(body, {kWindow, token});
}

Record record_of(const std::string& body) {
  const FeedAnswer answer = read(body).value();
  EXPECT_TRUE(answer.bad.empty()) << answer.bad.at(0).reason;
  return answer.records.at(0);
}

std::string text(const char* word) { return word; }

constexpr const char* kUser =
    R"("organization_id":"org_1","organization_uuid":"canary",)"
    R"("actor":{"type":"user_actor","email_address":"canary@u.example","user_id":"user_1",)"
    R"("ip_address":"192.0.2.34","user_agent":"Mozilla/5.0"})";

TEST(AnthropicActivitiesTest, ReadsWhatAUserDidToAChat) {
  const Record record = record_of(list(
      activity("activity_1", "claude_chat_created",
               std::string(kUser) + R"(,"claude_chat_id":"chat_1","claude_project_id":"canary")")));
  EXPECT_EQ(record.kind, RecordKind::kAudit);
  EXPECT_EQ(record.time, parse_time("2026-04-10T08:09:10.25Z").value());
  EXPECT_EQ(record.duration, Duration{});
  // SHA-256 over the framed texts anthropic, deeds, activities and activity_1.
  EXPECT_EQ(record.id, Sha256()
                           .update_framed("anthropic")
                           .update_framed("deeds")
                           .update_framed("activities")
                           .update_framed("activity_1")
                           .finish());
  expect_fields(record, {{"organization", text("org_1")},
                         {"account", text("user_1")},
                         {"client.address", text("192.0.2.34")},
                         {"user_agent", text("Mozilla/5.0")},
                         {"action", text("claude_chat_created")},
                         {"class", text("API Activity")},
                         {"actor.id", text("user_1")},
                         {"actor.type", text("user")},
                         {"target.id", text("chat_1")},
                         {"target.type", text("claude_chat")}});
}

TEST(AnthropicActivitiesTest, TheConfigurationsOrganizationStands) {
  SourceConfig source = config();
  source.contract->organization = "org-9";
  const auto answer = AnthropicActivityFeed("activities", source)
                          .read(list(activity("a", "user_logged_out", kUser)), {kWindow, {}});
  EXPECT_EQ(field_value(answer->records.at(0), *find_field("organization")), Value(text("org-9")));
}

/// What is told of the actor, and the three fields that it comes to; empty: absent.
TEST(AnthropicActivitiesTest, AnActorIsWhoeverIsNamed) {
  struct Case {
    std::string actor;
    std::string id;
    std::string type;
    std::string key;
  };
  for (const Case& one : std::vector<Case>{
           {"null", "", "", ""},
           {R"({"type":"api_actor","api_key_id":"k"})", "k", "key", "k"},
           {R"({"type":"admin_api_key_actor","admin_api_key_id":"k"})", "k", "key", "k"},
           {R"({"type":"service_account_actor","service_account_id":"s"})", "s", "service", ""},
           {R"({"type":"scim_directory_sync_actor","directory_id":"d"})", "d", "system", ""},
           {R"({"type":"system_actor","service":"canary"})", "", "system", ""},
           {R"({"type":"anthropic_actor","email_address":null})", "", "anthropic_actor", ""},
           {R"({"type":"unauthenticated_user_actor","unauthenticated_email_address":"c@x"})", "",
            "unauthenticated_user_actor", ""},
           {R"({"type":"oracle_actor"})", "", "oracle_actor", ""}}) {
    const Record record = record_of(list(activity("a", "x", "\"actor\":" + one.actor)));
    const auto is = [&](const char* field, const std::string& wanted) {
      EXPECT_EQ(field_value(record, *find_field(field)), wanted.empty() ? Value() : Value(wanted))
          << one.actor << " " << field;
    };
    is("actor.id", one.id);
    is("actor.type", one.type);
    is("api_key", one.key);
  }
}

TEST(AnthropicActivitiesTest, TheTargetIsWhatTheTypeSpeaksOf) {
  struct Case {
    const char* type;
    const char* members;
    const char* id;
    const char* of;
    const char* project;
  };
  for (const Case& one : std::vector<Case>{
           {"platform_api_key_created", R"("api_key_id":"k")", "k", "api_key", ""},
           {"admin_api_key_deleted", R"("admin_api_key_id":"k")", "k", "admin_api_key", ""},
           {"claude_project_document_deleted",
            R"("claude_project_id":"p","claude_project_document_id":"d","filename":"canary")", "d",
            "claude_project_document", ""},
           {"claude_file_uploaded",
            R"("claude_chat_id":"c","claude_file_id":"f","filename":"canary")", "f", "claude_file",
            ""},
           {"platform_workspace_member_added", R"("workspace_id":"w","user_id":"u")", "w",
            "workspace", "w"},
           {"group_member_added", R"("group_id":"g","member_ids":["canary"])", "g", "group", ""},
           {"org_user_deleted", R"("deleted_user_id":"u","deleted_user_email":"canary@x")", "u",
            "user", ""},
           {"role_assignment_granted",
            R"("target_id":"u","target_type":"user","role":"canary","resource_id":"canary")", "u",
            "user", ""},
           {"sso_login_succeeded", R"("user_id":"u")", "", "", ""},
           {"platform_api_key_created", R"("api_key_id":null)", "", "", ""}}) {
    std::string line;
    const Record record = record_of(list(activity("a", one.type, one.members)));
    const auto is = [&](const char* field, const char* wanted) {
      EXPECT_EQ(field_value(record, *find_field(field)),
                *wanted == '\0' ? Value() : Value(text(wanted)))
          << one.type << " " << field;
    };
    is("target.id", one.id);
    is("target.type", one.of);
    is("project", one.project);
    write_record_json(record, line);
    EXPECT_THAT(line, Not(HasSubstr("canary")));
  }
}

TEST(AnthropicActivitiesTest, ATypeComesToAClassAndAnOutcome) {
  struct Case {
    const char* type;
    const char* event_class;
    const char* outcome;
  };
  for (const Case& one :
       std::vector<Case>{{"sso_login_succeeded", "Authentication", "success"},
                         {"magic_link_login_failed", "Authentication", "failure"},
                         {"sso_login_initiated", "Authentication", ""},
                         {"user_logged_out", "Authentication", ""},
                         {"lti_launch_success", "Authentication", "success"},
                         {"org_user_deleted", "Account Change", ""},
                         {"org_user_invite_sent", "Account Change", ""},
                         {"platform_workspace_member_added", "Account Change", ""},
                         {"role_assignment_revoked", "User Access Management", ""},
                         {"group_member_removed", "Group Management", ""},
                         {"claude_chat_access_failed", "API Activity", "failure"},
                         {"platform_api_key_created", "API Activity", ""},
                         {"hologram_projected", "API Activity", ""}}) {
    const AnthropicActivityKind kind = anthropic_activity_kind(one.type);
    EXPECT_EQ(kind.event_class, one.event_class) << one.type;
    EXPECT_EQ(kind.outcome, one.outcome) << one.type;
  }
}

/// Whoever else reads the feed is an event like others, and what the program is said to do besides
/// is one too.
TEST(AnthropicActivitiesTest, OnlyOwnRequestsToTheFeedAreLeftOut) {
  const auto by = [](const std::string& id, const std::string& type, const std::string& agent) {
    return activity(id, type,
                    R"("actor":{"type":"api_actor","api_key_id":"k","user_agent":")" + agent +
                        R"("},"url":"canary","request_body":"canary")");
  };
  const FeedAnswer answer = read(list(by("1", "compliance_api_accessed", "tidewaiter") + "," +
                                      by("2", "compliance_api_accessed", "curl/8.5.0") + "," +
                                      by("3", "compliance_api_accessed", "tidewaiter/1") + "," +
                                      by("4", "platform_api_key_updated", "tidewaiter") + "," +
                                      by("1", "compliance_api_accessed", "tidewaiter") + "," +
                                      activity("5", "compliance_api_accessed", "")))
                                .value();
  EXPECT_EQ(answer.rows, 6);  // one is told twice
  EXPECT_EQ(answer.records.size(), 4U);
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(answer.own, std::vector{parse_time("2026-04-10T08:09:10.25Z").value()});
}

TEST(AnthropicActivitiesTest, AnActivityThatIsToldTwiceIsOneRecord) {
  const FeedAnswer answer =
      read(list(activity("a", "user_logged_out", "") + "," + activity("a", "user_logged_out", "")))
          .value();
  ASSERT_EQ(answer.records.size(), 2U);
  EXPECT_EQ(answer.records[0].id, answer.records[1].id);
  EXPECT_TRUE(same_content(answer.records[0], answer.records[1]));
}

TEST(AnthropicActivitiesTest, ABadActivityIsQuarantinedByItself) {
  const std::string good = activity("good", "x", "");
  for (const std::string& bad :
       {std::string(R"({"created_at":"2026-04-10T08:09:10Z","type":"x"})"),
        std::string(R"({"id":"a","type":"x"})"),
        std::string(R"({"id":"a","created_at":"2026-04-10T08:09:10Z"})"),
        std::string(R"({"id":"a","created_at":"soon","type":"x"})"),
        std::string(R"({"id":"a","created_at":1775808550,"type":"x"})"),
        activity("a", "x", R"("actor":"somebody")"), activity("a", "x", R"("type":"y")"),
        activity("a", "x", R"("api_key_id":{"why":1})")}) {
    const FeedAnswer answer = read(list(bad + "," + good)).value();
    EXPECT_EQ(answer.records.size(), 1U) << bad;
    ASSERT_EQ(answer.bad.size(), 1U) << bad;
    EXPECT_EQ(answer.bad[0].length, static_cast<std::int64_t>(bad.size()));
  }
}

TEST(AnthropicActivitiesTest, WhatIsNoSuchPageIsRefused) {
  const auto refused = [](const std::string& body, const std::string& token = {}) {
    const auto answer = read(body, token);
    return answer ? std::string() : answer.error().message;
  };
  EXPECT_THAT(refused(R"({"data":[]})"), HasSubstr("lacks"));
  EXPECT_THAT(refused("[]"), HasSubstr("page of activities"));
  EXPECT_THAT(refused(list(R"({"id":"a","type":"x","created_at":"2026-04-10T09:00:00Z"})")),
              HasSubstr("outside the time"));
  const FeedAnswer first =
      read(list(activity("n", "x", ""), R"("last_id":"n","has_more":true)")).value();
  EXPECT_THAT(refused(list(activity("n", "x", "")), first.next), HasSubstr("again"));
}

TEST(AnthropicActivitiesTest, AsksForWhatIsAMinuteOldAndGoesBack) {
  const AnthropicActivityFeed feed("activities", config());
  const std::string base =
      "https://api.anthropic.com/v1/compliance/activities"
      "?created_at.gte=2026-04-10T08%3A00%3A00Z&created_at.lt=2026-04-10T09%3A00%3A00Z&limit=1000";
  EXPECT_EQ(feed.ask({kWindow, {}}).url, base);
  EXPECT_THAT(
      feed.ask({kWindow, {}}).headers,
      testing::Contains(std::pair<std::string, std::string>("anthropic-version", "2023-06-01")));
  const FeedAnswer first =
      read(list(activity("n", "x", ""), R"("first_id":"n","last_id":"l","has_more":true)")).value();
  EXPECT_EQ(feed.ask({kWindow, first.next}).url, base + "&after_id=l");
  // An empty page names none.
  EXPECT_FALSE(read(list("", R"("first_id":null,"last_id":null,"has_more":false)")).value().more);
  EXPECT_GE(feed.pace().behind, kMinute);
  EXPECT_EQ(feed.pace().sweep, Duration{48 * kHour.us});
  EXPECT_EQ(feed.pace().overlap, Duration{10 * kMinute.us});
}

}  // namespace
}  // namespace tidewaiter
