// Lists of JSON that a mapping reads: how they are asked for, where they go on, and what of a row
// is kept.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/connector.h"
#include "daemon/sources/http_json/json_feed.h"
#include "daemon/sources/http_json/link_header.h"
#include "policies/language/expression.h"
#include "policies/model/record_identity.h"
#include "policies/model/record_json.h"
#include "scripted_http.h"

namespace tidewaiter {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Paging = JsonListing::Paging;

const UtcTime kTen = parse_time("2026-11-20T10:00:00Z").value();

Expr expression_of(std::string_view text, const std::vector<ExprScope::Named>& columns) {
  ExprScope scope;
  scope.columns = columns;
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  EXPECT_TRUE(expr) << text;
  return *std::move(expr);
}

SourceConfig config(Paging paging = Paging::kNone) {
  SourceConfig source;
  source.name = "list";
  source.kind = "http_json";
  source.format = FileFormat::kJson;
  source.contract.emplace();
  source.contract->url = "https://api.example/v1/calls?project=7";
  source.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  source.contract->endpoints = {"rows"};
  source.contract->since = kTen;
  source.contract->overlap = {};
  source.listing.emplace();
  source.listing->rows = "/data";
  source.listing->from = "from";
  source.listing->to = "to";
  source.listing->paging = paging;
  source.listing->parameter = "p";
  source.listing->next = "/meta/next";
  source.listing->id = "call";
  const std::vector<ExprScope::Named> columns = {{"call", ValueType::kString},
                                                 {"at", ValueType::kTimestamp},
                                                 {"n", ValueType::kInt64},
                                                 {"who", ValueType::kString}};
  Mapping mapping{.columns = columns,
                  .pointers = {"/id", "/at", "/usage/in", "/user/id"},
                  .where = {},
                  .time = expression_of("at", columns),
                  .duration = std::nullopt,
                  .requests = std::nullopt,
                  .fields = {{*find_field("account"), expression_of("who", columns)},
                             {*find_field("input_tokens"), expression_of("n", columns)}},
                  .identity_by_place = false};
  source.mapping = std::move(mapping);
  return source;
}

FeedQuestion hour(std::string token = {}) { return {{kTen, kTen + kHour}, std::move(token)}; }

std::string row(const std::string& id, const std::string& at = "2026-11-20T10:10:00Z") {
  return R"({"id":")" + id + R"(","at":")" + at +
         R"(","prompt":"c4n4ry","usage":{"in":7,"note":"c4n4ry"},"user":{"id":"u-1"}})";
}

Result<FeedAnswer> read(const std::string& body, const SourceConfig& source = config()) {
  return JsonFeed(source).read(body, hour());
}

TEST(LinkHeader, NamesTheNextPage) {
  for (const auto& [header, next] : std::vector<std::pair<const char*, const char*>>{
           {R"(<https://api.example/?p=2>; rel="next")", "https://api.example/?p=2"},
           {R"(</a>; rel=prev, </b>; title="x, y; rel=next"; rel=next)", "/b"},
           {R"(</a>;rel="last",</b> ; REL="prefetch NEXT")", "/b"}}) {
    EXPECT_EQ(next_link(header), next) << header;
  }
  for (const char* const header :
       {"", "</a>", R"(</a>; rel="previous")", R"(</a>; title="rel=next")", "<a; rel=next",
        R"(</a>; rel="nextpage")"}) {
    EXPECT_FALSE(next_link(header)) << header;
  }
}

TEST(LinkHeader, LeadsToTheSameHostAlone) {
  const std::string url = "https://api.example:8443/v1/calls?project=7";
  EXPECT_EQ(same_host_link(url, "/v2?p=2").value(), "https://api.example:8443/v2?p=2");
  EXPECT_EQ(same_host_link(url, "?p=2").value(), "https://api.example:8443/v1/calls?p=2");
  EXPECT_EQ(same_host_link(url, "https://api.example:8443/x").value(),
            "https://api.example:8443/x");
  for (const char* const link :
       {"https://api.example/x", "http://api.example:8443/x", "https://api.example:8443.evil/x",
        "https://api.example:8443@evil/x", "//evil/x", "https://169.254.169.254/", "calls?p=2", "",
        "/a b", "/a#b", "file:///etc/passwd", "https://evil/?https://api.example:8443/"}) {
    const auto got = same_host_link(url, link);
    EXPECT_FALSE(got) << link;
  }
}

TEST(HttpJson, ARowIsWhatTheMappingSays) {
  const FeedAnswer answer = read(R"({"data":[)" + row("c-1") + R"(],"meta":{}})").value();
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_FALSE(answer.more);
  const Record& record = answer.records[0];
  EXPECT_EQ(format_time(record.time), "2026-11-20T10:10:00Z");
  EXPECT_EQ(record.id, identity_of_text("list", "c-1"));
  EXPECT_EQ(field_value(record, *find_field("account")), Value(std::string("u-1")));
  EXPECT_EQ(field_value(record, *find_field("input_tokens")), Value(std::int64_t{7}));
  std::string line;
  write_record_json(record, line);
  EXPECT_THAT(line, Not(HasSubstr("c4n4ry")));
}

TEST(HttpJson, RowsThatAreNotWantedOrOfTheNextWindowArePassedOver) {
  SourceConfig source = config();
  source.mapping->where = expression_of("call != \"no\"", source.mapping->columns);
  const FeedAnswer answer = read(R"({"data":[)" + row("no") + "," + row("c-1") + "," +
                                     row("c-2", "2026-11-20T11:00:00Z") + "]}",
                                 source)
                                .value();
  EXPECT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.rows, 3);
  EXPECT_TRUE(answer.bad.empty());
}

TEST(HttpJson, ABadRowIsQuarantinedByItself) {
  for (const auto& [bad, reason] : std::vector<std::pair<std::string, const char*>>{
           {R"({"at":"2026-11-20T10:10:00Z"})", "`id` is not there"},
           {R"({"id":"c-2"})", "no value"},
           {R"({"id":"c-2","at":"soon"})", "`at`"},
           {R"({"id":"c-2","at":"2026-11-20T10:10:00Z","usage":{"in":"c4n4ry"}})", "`n`"},
           {R"({"id":"c-2","id":"c-3"})", "twice"},
           {row("c-1"), "twice in one page"}}) {
    const FeedAnswer answer = read(R"({"data":[)" + row("c-1") + "," + bad + "]}").value();
    EXPECT_EQ(answer.records.size(), 1U) << bad;
    ASSERT_EQ(answer.bad.size(), 1U) << bad;
    EXPECT_THAT(answer.bad[0].reason, HasSubstr(reason));
    EXPECT_EQ(answer.bad[0].origin, "row 2");
  }
}

TEST(HttpJson, WhatIsNoListIsRefused) {
  for (const auto& [body, reason] : std::vector<std::pair<std::string, const char*>>{
           {"", "no array"},
           {R"({"rows":[]})", "no array"},
           {R"({"data":{}})", "no array"},
           {R"({"data":[7]})", "no object"},
           {R"({"data":[]} {})", "behind the object"},
           {R"({"data":[)" + row("c-1"), ""},
           {R"({"data":[)" + row("c-1", "2026-11-20T09:59:59Z") + "]}", "outside the time"},
           {R"({"data":[)" + row("c-1", "2026-11-20T11:00:01Z") + "]}", "outside the time"}}) {
    const auto answer = read(body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(answer.error().message, HasSubstr(reason)) << body;
  }
  SourceConfig bare = config();
  bare.listing->rows.clear();
  EXPECT_EQ(read("[" + row("c-1") + "]", bare).value().records.size(), 1U);
  EXPECT_FALSE(read("[] []", bare));
}

TEST(HttpJson, WithoutAnIdTheDimensionsAreTheIdentity) {
  SourceConfig source = config();
  source.listing->id.clear();
  const FeedAnswer answer = read(R"({"data":[)" + row("c-1") + "]}", source).value();
  EXPECT_EQ(answer.records.at(0).id, identity(answer.records.at(0)));
}

TEST(HttpJson, TheWindowIsWrittenAsTheServerTakesIt) {
  SourceConfig source = config();
  EXPECT_EQ(JsonFeed(source).ask(hour()).url,
            "https://api.example/v1/calls?project=7&from=2026-11-20T10%3A00%3A00Z"
            "&to=2026-11-20T11%3A00%3A00Z");
  source.listing->times = JsonListing::TimeForm::kSeconds;
  source.contract->url = "https://api.example/v1/calls";
  EXPECT_EQ(JsonFeed(source).ask(hour()).url,
            "https://api.example/v1/calls?from=1795168800&to=1795172400");
  source.listing->times = JsonListing::TimeForm::kMilliseconds;
  EXPECT_THAT(JsonFeed(source).ask(hour()).url, HasSubstr("from=1795168800000&"));
}

/// What a server with three rows answers, two a page, whichever way it pages.
class ListServer {
 public:
  explicit ListServer(Paging paging) : paging_(paging) {}

  HttpResponse answer(const std::string& url) const {
    HttpResponse response;
    response.status = 200;
    const bool second = url.find("p=two") != url.npos || url.find("p=2") != url.npos;
    const bool later = url.find("from=2026-11-20T10") == url.npos && !second;
    const bool third = url.find("p=3") != url.npos;  // where only an empty page is the last
    const std::string rows = later || third ? ""
                             : second       ? row("c-3")
                                            : row("c-1") + "," + row("c-2");
    response.body = R"({"data":[)" + rows + R"(],"meta":{"next":)" +
                    (paging_ == Paging::kCursor && !second && !later ? R"("two")" : "null") + "}}";
    if (paging_ == Paging::kLink && !second && !later) response.link = link_;
    return response;
  }
  void lead_to(std::string link) { link_ = "<" + std::move(link) + R"(>; rel="next")"; }

 private:
  Paging paging_;
  std::string link_ = R"(</v1/calls?project=7&p=2>; rel="next")";
};

/// One pull of the hour; what came, by id.
std::map<Digest, Record> pull(const SourceConfig& source, ScriptedHttp& http,
                              std::optional<Error>& error, const SourceRequestSink& sent = {}) {
  SourceServices services;
  services.sent = sent;
  services.http = &http;
  services.variables = {{"KEY", "k3y"}};
  services.now = [] { return kTen + kHour + Duration{5 * kMinute.us}; };
  services.retry.tries = 1;
  const auto connector = make_connector(source, services).value();
  std::map<Digest, Record> records;
  std::string cursor;
  while (true) {
    auto page = connector->next(cursor, services.now(), {});
    if (!page) {
      error = page.error();
      return records;
    }
    if (!*page) return records;
    cursor = (*page)->cursor;
    for (const Record& record : (*page)->records) records[record.id] = record;
    if ((*page)->drained) return records;
  }
}

TEST(HttpJson, EveryWayOfPagingReadsAllRows) {
  for (const Paging paging : {Paging::kCursor, Paging::kPage, Paging::kLink}) {
    const ListServer server(paging);
    ScriptedHttp http([&](const std::string& url, std::size_t) { return server.answer(url); });
    std::optional<Error> error;
    EXPECT_EQ(pull(config(paging), http, error).size(), 3U) << static_cast<int>(paging);
    EXPECT_FALSE(error) << error->message;
    EXPECT_EQ(http.urls().size(), paging == Paging::kPage ? 3U : 2U);
    EXPECT_THAT(http.credentials(), Each("k3y"));
  }
}

TEST(HttpJson, ThePathOfALinkThatIsFollowedIsNotTold) {
  ListServer server(Paging::kLink);
  server.lead_to("/v1/calls/s3cret-token?p=2");
  ScriptedHttp http([&](const std::string& url, std::size_t) { return server.answer(url); });
  std::optional<Error> error;
  std::vector<std::string> paths;  // read when the source, and its thread with it, has ended
  EXPECT_EQ(pull(config(Paging::kLink), http, error,
                 [&paths](const SourceRequest& sent) {
                   paths.push_back(sent.request.host + sent.request.path);
                 })
                .size(),
            3U);
  EXPECT_THAT(http.urls().back(), HasSubstr("s3cret-token"));
  EXPECT_THAT(paths, ElementsAre("api.example/v1/calls", "api.example"));
}

TEST(HttpJson, TheKeyGoesInTheHeaderThatIsNamed) {
  SourceConfig source = config();
  source.listing->header = "x-api-key";
  const ListServer server(Paging::kNone);
  ScriptedHttp http([&](const std::string& url, std::size_t) { return server.answer(url); });
  std::optional<Error> error;
  pull(source, http, error);
  EXPECT_THAT(http.credentials(), ElementsAre("x-api-key=k3y"));
}

TEST(HttpJson, ALinkToAnotherHostStopsTheSourceBeforeAnythingGoesThere) {
  for (const char* const link : {"https://evil.example/steal", "http://api.example/v1/calls?p=2",
                                 "http://169.254.169.254/latest/meta-data"}) {
    ListServer server(Paging::kLink);
    server.lead_to(link);
    ScriptedHttp http([&](const std::string& url, std::size_t) { return server.answer(url); });
    std::optional<Error> error;
    EXPECT_TRUE(pull(config(Paging::kLink), http, error).empty());
    ASSERT_TRUE(error) << link;
    EXPECT_EQ(error->code, ErrorCode::kInvalidInput);
    EXPECT_THAT(error->message, HasSubstr("another host"));
    EXPECT_EQ(http.urls().size(), 1U);
  }
}

TEST(HttpJson, APageThatLeadsToItselfStopsTheSource) {
  ListServer server(Paging::kLink);
  server.lead_to("/v1/calls?project=7&from=2026-11-20T10");
  ScriptedHttp http([&](const std::string& url, std::size_t) { return server.answer(url); });
  std::optional<Error> error;
  pull(config(Paging::kLink), http, error);
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message, HasSubstr("repeated token"));
}

TEST(HttpJson, AnotherMappingIsAnotherSeries) {
  const std::string series = JsonFeed(config()).series();
  SourceConfig other = config();
  other.mapping->pointers[2] = "/usage/out";
  EXPECT_NE(JsonFeed(other).series(), series);
  other = config();
  other.mapping->where = expression_of("n > 1", other.mapping->columns);
  EXPECT_NE(JsonFeed(other).series(), series);
  other = config();
  other.listing->id.clear();
  EXPECT_NE(JsonFeed(other).series(), series);
  other = config(Paging::kPage);  // how it is paged makes no other record
  EXPECT_EQ(JsonFeed(other).series(), series);
}

}  // namespace
}  // namespace tidewaiter
