// Users of SCIM 2.0 as account records. The answers are written by hand, in the shapes of RFC 7643
// (8.2) and RFC 7644 (3.4.2), and in those that servers are known to make of them.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/scim/scim_kind.h"
#include "expected_fields.h"
#include "policies/model/digest.h"
#include "policies/model/record_json.h"
#include "scripted_http.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using Texts = std::vector<std::string>;

const UtcTime kMidnight = parse_time("2026-11-23T00:00:00Z").value();

SourceConfig staff(const std::string& account_in = {}) {
  SourceConfig source;
  source.name = "staff";
  source.kind = "scim";
  source.record = RecordKind::kAccount;
  source.contract.emplace();
  source.contract->url = "https://idp.example.org/scim/v2";
  source.contract->endpoints = {"users"};
  source.contract->account = AccountChoice::kPrincipal;
  source.contract->account_in = account_in;
  source.contract->bucket = kDay;
  return source;
}

FeedQuestion day(std::string token = {}) {
  return {{kMidnight, kMidnight + kDay}, std::move(token)};
}

Result<FeedAnswer> read(const std::string& body, const std::string& token = {},
                        const SourceConfig& source = staff()) {
  return kScimKind.feed("users", source)->read(body, day(token));
}

std::string url_for(const std::string& token) {
  return kScimKind.feed("users", staff())->ask(day(token)).url;
}

/// A page of `users`; `more` is written behind them.
std::string page(const std::string& users, int total, const std::string& more = {}) {
  return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":)" +
         std::to_string(total) + R"(,"Resources":[)" + users + "]" + more + "}";
}

std::string user(const std::string& members) {
  return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],)" + members + "}";
}

/// Users with the numbers from `first` up to `last`.
std::string users(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) {
    text += (text.empty() ? "" : ",") + user(R"("id":"u)" + std::to_string(i) + "\"");
  }
  return text;
}

/// The record of a user that is read alone.
Record record_of(const std::string& members, const SourceConfig& source = staff()) {
  const auto answer = read(page(user(members), 1), {}, source);
  if (!answer || answer->records.size() != 1) return {};
  return answer->records.front();
}

Value value_of(const Record& record, const char* name) {
  const Value* const value = find_value(record, *find_field(name));
  return value == nullptr ? Value() : *value;
}

TEST(ScimTest, AUserIsHowItStoodThatDay) {
  const Record record = record_of(
      R"("id":"2819c223","externalId":"e-7","userName":"mlin@Mail.Example.org",
         "name":{"formatted":"Mei Lin","familyName":"Lin"},"displayName":"Mei L.",
         "active":false,
         "emails":[{"value":"mei@home.example","type":"home"},
                   {"value":"mlin@Work.Example","type":"work","primary":true}],
         "addresses":[{"type":"home","country":"SG"},{"country":"nl","primary":true}],
         "meta":{"resourceType":"User","created":"2026-01-23T04:56:22Z",
                 "lastModified":"2026-05-13T04:42:34Z"})");
  EXPECT_EQ(record.kind, RecordKind::kAccount);
  EXPECT_EQ(record.time, kMidnight);
  EXPECT_EQ(record.duration, kDay);
  expect_fields(record,
                {{"account.kind", std::string("user")},
                 {"account", std::string("2819c223")},
                 {"name", std::string("Mei L.")},
                 {"email.domain", std::string("work.example")},
                 {"country.declared", std::string("NL")},
                 {"identifiers", Texts{"scim:2819c223"}},
                 // 2026-01-23T04:56:22Z: 20,476 days and 17,782 s after the epoch.
                 {"created", std::int64_t{(20'476 * std::int64_t{86'400} + 17'782) * 1'000'000}},
                 {"enforcement", Texts{"inactive"}}});
  Sha256 id;
  id.update_framed("scim").update_framed("staff").update_framed("users");
  id.update_framed("86400000000").update_framed(std::to_string(kMidnight.us));
  id.update_framed("").update_framed("2819c223");
  EXPECT_EQ(record.id, id.finish());
}

TEST(ScimTest, OptionalPartsMayBeMissing) {
  const Record bare = record_of(R"("id":"a","emails":null,"addresses":[],"meta":{},"active":null)");
  EXPECT_EQ(value_of(bare, "account"), Value(std::string("a")));
  for (const char* const name :
       {"name", "email.domain", "country.declared", "created", "enforcement"}) {
    EXPECT_TRUE(is_null(value_of(bare, name))) << name;
  }
  // Without `Resources`: nobody is there.
  const auto nobody = read(
      R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0})");
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(nobody->more);
  EXPECT_TRUE(read(R"({"totalResults":0,"Resources":null})"));
}

TEST(ScimTest, ChoosesOneOfSeveralValues) {
  const auto domain = [](const std::string& members) {
    return value_of(record_of(R"("id":"a",)" + members), "email.domain");
  };
  EXPECT_EQ(domain(R"("emails":[{"value":"x@one.example"},{"value":"y@two.example"}])"),
            Value(std::string("one.example")));
  EXPECT_EQ(domain(R"("emails":[{"type":"work"},{"value":"y@two.example","primary":false}])"),
            Value(std::string("two.example")));
  // Servers are known that write the text alone.
  EXPECT_EQ(domain(R"("emails":["x@one.example"])"), Value(std::string("one.example")));
  EXPECT_EQ(domain(R"("userName":"z@three.example")"), Value(std::string("three.example")));
  // What has no domain, or nothing before it, is no address.
  for (const char* const login : {"z", "z@corp", "@three.example", "z@.example", "z@three."}) {
    EXPECT_TRUE(is_null(domain(R"("userName":")" + std::string(login) + "\""))) << login;
  }

  const auto country = [](const std::string& addresses) {
    return value_of(record_of(R"("id":"a","addresses":)" + addresses), "country.declared");
  };
  // What is no code of two letters is passed over, whether it is primary or not.
  EXPECT_EQ(country(R"([{"country":"USA","primary":true},{"country":"us"}])"),
            Value(std::string("US")));
  EXPECT_TRUE(is_null(country(R"([{"country":"Germany"},{"locality":"DE"},{"country":"D1"}])")));
}

TEST(ScimTest, NamesAUserByWhatItSaysOfItself) {
  const auto name = [](const std::string& members) {
    return value_of(record_of(R"("id":"a","userName":"login",)" + members), "name");
  };
  EXPECT_EQ(name(R"("name":{"formatted":"Ms Mei Lin","givenName":"Mei"})"),
            Value(std::string("Ms Mei Lin")));
  EXPECT_EQ(name(R"("name":{"givenName":"Mei","familyName":"Lin"})"),
            Value(std::string("Mei Lin")));
  EXPECT_EQ(name(R"("name":{"familyName":"Lin"})"), Value(std::string("Lin")));
  EXPECT_TRUE(is_null(name(R"("name":{})")));
}

TEST(ScimTest, WhatAUserLogsInWithIsNoName) {
  const auto name = [](const std::string& members) {
    return value_of(
        record_of(R"("id":"a","userName":"mlin","emails":[{"value":"Mei@home"}],)" + members),
        "name");
  };
  for (const char* const shown : {"mlin", "MLIN", "mei@home", "x@mail.example", "Mei <x@m.example>",
                                  "Mei Lin (x@m.example)"}) {
    const std::string display = R"("displayName":")" + std::string(shown) + "\"";
    EXPECT_TRUE(is_null(name(display))) << shown;
    EXPECT_EQ(name(display + R"(,"name":{"formatted":"x@m.example","familyName":"Lin"})"),
              Value(std::string("Lin")));
  }
  for (const char* const shown : {"Mei Lin", "Mei @ Acme Inc.", "@mei.lin", "mlin 2"}) {
    EXPECT_EQ(name(R"("displayName":")" + std::string(shown) + "\""), Value(std::string(shown)));
  }
}

TEST(ScimTest, ActiveMayBeAText) {
  for (const char* const word : {"false", "\"False\"", "\"false\""}) {
    EXPECT_EQ(value_of(record_of(R"("id":"a","active":)" + std::string(word)), "enforcement"),
              Value(Texts{"inactive"}))
        << word;
  }
  for (const char* const word : {"true", "\"True\""}) {
    EXPECT_TRUE(
        is_null(value_of(record_of(R"("id":"a","active":)" + std::string(word)), "enforcement")));
  }
}

TEST(ScimTest, TheAccountIsTheIdThatWasChosen) {
  const std::string both = R"("id":"a","externalId":"e-7","userName":"mlin")";
  EXPECT_EQ(value_of(record_of(both, staff("externalId")), "account"), Value(std::string("e-7")));
  EXPECT_EQ(value_of(record_of(both, staff("userName")), "account"), Value(std::string("mlin")));
  EXPECT_EQ(value_of(record_of(both, staff("id")), "account"), Value(std::string("a")));
  // A bare id could be another's account where `externalId` names accounts.
  for (const char* const lacking :
       {R"("id":"e-7")", R"("id":"e-7","externalId":null)", R"("id":"e-7","externalId":"")"}) {
    EXPECT_EQ(value_of(record_of(lacking, staff("externalId")), "account"),
              Value(std::string("scim:e-7")));
  }
  EXPECT_EQ(kScimKind.feed("users", staff())->series(),
            kScimKind.feed("users", staff("id"))->series());
  // Another choice is another series: what is stored was named otherwise.
  EXPECT_NE(kScimKind.feed("users", staff())->series(),
            kScimKind.feed("users", staff("userName"))->series());
}

TEST(ScimTest, TurnsPagesByWhatCame) {
  EXPECT_EQ(url_for(""), "https://idp.example.org/scim/v2/Users?startIndex=1&count=100");
  // Fewer than were asked for, and an echo that is wrong.
  const auto first = read(page(users(1, 40), 90, R"(,"itemsPerPage":100,"startIndex":0)")).value();
  EXPECT_THAT(first.records, SizeIs(40));
  EXPECT_TRUE(first.more);
  EXPECT_EQ(url_for(first.next), "https://idp.example.org/scim/v2/Users?startIndex=41&count=100");
  // There are more by now than the first page said.
  const auto second = read(page(users(41, 90), 95), first.next).value();
  EXPECT_EQ(url_for(second.next), "https://idp.example.org/scim/v2/Users?startIndex=91&count=100");
  // … and then fewer.
  const auto last = read(page(users(91, 93), 93), second.next).value();
  EXPECT_FALSE(last.more);
  EXPECT_FALSE(read(page("", 80), second.next).value().more);
}

TEST(ScimTest, ATotalThatCountsThePageAloneEndsNothing) {
  const auto full = read(page(users(1, 100), 100)).value();
  EXPECT_TRUE(full.more);
  const auto rest = read(page(users(101, 130), 30), full.next).value();
  EXPECT_THAT(rest.records, SizeIs(30));
  EXPECT_FALSE(rest.more);
}

TEST(ScimTest, RefusesAServerThatGivesTheSamePageForEver) {
  const std::string same = page(users(1, 50), 120);
  const auto first = read(same).value();
  ASSERT_TRUE(first.more);
  const auto again = read(same, first.next);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("pays no heed to `startIndex`"));
  const auto nothing = read(page("", 120), first.next);
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error().message, HasSubstr("70 from here on"));
}

TEST(ScimTest, AServerThatGivesAllAtOnceHasGivenAll) {
  const std::string all = page(users(1, 250), 250);
  const auto first = read(all).value();
  EXPECT_THAT(first.records, SizeIs(250));
  ASSERT_TRUE(first.more);
  const auto again = read(all, first.next).value();
  EXPECT_THAT(again.records, SizeIs(0));
  EXPECT_FALSE(again.more);
  // One more by now has not come.
  EXPECT_FALSE(read(page(users(1, 251), 251), first.next));
}

TEST(ScimTest, AUserIsKnownAgainByItsId) {
  const auto changed = [](const std::string& more) {
    return page(user(R"("id":"u1","meta":{"version":")" + more + R"("})") + "," + users(2, 50),
                120);
  };
  EXPECT_FALSE(read(changed("2"), read(changed("1")).value().next));
  // Without an id by the whole of it.
  const auto nameless = [](const std::string& more) {
    return page(user(R"("nickName":")" + more + "\"") + "," + users(2, 50), 120);
  };
  EXPECT_FALSE(read(nameless("a"), read(nameless("a")).value().next));
  EXPECT_TRUE(read(nameless("b"), read(nameless("a")).value().next));
}

TEST(ScimTest, RefusesWhatIsNoPage) {
  for (const auto& [body, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "no JSON object"},
           {"[]", "no JSON object"},
           {"{}", "it lacks `totalResults`"},
           {R"({"totalResults":"7"})", "`totalResults` is no count"},
           {R"({"totalResults":1,"totalResults":1})", "a member twice"},
           {R"({"totalResults":1,"Resources":{}})", "`Resources` is no array"},
           {R"({"totalResults":1,"Resources":[7]})", "no object"},
           {R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"})",
            "an error of SCIM"},
           {R"({"schemas":["urn:scim:schemas:core:1.0"],"totalResults":0})", "SCIM 2.0 is what"},
           {R"({"totalResults":1,"Resources":[{"id":"g","schemas":)"
            R"(["urn:ietf:params:scim:schemas:core:2.0:Group"]}]})",
            "no user of SCIM 2.0"}}) {
    const auto refused = read(body);
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr(why));
  }
}

TEST(ScimTest, QuarantinesABadUser) {
  for (const char* const bad :
       {R"("userName":"nobody")", R"("id":"")", R"("id":7)", R"("id":"b","id":"c")",
        R"("id":"b","active":1)", R"("id":"b","emails":{})", R"("id":"b","emails":[7])",
        R"("id":"b","addresses":[{"country":7}])", R"("id":"b","displayName":{})",
        R"("id":"b","meta":{"created":"soon"})"}) {
    const auto answer = read(page(users(1, 1) + "," + user(bad), 2));
    ASSERT_TRUE(answer) << bad;
    EXPECT_THAT(answer->records, SizeIs(1)) << bad;
    ASSERT_THAT(answer->bad, SizeIs(1)) << bad;
    EXPECT_EQ(answer->bad[0].origin, "entry 2");
  }
}

TEST(ScimTest, KeepsNothingElseOfAUser) {
  const Record record = record_of(
      R"("id":"a","displayName":"Mei","userName":"c4n4ry@kept.example","nickName":"c4n4ry",
         "title":"c4n4ry","password":"c4n4ry","phoneNumbers":[{"value":"c4n4ry"}],
         "photos":[{"value":"https://c4n4ry.example"}],"groups":[{"display":"c4n4ry"}],
         "emails":[{"value":"c4n4ry@kept.example","display":"c4n4ry"}],
         "addresses":[{"country":"NL","streetAddress":"c4n4ry","locality":"c4n4ry"}],
         "x509Certificates":[{"value":"c4n4ry"}],"meta":{"location":"c4n4ry","version":"c4n4ry"},
         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"c4n4ry"})");
  std::string line;
  write_record_json(record, line);
  EXPECT_THAT(line, HasSubstr("kept.example"));
  EXPECT_THAT(line, Not(HasSubstr("c4n4ry")));
}

TEST(ScimTest, KeepsNoAddressAsAName) {
  for (const char* const members :
       {R"("userName":"c4n4ry","displayName":"c4n4ry")",
        R"("displayName":"c4n4ry@kept.example","name":{"formatted":"Mei c4n4ry@kept.example"})",
        R"("name":{"familyName":"c4n4ry@kept.example"})",
        R"("displayName":"c4n4ry","emails":["c4n4ry"])"}) {
    std::string line;
    write_record_json(record_of(R"("id":"a",)" + std::string(members)), line);
    EXPECT_THAT(line, HasSubstr("scim:a"));
    EXPECT_THAT(line, Not(HasSubstr("c4n4ry"))) << members;
  }
}

TEST(ScimTest, ASweepThatStoppedBeginsAgainAfterAReload) {
  for (const std::string& stuck : {page(users(1, 50), 120), page("", 120)}) {
    bool mended = false;
    ScriptedHttp http([&](const std::string& url, std::size_t) {
      if (url.find("startIndex=1&") != std::string::npos) {
        return HttpResponse{200, page(users(1, 50), mended ? 50 : 120), {}};
      }
      return HttpResponse{200, stuck, {}};
    });
    SourceServices services;
    services.http = &http;
    const UtcTime now = kMidnight + kDay + kHour;
    services.now = [now] { return now; };
    auto source = make_contract_source(staff(), services).value();
    const std::string cursor = source->next("", now, {}).value()->cursor;
    EXPECT_FALSE(source->next(cursor, now, {}));
    mended = true;
    source = make_contract_source(staff(), services).value();
    const auto swept = source->next(cursor, now, {});
    ASSERT_TRUE(swept) << swept.error().message;
    EXPECT_THAT((*swept)->records, SizeIs(50));
    EXPECT_TRUE((*swept)->drained);
  }
}

TEST(ScimTest, IsReadByTheContractToItsEnd) {
  ScriptedHttp http([](const std::string& url, std::size_t) {
    const bool first = url.find("startIndex=1&") != std::string::npos;
    return HttpResponse{200, first ? page(users(1, 100), 101) : page(users(101, 101), 101), {}};
  });
  SourceConfig config = staff();
  config.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  SourceServices services;
  services.variables = {{"KEY", "bearer-token"}};
  services.http = &http;
  const UtcTime now = kMidnight + kDay + kHour;
  services.now = [now] { return now; };
  const auto source = make_contract_source(config, services).value();
  std::string cursor;
  std::size_t records = 0;
  while (const auto given = source->next(cursor, now, {}).value()) {
    cursor = given->cursor;
    records += given->records.size();
    if (given->drained) break;
  }
  EXPECT_EQ(records, 101U);
  EXPECT_THAT(http.urls(),
              ElementsAre("https://idp.example.org/scim/v2/Users?startIndex=1&count=100",
                          "https://idp.example.org/scim/v2/Users?startIndex=101&count=100"));
  EXPECT_THAT(http.credentials(), ElementsAre("bearer-token", "bearer-token"));
}

TEST(ScimTest, SuppliesWhatItsRecordsHave) {
  const auto fields = kScimKind.fields("users", *staff().contract);
  EXPECT_TRUE(fields.contains(*find_field("country.declared")));
  EXPECT_FALSE(fields.contains(*find_field("organization")));
  EXPECT_FALSE(fields.contains(*find_field("payment.fingerprints")));
  EXPECT_FALSE(kScimKind.can_tell(EndpointTheme::kDirectory, AccountChoice::kProject));
}

}  // namespace
}  // namespace tidewaiter
