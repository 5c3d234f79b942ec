// OpenAI's audit log as audit records. The events are written by hand, in the form of the published
// specification and of its documentation's example, which has more.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/openai/audit_feed.h"
#include "daemon/sources/openai/audit_page.h"
#include "expected_fields.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

/// 2026-02-13T10:52:05Z, of a window that begins ten minutes before.
constexpr std::int64_t kSecondOfEvent = 1'770'979'925;
const Interval kWindow{{(kSecondOfEvent - 600) * kSecond.us}, {(kSecondOfEvent + 60) * kSecond.us}};

SourceConfig config() {
  SourceConfig source;
  source.name = "deeds";
  source.kind = "openai";
  source.record = RecordKind::kAudit;
  source.contract.emplace();
  source.contract->url = "https://api.openai.com/v1";
  source.contract->account = AccountChoice::kPrincipal;
  source.contract->overlap = Duration{10 * kMinute.us};
  return source;
}

std::string list(const std::string& events, const char* rest = R"("has_more":false)") {
  return R"({"object":"list","data":[)" + events + "]," + rest + "}";
}

/// An event of this type and these other members.
std::string event(const std::string& id, const std::string& type, const std::string& more,
                  std::int64_t time = kSecondOfEvent) {
  return R"({"id":")" + id + R"(","type":")" + type + R"(","effective_at":)" +
         std::to_string(time) + (more.empty() ? "" : "," + more) + "}";
}

Result<FeedAnswer> read(const std::string& body, const std::string& token = {},
                        const SourceConfig& source = config()) {
  return OpenAiAuditFeed("audit_logs", source).read(body, {kWindow, token});
}

Record record_of(const std::string& body) {
  const FeedAnswer answer = read(body).value();
  EXPECT_TRUE(answer.bad.empty()) << answer.bad.at(0).reason;
  return answer.records.at(0);
}

constexpr const char* kSession =
    R"("actor":{"type":"session","session":{"user":{"id":"user-1","email":"canary@u.example"},)"
    R"("ip_address":"192.0.2.1","user_agent":"Mozilla/5.0","ja3":"canary","ja4":"t13d_1",)"
    R"("ip_address_details":{"country":"IN","city":"canary","region":"canary","asn":"55256",)"
    R"("latitude":"18.5","longitude":"73.8"}}})";

std::string text(const char* word) { return word; }

TEST(OpenAiAuditTest, ReadsALoginOfASession) {
  const Record record = record_of(list(event("audit_log-1", "login.succeeded", kSession)));
  EXPECT_EQ(record.kind, RecordKind::kAudit);
  EXPECT_EQ(record.time, UtcTime{kSecondOfEvent * kSecond.us});
  EXPECT_EQ(record.duration, Duration{});
  // SHA-256 over the framed texts openai, deeds, audit_logs and audit_log-1.
  EXPECT_EQ(record.id, Sha256()
                           .update_framed("openai")
                           .update_framed("deeds")
                           .update_framed("audit_logs")
                           .update_framed("audit_log-1")
                           .finish());
  expect_fields(record, {{"account", text("user-1")},
                         {"client.address", text("192.0.2.1")},
                         {"client.country", text("IN")},
                         {"client.asn", std::int64_t{55256}},
                         {"user_agent", text("Mozilla/5.0")},
                         {"tls.ja4", text("t13d_1")},
                         {"action", text("login.succeeded")},
                         {"class", text("Authentication")},
                         {"actor.id", text("user-1")},
                         {"actor.type", text("user")},
                         {"outcome", text("success")}});
}

TEST(OpenAiAuditTest, ReadsWhatAKeyDidToAKey) {
  const Record record = record_of(
      list(event("a", "api_key.updated",
                 R"("project":{"id":"proj_1","name":"canary"},)"
                 R"("actor":{"type":"api_key","api_key":{"id":"key_9","type":"service_account",)"
                 R"("service_account":{"id":"sa_1"}}},)"
                 R"("api_key.updated":{"id":"key_3","changes_requested":{"scopes":["canary"]}})")));
  expect_fields(record, {{"project", text("proj_1")},
                         {"account", text("sa_1")},
                         {"api_key", text("key_9")},
                         {"action", text("api_key.updated")},
                         {"class", text("API Activity")},
                         {"actor.id", text("sa_1")},
                         {"actor.type", text("service")},
                         {"target.id", text("key_3")},
                         {"target.type", text("api_key")}});
}

/// What is told of the actor, and the three fields that it comes to; empty: absent.
TEST(OpenAiAuditTest, AnActorIsWhoeverIsNamed) {
  struct Case {
    std::string actor;
    std::string id;
    std::string type;
    std::string key;
  };
  for (const Case& one : std::vector<Case>{
           {"null", "", "", ""},
           {R"({"type":"session","session":{"user":{"id":"u"}}})", "u", "user", ""},
           {R"({"type":"session","session":{"ip_address":"::1"}})", "", "user", ""},
           {R"({"type":"api_key","api_key":{"id":"k","user":{"id":"u"}}})", "u", "user", "k"},
           {R"({"type":"api_key","api_key":{"id":"k"}})", "k", "key", "k"},
           {R"({"type":"api_key","api_key":null})", "", "key", ""},
           {R"({"type":"support_engineer","session":null})", "", "support_engineer", ""}}) {
    const Record record = record_of(list(event("a", "x.y", "\"actor\":" + one.actor)));
    const auto is = [&](const char* field, const std::string& wanted) {
      EXPECT_EQ(field_value(record, *find_field(field)), wanted.empty() ? Value() : Value(wanted))
          << one.actor << " " << field;
    };
    is("actor.id", one.id);
    is("actor.type", one.type);
    is("api_key", one.key);
  }
}

TEST(OpenAiAuditTest, ATargetIsAPlainIdWhereverItStands) {
  struct Case {
    std::string payload;
    std::string target;
  };
  for (const Case& one :
       std::vector<Case>{{R"("project.archived":{"id":"p"})", "p"},
                         {R"("project.archived":{"x":[[[[[[[[[[[[1]]]]]]]]]]]],"id":"p"})", "p"},
                         {R"("project.archived":{"id":7})", ""},
                         {R"("project.archived":{"id":null})", ""},
                         {R"("project.archived":[{"id":"p"}])", ""},
                         {R"("project.archived":null)", ""},
                         {R"("project.created":{"id":"p"})", ""},
                         {R"("x":1)", ""}}) {
    // In front of the type, and behind it.
    const std::string in_front =
        R"({"id":"a",)" + one.payload + R"(,"type":"project.archived","effective_at":1770979925})";
    for (const std::string& entry : {in_front, event("a", "project.archived", one.payload)}) {
      const Record record = record_of(list(entry));
      EXPECT_EQ(field_value(record, *find_field("target.id")),
                one.target.empty() ? Value() : Value(one.target))
          << entry;
      EXPECT_EQ(field_value(record, *find_field("target.type")),
                one.target.empty() ? Value() : Value(text("project")))
          << entry;
    }
  }
}

/// No type of the vendor has such a name; whatever it leads to, the event is one.
TEST(OpenAiAuditTest, ATypeWithAQuoteInItHasNoTarget) {
  const Record record = record_of(
      list(event("a", R"(b\":{\"c.d)", R"("b\":{\"c.d":{"id":"p"},"b":{"c.d":{"id":"q"}})")));
  EXPECT_EQ(field_value(record, *find_field("action")), Value(text("b\":{\"c.d")));
  EXPECT_EQ(field_value(record, *find_field("target.id")), Value());
}

TEST(OpenAiAuditTest, NothingElseOfAnEventIsKept) {
  std::string line;
  write_record_json(
      record_of(list(event("a", "invite.sent",
                           std::string(kSession) +
                               R"(,"invite.sent":{"id":"invite-1",)"
                               R"("data":{"email":"canary@x.example","role":"owner"}})"))),
      line);
  EXPECT_THAT(line, HasSubstr("invite-1"));
  EXPECT_THAT(line, Not(HasSubstr("canary")));
  EXPECT_THAT(line, Not(HasSubstr("owner")));
}

TEST(OpenAiAuditTest, ATypeComesToAClassAndAnOutcome) {
  struct Case {
    const char* type;
    const char* family;
    const char* event_class;
    const char* outcome;
  };
  for (const Case& one : std::vector<Case>{
           {"login.failed", "login", "Authentication", "failure"},
           {"logout.succeeded", "logout", "Authentication", "success"},
           {"user.added", "user", "Account Change", ""},
           {"service_account.deleted", "service_account", "Account Change", ""},
           {"invite.accepted", "invite", "Account Change", ""},
           {"group.created", "group", "Group Management", ""},
           {"role.assignment.created", "role.assignment", "User Access Management", ""},
           {"tenant.group.member.added", "group.member", "Group Management", ""},
           {"tenant.user.removed", "user", "Account Change", ""},
           {"tenant.role_assignment.deleted", "role_assignment", "User Access Management", ""},
           {"project.archived", "project", "API Activity", ""},
           {"tenant.sso_connection.setup.started", "sso_connection.setup", "API Activity", ""},
           {"hologram.projected", "hologram", "API Activity", ""},
           {"plain", "", "API Activity", ""}}) {
    const OpenAiEventKind kind = openai_event_kind(one.type);
    EXPECT_EQ(kind.family, one.family) << one.type;
    EXPECT_EQ(kind.event_class, one.event_class) << one.type;
    EXPECT_EQ(kind.outcome, one.outcome) << one.type;
  }
}

TEST(OpenAiAuditTest, TheAccountIsWhatTheConfigurationChooses) {
  const std::string body = list(event(
      "a", "x.y",
      R"("project":{"id":"p"},"actor":{"type":"api_key","api_key":{"id":"k","user":{"id":"u"}}})"));
  for (const auto& [choice, account] :
       std::vector<std::pair<AccountChoice, std::string>>{{AccountChoice::kProject, "p"},
                                                          {AccountChoice::kPrincipal, "u"},
                                                          {AccountChoice::kApiKey, "k"}}) {
    SourceConfig source = config();
    source.contract->account = choice;
    source.contract->organization = "org-9";
    const Record record = read(body, {}, source).value().records.at(0);
    EXPECT_EQ(field_value(record, *find_field("account")), Value(account));
    EXPECT_EQ(field_value(record, *find_field("organization")), Value(text("org-9")));
  }
}

TEST(OpenAiAuditTest, WhatIsNoAddressNumberOrCountryIsAbsent) {
  for (const auto& [asn, wanted] :
       std::vector<std::pair<std::string, Value>>{{R"("AS64496")", std::int64_t{64496}},
                                                  {"64496", std::int64_t{64496}},
                                                  {R"("4294967295")", std::int64_t{4'294'967'295}},
                                                  {R"("4294967296")", Value()},
                                                  {R"("-1")", Value()},
                                                  {R"("AS")", Value()},
                                                  {R"("")", Value()}}) {
    const Record record =
        record_of(list(event("a", "x.y",
                             R"("actor":{"type":"session","session":{"ip_address":"nowhere",)"
                             R"("ip_address_details":{"country":"Nederland","asn":)" +
                                 asn + "}}}")));
    EXPECT_EQ(field_value(record, *find_field("client.asn")), wanted) << asn;
    EXPECT_EQ(field_value(record, *find_field("client.address")), Value());
    EXPECT_EQ(field_value(record, *find_field("client.country")), Value());
  }
}

TEST(OpenAiAuditTest, ABadEventIsQuarantinedByItself) {
  const std::string good = event("good", "x.y", "");
  for (const std::string& bad :
       {std::string(R"({"type":"x.y","effective_at":1770979925})"),
        std::string(R"({"id":"a","effective_at":1770979925})"),
        std::string(R"({"id":"a","type":"x.y"})"),
        std::string(R"({"id":"a","type":"x.y","effective_at":-1})"),
        std::string(R"({"id":"a","type":"x.y","effective_at":"now"})"),
        std::string(R"({"id":"a","type":"x.y","effective_at":999999999999999})"),
        event("a", "x.y", R"("actor":7)"), event("a", "x.y", R"("id":"b")"),
        event("a", "x.y", R"("actor":{"type":"session","type":"api_key"})")}) {
    const FeedAnswer answer = read(list(bad + "," + good)).value();
    EXPECT_EQ(answer.records.size(), 1U) << bad;
    ASSERT_EQ(answer.bad.size(), 1U) << bad;
    EXPECT_EQ(answer.bad[0].origin, "entry 1");
    EXPECT_EQ(answer.bad[0].length, static_cast<std::int64_t>(bad.size()));
    EXPECT_EQ(answer.rows, 2);
  }
}

TEST(OpenAiAuditTest, WhatIsNoSuchPageIsRefused) {
  const auto refused = [](const std::string& body, const std::string& token = {}) {
    const auto answer = read(body, token);
    return answer ? std::string() : answer.error().message;
  };
  EXPECT_THAT(refused(R"({"object":"page","data":[],"has_more":false})"),
              HasSubstr("`object` is not `list`"));
  EXPECT_THAT(refused(R"({"object":"list","data":{},"has_more":false})"), HasSubstr("no array"));
  EXPECT_THAT(refused(R"({"object":"list","data":[]})"), HasSubstr("lacks"));
  EXPECT_THAT(refused("nothing"), HasSubstr("page of audit logs"));
  // One second before the window, and the first one behind it.
  for (const std::int64_t time : {kSecondOfEvent - 601, kSecondOfEvent + 60}) {
    EXPECT_THAT(refused(list(event("a", "x.y", "", time))), HasSubstr("outside the time"));
  }
}

/// The vendor's pages go from the newest to the oldest, and `after` leads on.
TEST(OpenAiAuditTest, APageIsFollowedByTheOneBehindItsLastEvent) {
  const OpenAiAuditFeed feed("audit_logs", config());
  const FeedAnswer first = read(list(event("n", "x.y", "") + "," + event("m", "x.y", ""),
                                     R"("first_id":"n","last_id":"m/1","has_more":true)"))
                               .value();
  EXPECT_TRUE(first.more);
  EXPECT_THAT(feed.ask({kWindow, first.next}).url, testing::EndsWith("&limit=100&after=m%2F1"));
  EXPECT_TRUE(read(list(event("l", "x.y", "")), first.next));
  const FeedAnswer last =
      read(list(event("l", "x.y", ""), R"("last_id":"l","has_more":false)"), first.next).value();
  EXPECT_FALSE(last.more);
}

/// A server whose `after` leads towards newer events would give the first page again, but for its
/// last event, and end there: what is older would never be read.
TEST(OpenAiAuditTest, ACursorThatLeadsTheOtherWayIsFound) {
  const FeedAnswer first = read(list(event("n", "x.y", "") + "," + event("m", "x.y", ""),
                                     R"("last_id":"m","has_more":true)"))
                               .value();
  const auto second = read(list(event("n", "x.y", "")), first.next);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(second.error().message, HasSubstr("again that the page before it began with"));
}

TEST(OpenAiAuditTest, AsksForTheOrganizationAndForTheTenant) {
  const std::string base =
      "https://api.openai.com/v1/organization/audit_logs?effective_at%5Bgte%5D=1770979325"
      "&effective_at%5Blt%5D=1770979985&limit=100";
  EXPECT_EQ(OpenAiAuditFeed("audit_logs", config()).ask({kWindow, {}}).url, base);
  EXPECT_EQ(OpenAiAuditFeed("tenant_audit_logs", config()).ask({kWindow, {}}).url,
            base + "&tenant_only=true");
}

TEST(OpenAiAuditTest, AnEventThatBothTellOfIsOneRecord) {
  const std::string body = list(event("a", "x.y", ""));
  const FeedQuestion question{kWindow, {}};
  const Record one = OpenAiAuditFeed("audit_logs", config()).read(body, question)->records.at(0);
  const Record other =
      OpenAiAuditFeed("tenant_audit_logs", config()).read(body, question)->records.at(0);
  EXPECT_EQ(one.id, other.id);
}

TEST(OpenAiAuditTest, ReadsTenMinutesAgainAndTwoDaysOnceADay) {
  const FeedPace pace = OpenAiAuditFeed("audit_logs", config()).pace();
  EXPECT_EQ(pace.overlap, Duration{10 * kMinute.us});
  EXPECT_EQ(pace.sweep, Duration{48 * kHour.us});
  EXPECT_EQ(pace.settles, Duration{48 * kHour.us});
  EXPECT_EQ(pace.behind, Duration{5 * kMinute.us});
  EXPECT_EQ(pace.window.us % pace.width.us, 0);
}

}  // namespace
}  // namespace tidewaiter
