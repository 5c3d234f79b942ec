// Requests and answers, without sockets.
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/sources/push/push_answer.h"
#include "daemon/sources/push/push_service.h"
#include "push_loop.h"
#include "push_scene.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kAnyToken = "token-of-all-sources";
constexpr const char* kBoundToken = "token-of-gw-alone";

class PushDeskTest : public testing::Test {
 protected:
  PushDeskTest() {
    listener_.tokens = {{{SecretRef::Kind::kEnv, "ANY"}, ""},
                        {{SecretRef::Kind::kEnv, "BOUND"}, "gw"}};
    listener_.body_bytes = 4096;
    listener_.inbox_bytes = 8192;
    listener_.patience = Duration{20'000};
    make({{"ANY", kAnyToken}, {"BOUND", kBoundToken}});
  }

  void make(Variables variables) {
    loop_.reset();
    desk_ = std::make_unique<PushDesk>(
        listener_, std::vector{push_source_config("gw"), push_source_config("other")},
        PushServices{std::move(variables), push_noon, {}});
  }
  void run_loop() {
    listener_.patience = kMinute;
    desk_->set(listener_, {push_source_config("gw"), push_source_config("other")});
    loop_ = std::make_unique<PushLoop>(desk_->inbox(), push_source_config());
  }

  static ServedRequest request_of(std::string body_type = "application/x-ndjson",
                                  const std::string& token = kAnyToken) {
    ServedRequest request;
    request.path = "/push/gw";
    request.headers["content-type"] = std::move(body_type);
    if (!token.empty()) request.headers["authorization"] = "Bearer " + token;
    return request;
  }
  HttpAnswer ask(const ServedRequest& request, const std::string& body) {
    return desk_->answer(request, [&](std::size_t most) -> tl::expected<std::string, int> {
      read_ = true;
      if (body.size() > most) return tl::unexpected(413);
      return body;
    });
  }
  static std::string header_of(const HttpAnswer& answer, const std::string& name) {
    for (const auto& [key, value] : answer.headers) {
      if (key == name) return value;
    }
    return {};
  }
  static Json problem_of(const HttpAnswer& answer) {
    EXPECT_EQ(answer.content_type, "application/problem+json");
    Json problem = Json::parse(answer.body);
    EXPECT_EQ(problem.at("status"), answer.status);
    EXPECT_EQ(problem.at("title"), status_phrase(answer.status));
    return problem;
  }

  PushListener listener_;
  std::unique_ptr<PushDesk> desk_;
  std::unique_ptr<PushLoop> loop_;
  bool read_ = false;
};

TEST_F(PushDeskTest, TakesWhatIsGood) {
  run_loop();
  const HttpAnswer answer = ask(request_of(), native_line("one") + "\n" + native_line("two"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(Json::parse(answer.body), Json::parse(R"({"taken":2,"revised":0,"known":0,"expired":0,
      "passed":0,"quarantined":0})"));
  const HttpAnswer again = ask(request_of(), native_line("two"));
  EXPECT_EQ(Json::parse(again.body).at("known"), 1);
  EXPECT_EQ(loop_->end().records, 2);
}

TEST_F(PushDeskTest, TellsWhatIsQuarantined) {
  run_loop();
  const HttpAnswer answer = ask(request_of(), native_line("one") + "\n{\"kind\":\"usage\"}\n");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json told = Json::parse(answer.body);
  EXPECT_EQ(told.at("taken"), 1);
  EXPECT_EQ(told.at("quarantined"), 1);
  EXPECT_EQ(told.at("bad").at(0).at("line"), 2);
  EXPECT_EQ(told.at("bad").at(0).at("member"), "time");
  const auto kept = loop_->quarantine();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].input.origin, "push/gw:2");
}

TEST_F(PushDeskTest, NamesLineAndMemberOfWhatIsBad) {
  const HttpAnswer answer =
      ask(request_of(), native_line("one") + "\n" + native_line("two", R"(,"tokns":7)") + "\n{}\n");
  EXPECT_EQ(answer.status, 422);
  const Json problem = problem_of(answer);
  EXPECT_EQ(problem.at("line"), 2);
  EXPECT_EQ(problem.at("member"), "tokns");
  EXPECT_THAT(problem.at("bad"), SizeIs(2));
  EXPECT_EQ(desk_->inbox().waiting("gw"), 0U);
}

TEST_F(PushDeskTest, TakesEachFormOfEvents) {
  run_loop();
  const std::string data = R"({"kind":"usage","time":"2026-11-23T11:00:00Z","account":"a"})";
  const std::string event =
      R"({"specversion":"1.0","id":"1","source":"s","type":"tidewaiter.record","data":)" + data +
      "}";
  EXPECT_EQ(Json::parse(ask(request_of("application/cloudevents+json; charset=utf-8"), event).body)
                .at("taken"),
            1);
  EXPECT_EQ(
      Json::parse(ask(request_of("application/cloudevents-batch+json"), "[" + event + "]").body)
          .at("known"),
      1);
  ServedRequest binary = request_of("application/json");
  binary.headers["ce-specversion"] = "1.0";
  binary.headers["ce-id"] = "1";
  binary.headers["ce-source"] = "s";
  binary.headers["ce-type"] = "tidewaiter.record";
  EXPECT_EQ(Json::parse(ask(binary, data).body).at("known"), 1);
  EXPECT_EQ(loop_->end().records, 1);
}

TEST_F(PushDeskTest, TakesGzipWithinItsBound) {
  run_loop();
  ServedRequest request = request_of();
  request.headers["content-encoding"] = "gzip";
  EXPECT_EQ(Json::parse(ask(request, gzip_of(native_line("one"))).body).at("taken"), 1);
  EXPECT_EQ(ask(request, gzip_of(std::string(4097, ' '))).status, 413);
  EXPECT_EQ(ask(request, gzip_of(native_line("two")).substr(0, 20)).status, 400);
  EXPECT_EQ(ask(request, native_line("two")).status, 400);
}

TEST_F(PushDeskTest, AsksForATokenBeforeAnythingElse) {
  for (const char* const authorization :
       {"", "Bearer", "Bearer ", "Bearer   ", "Bearer %20", "Basic dXNlcjpwYXNz",
        "Bearer token-of-all-source", "Bearer token-of-all-sourcesx", "token-of-all-sources"}) {
    ServedRequest request = request_of("text/html", "");
    request.path = "/push/nobody";
    if (*authorization != '\0') request.headers["authorization"] = authorization;
    const HttpAnswer answer = ask(request, "x");
    EXPECT_EQ(answer.status, 401) << authorization;
    EXPECT_EQ(header_of(answer, "WWW-Authenticate"), "Bearer");
    EXPECT_THAT(answer.body, Not(HasSubstr("token-of")));
    problem_of(answer);
  }
  EXPECT_FALSE(read_);
}

TEST_F(PushDeskTest, KeepsATokenToItsSource) {
  ServedRequest request = request_of("text/html", kBoundToken);
  EXPECT_EQ(ask(request, "x").status, 415);
  request.path = "/push/other";
  EXPECT_EQ(ask(request, "x").status, 403);
  request.path = "/push/nobody";
  EXPECT_EQ(ask(request, "x").status, 403);
  request.headers["authorization"] = "bearer  " + std::string(kAnyToken);
  EXPECT_EQ(ask(request, "x").status, 404);
  EXPECT_FALSE(read_);
}

TEST_F(PushDeskTest, SaysWhenATokenCannotBeRead) {
  make({{"BOUND", kBoundToken}});
  EXPECT_EQ(ask(request_of("text/html", kBoundToken), "x").status, 415);
  EXPECT_FALSE(desk_->inbox().last_refusal());
  EXPECT_EQ(ask(request_of("text/html", kAnyToken), "x").status, 503);
  EXPECT_EQ(desk_->inbox().last_refusal(), push_noon()) << "whoever it was comes again";
}

TEST_F(PushDeskTest, NotesABodyThatDoesNotCome) {
  const HttpAnswer answer = desk_->answer(
      request_of(),
      [](std::size_t) -> tl::expected<std::string, int> { return tl::unexpected(408); });
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(desk_->inbox().last_refusal(), push_noon());
  EXPECT_FALSE(desk_->inbox().oldest_open("gw")) << "it has its answer";
}

TEST_F(PushDeskTest, SendsAwayWhoWaitsForASourceThatAReloadTakesAway) {
  listener_.patience = kHour;
  desk_->set(listener_, {push_source_config("gw")});
  HttpAnswer answer;
  std::jthread sender([&] { answer = ask(request_of(), native_line("one")); });
  while (desk_->inbox().waiting("gw") == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  desk_->set(listener_, {push_source_config("other")});
  sender.join();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ask(request_of(), native_line("one")).status, 404);
}

TEST_F(PushDeskTest, RefusesOtherContent) {
  for (const char* const type : {"", "text/plain", "application/json", "multipart/form-data"}) {
    EXPECT_EQ(ask(request_of(type), "x").status, 415) << type;
  }
  ServedRequest request = request_of();
  for (const char* const encoding : {"br", "deflate", "gzip, gzip", "zstd"}) {
    request.headers["content-encoding"] = encoding;
    EXPECT_EQ(ask(request, "x").status, 415) << encoding;
  }
  EXPECT_FALSE(read_);
}

TEST_F(PushDeskTest, RefusesABodyAboveItsBound) {
  ServedRequest request = request_of();
  request.length = 4097;
  EXPECT_EQ(ask(request, "").status, 413);
  EXPECT_FALSE(read_) << "the head says it";
  request.length.reset();
  EXPECT_EQ(ask(request, std::string(4097, ' ')).status, 413);
}

TEST_F(PushDeskTest, SendsAwayWhileTheInboxIsFull) {
  const auto rest = desk_->inbox().make_room("gw", 5000, push_noon());
  ServedRequest request = request_of();
  const HttpAnswer answer = ask(request, native_line("one"));
  EXPECT_EQ(answer.status, 503) << "without a length the longest body is reckoned with";
  EXPECT_EQ(header_of(answer, "Retry-After"), "2");
  EXPECT_FALSE(read_);
  request.length = 100;
  EXPECT_EQ(ask(request, "").status, 200) << "nothing is in it, and so nothing waits";
}

TEST_F(PushDeskTest, SendsAwayWhatIsNotStoredInTime) {
  const HttpAnswer answer = ask(request_of(), native_line("one"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(header_of(answer, "Retry-After"), "2");
  EXPECT_EQ(desk_->inbox().waiting("gw"), 0U);
}

TEST_F(PushDeskTest, RefusesStatementsWithAHole) {
  run_loop();
  const HttpAnswer answer = ask(request_of(), R"({"drained":{"to":"2026-11-23T11:00:00Z"}})");
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(std::string(problem_of(answer).at("detail")), HasSubstr("`from`"));
}

}  // namespace
}  // namespace tidewaiter
