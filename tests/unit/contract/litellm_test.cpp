// A LiteLLM proxy's spend logs and lists as records. The answers are written by hand, in the form
// of its database tables and of its routes.
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/litellm/litellm_kind.h"
#include "daemon/sources/litellm/spend_page.h"
#include "expected_fields.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using Strings = std::vector<std::string>;

const UtcTime kTen = parse_time("2026-11-20T10:00:00Z").value();

SourceConfig config() {
  SourceConfig source;
  source.name = "gateway";
  source.kind = "litellm";
  source.contract.emplace();
  source.contract->url = "https://gateway.example";
  source.contract->bucket = kDay;
  source.contract->overlap = {2 * kHour.us};
  return source;
}

FeedQuestion hour(std::string token = {}) { return {{kTen, kTen + kHour}, std::move(token)}; }

Result<FeedAnswer> read(const std::string& body, const SourceConfig& source = config(),
                        std::string token = {}) {
  return kLiteLlmKind.feed("spend_logs", source)->read(body, hour(std::move(token)));
}

std::string page(
    const std::string& rows,
    const std::string& rest = R"("total":1,"page":1,"page_size":100,"total_pages":1)") {
  return R"({"data":[)" + rows + "]," + rest + "}";
}

/// A row with everything that a request that was answered has. `more` is written behind it.
std::string served(const std::string& more = "", const std::string& id = "chatcmpl-1",
                   const std::string& start = "2026-11-20T10:00:01.250000+00:00") {
  return R"({"request_id":")" + id +
         R"(","call_type":"acompletion","api_key":"88dc28d0f030c55ed4ab77ed8faf0981",)"
         R"("spend":1.5e-05,"total_tokens":140,"prompt_tokens":100,"completion_tokens":40,)"
         R"("startTime":")" +
         start +
         R"(","endTime":"2026-11-20T10:00:03.5Z","completionStartTime":"2026-11-20T10:00:02Z",)"
         R"("model":"openai/m-4-2026-02-11","model_id":"","model_group":"m-4",)"
         R"("custom_llm_provider":"openai","api_base":"https://api.example","user":"user-7",)"
         R"("metadata":{"user_api_key_alias":"canary alias","usage_object":{"prompt_tokens":100,)"
         R"("completion_tokens":40,"prompt_tokens_details":{"cached_tokens":30},)"
         R"("completion_tokens_details":{"reasoning_tokens":25}},"cost_breakdown":{"total_cost":)"
         R"(1.5e-05},"error_information":null},"cache_hit":"False","team_id":"team-1",)"
         R"("organization_id":"org-1","end_user":"u-55","requester_ip_address":"203.0.113.7",)"
         R"("session_id":"s-1","status":"success","request_tags":["canary tag"],)"
         R"("messages":[{"role":"user","content":"canary prompt"}],)"
         R"("response":{"choices":[{"message":{"content":"canary answer"}}]})" +
         more + "}";
}

/// A refused request: the columns hold their defaults.
constexpr const char* kRefused =
    R"({"request_id":"3f1c","call_type":"acompletion","api_key":"88dc","spend":0.0,)"
    R"("total_tokens":0,"prompt_tokens":0,"completion_tokens":0,)"
    R"("startTime":"2026-11-20T10:30:00Z","endTime":"2026-11-20T10:30:00Z","model":"m-9",)"
    R"("model_group":"","custom_llm_provider":"","user":"","team_id":"team-1","end_user":"",)"
    R"("requester_ip_address":"","session_id":"b6c1-random","status":"failure",)"
    R"("metadata":{"usage_object":null,"cost_breakdown":null,)"
    R"("error_information":{"error_code":"429","error_class":"RateLimitError",)"
    R"("error_message":"canary message"}}})";

TEST(LiteLlmSpendTest, ARowIsARequest) {
  const FeedAnswer answer = read(page(served())).value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_FALSE(answer.more);
  const Record& record = answer.records[0];
  EXPECT_EQ(format_time(record.time), "2026-11-20T10:00:01.25Z");
  EXPECT_EQ(record.duration.us, 2'250'000);
  EXPECT_EQ(record.requests, 1);
  expect_fields(record, {{"provider", std::string("openai")},
                         {"operation", std::string("chat")},
                         {"model", std::string("m-4")},
                         {"response_model", std::string("openai/m-4-2026-02-11")},
                         {"input_tokens", std::int64_t{100}},
                         {"output_tokens", std::int64_t{40}},
                         {"cached_tokens", std::int64_t{30}},
                         {"reasoning_tokens", std::int64_t{25}},
                         {"organization", std::string("org-1")},
                         {"project", std::string("team-1")},
                         {"account", std::string("team-1")},
                         {"api_key", std::string("88dc28d0f030c55ed4ab77ed8faf0981")},
                         {"end_user", std::string("u-55")},
                         {"client.address", std::string("203.0.113.7")},
                         {"status", std::string("success")},
                         {"cost", std::int64_t{15'000}},  // 1.5e-05 USD
                         {"cost.basis", std::string("computed")},
                         {"request.session", std::string("s-1")}});
}

TEST(LiteLlmSpendTest, NothingThatACallerWroteIsKept) {
  std::string lines;
  const FeedAnswer answer = read(page(served() + "," + kRefused)).value();
  for (const Record& record : answer.records) {
    write_record_json(record, lines);
  }
  EXPECT_THAT(lines, HasSubstr("team-1"));
  EXPECT_THAT(lines, Not(HasSubstr("canary")));
}

TEST(LiteLlmSpendTest, ZerosOfWhatWasNeverMeasuredAreAbsent) {
  const FeedAnswer answer = read(page(kRefused)).value();
  ASSERT_EQ(answer.records.size(), 1U);
  expect_fields(answer.records[0], {{"operation", std::string("chat")},
                                    {"model", std::string("m-9")},  // the one that was asked for
                                    {"project", std::string("team-1")},
                                    {"account", std::string("team-1")},
                                    {"api_key", std::string("88dc")},
                                    {"status", std::string("failure")},
                                    {"http_status", std::int64_t{429}}});
}

TEST(LiteLlmSpendTest, MeasuredZerosAreFigures) {
  const FeedAnswer answer =
      read(page(R"({"request_id":"e1","call_type":"aembedding","spend":0,"prompt_tokens":0,)"
                R"("completion_tokens":0,"startTime":"2026-11-20 10:30:00",)"
                R"("endTime":"2026-11-20 10:30:00","status":"success",)"
                R"("metadata":{"usage_object":{},"cost_breakdown":{}}})"))
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  expect_fields(answer.records[0], {{"operation", std::string("embeddings")},
                                    {"input_tokens", std::int64_t{0}},
                                    {"output_tokens", std::int64_t{0}},
                                    {"status", std::string("success")},
                                    {"cost", std::int64_t{0}},
                                    {"cost.basis", std::string("computed")}});
}

TEST(LiteLlmSpendTest, MetadataMayBeAText) {
  const FeedAnswer answer =
      read(page(R"({"request_id":"e1","startTime":"2026-11-20 10:30:00","prompt_tokens":9,)"
                R"("endTime":"2026-11-20 10:30:00","metadata":)"
                R"("{\"usage_object\":{\"cache_read_input_tokens\":4}}"})"))
          .value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(field_value(answer.records[0], *find_field("cached_tokens")), Value(std::int64_t{4}));
}

TEST(LiteLlmSpendTest, AnIdThatIsGivenAnewIsAnotherRequest) {
  const FeedAnswer answer =
      read(page(served() + "," + served("", "chatcmpl-1", "2026-11-20T10:00:02Z"))).value();
  ASSERT_EQ(answer.records.size(), 2U);
  EXPECT_NE(answer.records[0].id, answer.records[1].id);
}

constexpr const char* kFullOfOne = R"("page":1,"page_size":1)";
constexpr const char* kFullOfTwo = R"("page":1,"page_size":2)";

TEST(LiteLlmSpendTest, APageIsFullByItsRowsWhateverTheTotalSays) {
  const std::string row = served("", "a", "2026-11-20T10:00:02Z");
  // The server counts to 10,000 and no further: this would be the last of its pages.
  const FeedAnswer full =
      read(page(row, R"("total":10000,"page":100,"page_size":1,"total_pages":100,)"
                     R"("total_is_capped":true)"),
           config(), "1795168802.100")
          .value();
  EXPECT_TRUE(full.more);
  EXPECT_EQ(full.next, "1795168802.101");
  const FeedAnswer last =
      read(page(row, R"("total":10000,"page":101,"page_size":2,"total_pages":5000)"), config(),
           "1795168802.101")
          .value();
  EXPECT_FALSE(last.more);
}

TEST(LiteLlmSpendTest, APageBeginsInTheSecondInWhichTheLastOneEnded) {
  // Kept in its own words: 10:00:00 is 1795168800 s.
  const std::string later = served("", "b", "2026-11-20T10:00:02.7Z");
  EXPECT_EQ(
      read(page(served("", "a", "2026-11-20T10:00:01Z") + "," + later, kFullOfTwo)).value().next,
      "1795168802.1");
  // A second that fills a page by itself has pages of its own.
  EXPECT_EQ(read(page(later, kFullOfOne), config(), "1795168802.1").value().next, "1795168802.2");
  // Of a server that does not sort nobody knows where a page ends: its pages have numbers.
  EXPECT_EQ(
      read(page(later + "," + served("", "a", "2026-11-20T10:00:01Z"), kFullOfTwo)).value().next,
      "1795168800.2");
  // What begins at the end is of the next window, and all that is behind it.
  const std::string at_end =
      R"({"request_id":"e","startTime":"2026-11-20T11:00:00Z","endTime":"2026-11-20T11:00:01Z"})";
  const FeedAnswer end = read(page(at_end, kFullOfOne)).value();
  EXPECT_FALSE(end.more);
  EXPECT_TRUE(end.records.empty());
  // What begins before the place was not asked for.
  EXPECT_EQ(read(page(later, kFullOfOne), config(), "1795168803.1").error().code,
            ErrorCode::kInvalidInput);
}

TEST(LiteLlmSpendTest, APlaceIsItsToken) {
  const Interval window{kTen, kTen + kHour};
  for (const SpendPlace& place :
       {SpendPlace{kTen, 1}, SpendPlace{kTen + kMinute, 7}, SpendPlace{kTen + kHour, 100}}) {
    EXPECT_EQ(spend_place_from_text(to_text(place), window), place);
  }
  const SpendPlace first{kTen, 1};
  EXPECT_EQ(spend_place_from_text("", window), first);
  EXPECT_EQ(spend_place_from_text("7", window), (SpendPlace{kTen, 7}));  // of an older cursor
  for (const char* const none : {".", "x.1", "1795168799.2", "1795172401.2", "1e9.1", "-1.1"}) {
    EXPECT_EQ(spend_place_from_text(none, window), first) << none;
  }
}

TEST(LiteLlmSpendTest, TheEndOfTheWindowIsOfTheNextOne) {
  const std::string at_end =
      R"({"request_id":"e","startTime":"2026-11-20T11:00:00Z","endTime":"2026-11-20T11:00:01Z"})";
  const FeedAnswer answer = read(page(served() + "," + at_end)).value();
  EXPECT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.rows, 2);  // so that a full page is one
  EXPECT_TRUE(answer.bad.empty());
}

TEST(LiteLlmSpendTest, ABadRowIsQuarantinedByItself) {
  const std::string times =
      R"("startTime":"2026-11-20T10:30:00Z","endTime":"2026-11-20T10:30:01Z")";
  for (const auto& [row, reason] : std::vector<std::pair<std::string, const char*>>{
           {"{" + times + "}", "`request_id` is missing"},
           {R"({"request_id":"a"})", "`startTime` is missing"},
           {R"({"request_id":"a","startTime":"2026-11-20T10:30:00Z"})", "`endTime` is missing"},
           {R"({"request_id":"a","startTime":"2026-11-20T10:30:00Z","endTime":)"
            R"("2026-11-20T10:29:00Z"})",
            "before"},
           {R"({"request_id":"a","startTime":1763634600,"endTime":"2026-11-20T10:29:00Z"})",
            "`startTime`"},
           {R"({"request_id":"a","prompt_tokens":"many",)" + times + "}", "`prompt_tokens`"},
           {R"({"request_id":"a","completion_tokens":-1,)" + times + "}", "negative"},
           {R"({"request_id":"a","spend":"much",)" + times + "}", "`spend`"},
           {R"({"request_id":"a","spend":1e300,)" + times + "}", "`spend`"},
           {R"({"request_id":"a","metadata":"{",)" + times + "}", "`metadata`"},
           {R"({"request_id":"a","request_id":"b",)" + times + "}", "twice"},
           {served(), "twice in one page"}}) {
    const FeedAnswer answer = read(page(served() + "," + row)).value();
    EXPECT_EQ(answer.records.size(), 1U) << row;
    ASSERT_EQ(answer.bad.size(), 1U) << row;
    EXPECT_THAT(answer.bad[0].reason, HasSubstr(reason));
    EXPECT_EQ(answer.bad[0].origin, "row");
    EXPECT_EQ(answer.bad[0].length, static_cast<std::int64_t>(row.size()));
  }
}

TEST(LiteLlmSpendTest, ABadRowOfTheLastSecondIsTheSameWhenItIsReadAgain) {
  const std::string bad =
      R"({"request_id":"b","prompt_tokens":"many","startTime":"2026-11-20T10:00:01.5Z",)"
      R"("endTime":"2026-11-20T10:30:01Z"})";
  const std::string first = served("", "a", "2026-11-20T10:00:00Z");
  const std::string last = served("", "c", "2026-11-20T10:00:01.7Z");
  const std::string full = R"("total":9,"page":1,"page_size":3,"total_pages":3)";
  const FeedAnswer once = read(page(first + "," + bad + "," + last, full)).value();
  // The page behind it begins with the last second.
  const FeedAnswer again = read(page(bad + "," + last, full), config(), once.next).value();
  ASSERT_EQ(once.bad.size(), 1U);
  ASSERT_EQ(again.bad.size(), 1U);
  EXPECT_EQ(once.bad[0].origin, again.bad[0].origin);
  EXPECT_EQ(once.bad[0].offset, again.bad[0].offset);
  EXPECT_EQ(once.bad[0].content, again.bad[0].content);
}

TEST(LiteLlmSpendTest, WhatIsNoPageOfSpendLogsIsRefused) {
  const std::string early =
      R"({"request_id":"e","startTime":"2026-11-20T09:59:59Z","endTime":"2026-11-20T11:00:01Z"})";
  for (const auto& [body, reason] : std::vector<std::pair<std::string, const char*>>{
           {"[" + served() + "]", "no JSON object"},  // the old route, /spend/logs
           {page(served(), R"("total":1)"), "lacks"},
           {R"({"data":{},"page":1,"page_size":100})", "no array"},
           {page(served(), R"("page":2,"page_size":100)"), "page 1 was asked for"},
           {page(served(), R"("page":1,"page":1,"page_size":100)"), "twice"},
           {page(served(), R"("page":1,"page_size":0)"), "lacks"},
           {page(early), "outside the time"}}) {
    const auto answer = read(body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(answer.error().message, HasSubstr(reason));
  }
}

TEST(LiteLlmSpendTest, ItAsksInTheOneFormThatTheServerTakes) {
  const HttpRequest request = kLiteLlmKind.feed("spend_logs", config())->ask(hour("1795168802.7"));
  EXPECT_EQ(request.url,
            "https://gateway.example/spend/logs/v2?start_date=2026-11-20%2010%3A00%3A02"
            "&end_date=2026-11-20%2011%3A00%3A00&page=7&page_size=100&sort_by=startTime"
            "&sort_order=asc");
}

TEST(LiteLlmSpendTest, TheAccountIsWhatTheConfigurationChooses) {
  for (const auto& [choice, account] : std::vector<std::pair<AccountChoice, std::string>>{
           {AccountChoice::kProject, "team-1"},
           {AccountChoice::kPrincipal, "user-7"},
           {AccountChoice::kApiKey, "88dc28d0f030c55ed4ab77ed8faf0981"},
           {AccountChoice::kEndUser, "u-55"}}) {
    SourceConfig source = config();
    source.contract->account = choice;
    source.contract->organization = "org-of-ours";
    const Record record = read(page(served()), source).value().records.at(0);
    EXPECT_EQ(field_value(record, *find_field("account")), Value(account));
    EXPECT_EQ(field_value(record, *find_field("organization")), Value(std::string("org-of-ours")));
  }
}

Result<FeedAnswer> list(const char* endpoint, const std::string& body,
                        AccountChoice account = AccountChoice::kProject, std::string token = {}) {
  SourceConfig source = config();
  source.contract->account = account;
  return kLiteLlmKind.feed(endpoint, source)->read(body, {{kTen - kDay, kTen}, std::move(token)});
}

constexpr const char* kKeyEntry =
    R"({"token":"88dc","key_name":"sk-...canary","key_alias":"batch","user_id":"user-7",)"
    R"("team_id":"team-1","organization_id":"org-1","blocked":true,"expires":null,)"
    R"("created_at":"2026-05-01T08:00:00.5Z","metadata":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":)"
    R"({"i":"canary"}}}}}}}}},"config":{"secret":"canary"}})";

TEST(LiteLlmListTest, AKeyBelongsToATeamAndAUser) {
  const std::string body = std::string(R"({"keys":[)") + kKeyEntry +
                           R"(],"total_count":1,"current_page":1,"total_pages":1})";
  const FeedAnswer answer = list("keys", body).value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_FALSE(answer.more);
  const Record& record = answer.records[0];
  EXPECT_EQ(record.time, kTen - kDay);
  expect_fields(record, {{"organization", std::string("org-1")},
                         {"account", std::string("team-1")},
                         {"account.kind", std::string("key")},
                         {"project", std::string("team-1")},
                         {"api_key", std::string("88dc")},
                         {"name", std::string("batch")},
                         {"identifiers", Strings{"litellm:88dc"}},
                         {"owners.identifier", Strings{"litellm:user-7"}},
                         {"created", parse_time("2026-05-01T08:00:00.5Z").value().us},
                         {"enforcement", Strings{"blocked"}}});
}

TEST(LiteLlmListTest, UsersTeamsAndCustomersAreWhoTheyAre) {
  const Record user =
      list("users", R"({"users":[{"user_id":"user-7","user_alias":"First Last",)"
                    R"("user_email":"first@Mail.example.org","user_role":"canary"}],"total":1,)"
                    R"("page":1,"page_size":100,"total_pages":1})")
          .value()
          .records.at(0);
  expect_fields(user, {{"account", std::string("user-7")},
                       {"account.kind", std::string("user")},
                       {"name", std::string("First Last")},
                       {"email.domain", std::string("mail.example.org")},
                       {"identifiers", Strings{"litellm:user-7"}}});
  const Record team = list("teams", R"({"teams":[{"team_id":"team-1","team_alias":"Lab",)"
                                    R"("blocked":false}],"total":1,"page":1,"total_pages":1})")
                          .value()
                          .records.at(0);
  expect_fields(team, {{"account", std::string("team-1")},
                       {"account.kind", std::string("project")},
                       {"project", std::string("team-1")},
                       {"name", std::string("Lab")},
                       {"identifiers", Strings{"litellm:team-1"}}});
  const Record customer = list("customers", R"([{"user_id":"u-55","alias":"Acme","blocked":true}])",
                               AccountChoice::kEndUser)
                              .value()
                              .records.at(0);
  expect_fields(customer, {{"account", std::string("u-55")},
                           {"account.kind", std::string("end_user")},
                           {"end_user", std::string("u-55")},
                           {"name", std::string("Acme")},
                           {"identifiers", Strings{"litellm:u-55"}},
                           {"enforcement", Strings{"blocked"}}});
}

/// Where a walk goes on that has read page `page` of `pages` by `token`.
std::string behind(int page, int pages, std::string token) {
  const std::string body = std::string(R"({"keys":[)") + kKeyEntry + R"(],"current_page":)" +
                           std::to_string(page) + R"(,"total_pages":)" + std::to_string(pages) +
                           "}";
  const FeedAnswer answer = list("keys", body, AccountChoice::kProject, std::move(token)).value();
  EXPECT_EQ(answer.more, !answer.next.empty());
  return answer.next;
}

TEST(LiteLlmListTest, TheWalkGoesFromTheLastPageToTheFirst) {
  // When the one entry of each page was made.
  const std::string made = ".1777622400500000";
  EXPECT_EQ(behind(1, 1, ""), "");
  EXPECT_EQ(behind(1, 3, ""), "up.3" + made);
  EXPECT_EQ(behind(3, 4, "up.3" + made), "up.4" + made);  // somebody was added
  EXPECT_EQ(behind(4, 4, "up.4" + made), "down.3" + made);
  EXPECT_EQ(behind(4, 3, "up.4" + made), "down.3" + made);  // somebody went
  EXPECT_EQ(behind(3, 9, "down.3" + made), "down.2" + made);
  EXPECT_EQ(behind(2, 2, "down.2" + made), "down.1" + made);
  EXPECT_EQ(behind(1, 2, "down.1" + made), "");
  EXPECT_EQ(kLiteLlmKind.feed("keys", config())->ask(hour("down.3" + made)).url,
            "https://gateway.example/key/list?return_full_object=true&size=100&sort_by=created_at"
            "&sort_order=asc&page=3");
}

TEST(LiteLlmListTest, TheWalkGoesUpAgainWhereTheOrderIsNotKept) {
  EXPECT_EQ(behind(2, 3, "2"), "up.3");  // of an older cursor, which does not know the order
  EXPECT_EQ(behind(3, 3, "up.3"), "down.2");
  // What stands ahead was made later than what is behind it.
  EXPECT_EQ(behind(2, 3, "down.2.1777622400499999"), "down.1");
  EXPECT_EQ(behind(1, 3, "down.1"), "again.2");
  EXPECT_EQ(behind(1, 3, "down.1.1777622400499999"), "again.2");
  EXPECT_EQ(behind(1, 1, "down.1"), "");  // all on one page by now
  EXPECT_EQ(behind(2, 3, "again.2"), "again.3");
  EXPECT_EQ(behind(3, 3, "again.3"), "");
  EXPECT_EQ(behind(3, 2, "again.3"), "");
}

/// A proxy's keys, two a page, with the second at which each was made.
class KeyList {
 public:
  [[nodiscard]] std::string page(std::size_t number) const {
    std::string keys;
    for (std::size_t i = 2 * (number - 1); i < std::min(all.size(), 2 * number); ++i) {
      keys += std::string(keys.empty() ? "" : ",") + R"({"token":")" + all[i].first +
              R"(","created_at":"2026-05-01T08:00:0)" + std::to_string(all[i].second) + R"(Z"})";
    }
    return R"({"keys":[)" + keys + R"(],"current_page":)" + std::to_string(number) +
           R"(,"total_pages":)" + std::to_string((all.size() + 1) / 2) + "}";
  }
  std::vector<std::pair<std::string, int>> all;
};

/// The keys that a walk meets. After page `n` was read `change(keys, n)` may change the list, with
/// the count of pages read so far.
std::set<std::string> walked(KeyList keys,
                             const std::function<void(KeyList&, std::size_t)>& change) {
  std::set<std::string> met;
  std::string token;
  for (std::size_t read = 1; read < 50; ++read) {
    const std::string url = kLiteLlmKind.feed("keys", config())->ask(hour(token)).url;
    const std::size_t number = std::stoul(url.substr(url.find("&page=") + 6));
    const FeedAnswer answer =
        list("keys", keys.page(number), AccountChoice::kApiKey, token).value();
    for (const Record& record : answer.records) {
      met.insert(std::get<std::string>(field_value(record, *find_field("api_key"))));
    }
    if (!answer.more) return met;
    token = answer.next;
    change(keys, read);
  }
  ADD_FAILURE() << "the walk does not end";
  return met;
}

TEST(LiteLlmListTest, NoKeyIsMissedWhicheverTheOrder) {
  using Keys = std::vector<std::pair<std::string, int>>;
  const Keys rising = {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 5}, {"f", 6}, {"g", 7}};
  const Keys falling(rising.rbegin(), rising.rend());
  for (const bool newest_first : {false, true}) {
    const KeyList list{newest_first ? falling : rising};
    for (std::size_t when = 0; when < 10; ++when) {
      const auto added = walked(list, [&](KeyList& keys, std::size_t read) {
        if (read == when)
          keys.all.emplace(newest_first ? keys.all.begin() : keys.all.end(), "n", 9);
      });
      for (const auto& [key, second] : rising) {
        EXPECT_TRUE(added.contains(key)) << key << " " << when << " " << newest_first;
      }
      for (std::size_t gone = 0; gone < rising.size(); ++gone) {
        const auto left = walked(list, [&](KeyList& keys, std::size_t read) {
          if (read == when) keys.all.erase(keys.all.begin() + static_cast<std::ptrdiff_t>(gone));
        });
        for (std::size_t i = 0; i < rising.size(); ++i) {
          if (i == gone) continue;
          EXPECT_TRUE(left.contains(list.all[i].first)) << i << " " << gone << " " << when;
        }
      }
    }
  }
}

TEST(LiteLlmListTest, AnOldServerDoesNotSayHowManyPagesThereAre) {
  const std::string one = std::string(R"({"keys":[)") + kKeyEntry;
  EXPECT_FALSE(list("keys", one + "]}").value().more);
  std::string hundred = one;
  for (int i = 1; i < 100; ++i) hundred += std::string(",") + kKeyEntry;
  EXPECT_EQ(list("keys", hundred + "]}").value().next, "up.2");
  EXPECT_EQ(list("keys", hundred + "]}", AccountChoice::kProject, "up.2").value().next, "up.3");
  const auto behind_one = [&one](const char* token) {
    return list("keys", one + "]}", AccountChoice::kProject, token).value().next;
  };
  EXPECT_EQ(behind_one("up.3"), "down.2");
  EXPECT_EQ(list("keys", hundred + "]}", AccountChoice::kProject, "down.2").value().next, "down.1");
  EXPECT_FALSE(list("keys", hundred + "]}", AccountChoice::kProject, "down.1").value().more);
}

TEST(LiteLlmListTest, NobodyNamesAnOwner) {
  const auto fields = kLiteLlmKind.fields("keys", *config().contract);
  EXPECT_TRUE(fields.contains(*find_field("owners.identifier")));
  EXPECT_FALSE(fields.contains(*find_field("owners")));
}

TEST(LiteLlmListTest, AnotherListOrPageIsRefused) {
  for (const auto& [endpoint, body] : std::vector<std::pair<const char*, std::string>>{
           {"keys", R"({"users":[],"page":1})"},
           {"keys", R"({"keys":["88dc"],"current_page":1})"},  // hashes alone
           {"keys", R"({"keys":[],"current_page":2})"},
           {"keys", R"({"keys":[],"total_pages":"x"})"},
           {"users", "[]"},
           {"customers", R"({"customers":[]})"},
           {"customers", "[] []"},
           {"customers", "[7]"}}) {
    const auto answer = list(endpoint, body);
    ASSERT_FALSE(answer) << endpoint << " " << body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
  }
}

TEST(LiteLlmListTest, ABadEntryIsQuarantinedByItself) {
  for (const char* const entry :
       {R"({"user_id":7})", R"({"user_alias":"nobody"})", R"({"user_id":"a","created_at":"soon"})",
        R"({"user_id":"a","user_id":"b"})", R"({"user_id":"a","blocked":"yes"})"}) {
    const FeedAnswer answer =
        list("users", std::string(R"({"users":[{"user_id":"user-7"},)") + entry + R"(],"page":1})")
            .value();
    EXPECT_EQ(answer.records.size(), 1U) << entry;
    ASSERT_EQ(answer.bad.size(), 1U) << entry;
    EXPECT_EQ(answer.bad[0].origin, "entry 2");
  }
}

TEST(LiteLlmKindTest, RecordsHaveNoFieldThatItDoesNotClaim) {
  const std::set<FieldId> spend = kLiteLlmKind.fields("spend_logs", *config().contract);
  const FeedAnswer answer = read(page(served() + "," + kRefused)).value();
  for (const Record& record : answer.records) {
    for (const auto& [field, value] : record.fields) EXPECT_TRUE(spend.contains(field));
  }
  EXPECT_TRUE(spend.contains(*find_field("client.address")));
  EXPECT_FALSE(spend.contains(*find_field("user_agent")));
}

}  // namespace
}  // namespace tidewaiter
