// Requests with their retries on a thread of their own.
#include "daemon/sources/contract/fetcher.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_http.h"

namespace tidewaiter {
namespace {

constexpr UtcTime kNow{1'790'000'000'000'000};

/// A fetcher whose pauses are noted and take no time.
class FetcherScene {
 public:
  explicit FetcherScene(ScriptedHttp::Answer answer,
                        std::shared_ptr<RequestBudget> budget = nullptr)
      : http_(std::move(answer)) {
    FetcherOptions options;
    options.budget = std::move(budget);
    options.http = &http_;
    options.variables = {{"KEY", "k3y"}, {"USER", "Aladdin:open sesame"}};
    options.now = [] { return kNow; };
    options.wake = [this] { ++woken_; };
    options.pause = [this](Duration length, const std::stop_token&) {
      pauses_.push_back(length);
      if (paused_) paused_(pauses_.size());
    };
    options.source = "api";
    options.sent = [this](const SourceRequest& sent) { sent_.push_back(sent); };
    options.seed = 7;
    fetcher_ = std::make_unique<Fetcher>(std::move(options));
  }

  FetchOutcome fetch(Credential credential = {{SecretRef::Kind::kEnv, "KEY"}, {}}) {
    HttpRequest request;
    request.url = "https://api.example.com/x";
    request.method = HttpMethod::kGet;
    fetcher_->start(std::move(request), std::move(credential));
    while (!fetcher_->wait(kSecond)) continue;
    return *fetcher_->take();
  }

  ScriptedHttp http_;
  std::vector<Duration> pauses_;
  std::function<void(std::size_t)> paused_;  ///< called after each pause, with how many there were
  std::vector<SourceRequest> sent_;          ///< of the thread, until the outcome is there
  std::atomic<int> woken_ = 0;
  std::unique_ptr<Fetcher> fetcher_;
};

TEST(FetcherTest, AClientThatNobodyAsksIsToldToRestOnce) {
  class Restful : public HttpClient {
   public:
    Result<HttpResponse> send(const HttpRequest&, const std::stop_token&) override {
      return HttpResponse{200, "body", {}};
    }
    void rest() override { ++rests; }
    std::atomic<int> rests = 0;
  };
  Restful http;
  FetcherOptions options;
  options.http = &http;
  options.now = [] { return kNow; };
  options.rest = Duration{1000};
  Fetcher fetcher(std::move(options));
  for (int request = 1; request <= 3; ++request) {
    fetcher.start({"https://api.example.com/x", {}, {}}, {});
    while (!fetcher.wait(kSecond)) continue;
    EXPECT_EQ(fetcher.take()->response.value().status, 200);
    while (http.rests < request) std::this_thread::yield();
    // Once for each time, however long it is, and for the time before the first.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_LE(http.rests, request + 1);
  }
}

TEST(FetcherTest, TellsOfEachTryWithoutItsToken) {
  FetcherScene scene([](const std::string&, std::size_t number) {
    return HttpResponse{number == 0 ? 503 : 200, "body", {}};
  });
  scene.fetcher_->start({"https://api.example.com/x?page=t0ken", {}, {}},
                        {{SecretRef::Kind::kEnv, "KEY"}, {}}, {"usage", {{1}, {2}}, 7, true});
  while (!scene.fetcher_->wait(kSecond)) continue;
  EXPECT_EQ(scene.fetcher_->take()->tries, 2);
  ASSERT_EQ(scene.sent_.size(), 2U);
  EXPECT_EQ(scene.sent_[0].request.status, 503);
  const SourceRequest& sent = scene.sent_[1];
  EXPECT_EQ(sent.source, "api");
  EXPECT_EQ(sent.endpoint, "usage");
  EXPECT_EQ(sent.window, (Interval{{1}, {2}}));
  EXPECT_EQ(sent.page, 7);
  EXPECT_TRUE(sent.continued);
  EXPECT_EQ(sent.attempt, 2);
  EXPECT_EQ(sent.request.host, "api.example.com");
  EXPECT_EQ(sent.request.path, "/x");
  EXPECT_EQ(sent.request.status, 200);
  EXPECT_EQ(sent.request.bytes, 4);
}

TEST(FetcherTest, GivesTheAnswerAndTheServersClock) {
  FetcherScene scene([](const std::string&, std::size_t) {
    return HttpResponse{200, "body", {}, kNow + Duration{90 * kSecond.us}};
  });
  const FetchOutcome outcome = scene.fetch();
  EXPECT_EQ(outcome.response.value().body, "body");
  EXPECT_EQ(outcome.tries, 1);
  EXPECT_FALSE(outcome.ended);
  EXPECT_EQ(outcome.skew, Duration{90 * kSecond.us});
  EXPECT_THAT(scene.http_.credentials(), testing::ElementsAre("k3y"));
  EXPECT_TRUE(scene.pauses_.empty());
  scene.fetcher_.reset();
  EXPECT_EQ(scene.woken_, 1);
}

TEST(FetcherTest, SendsAUserAndAPasswordAsBasicHasIt) {
  FetcherScene scene([](const std::string&, std::size_t) { return HttpResponse{200, "", {}}; });
  static_cast<void>(scene.fetch({{SecretRef::Kind::kEnv, "USER"}, std::string(kBasicCredential)}));
  // The example of RFC 7617, 2.
  EXPECT_THAT(scene.http_.credentials(),
              testing::ElementsAre("Authorization=Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
}

TEST(FetcherTest, TriesFiveTimesAndNoMore) {
  FetcherScene scene([](const std::string&, std::size_t) { return HttpResponse{503, "", {}}; });
  const FetchOutcome outcome = scene.fetch();
  EXPECT_EQ(outcome.response.value().status, 503);
  EXPECT_EQ(outcome.tries, 5);
  EXPECT_TRUE(outcome.ended);
  EXPECT_EQ(scene.http_.urls().size(), 5U);
  ASSERT_EQ(scene.pauses_.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_LT(scene.pauses_[i].us, 500'000 << i) << i;
  }
}

TEST(FetcherTest, WaitsAsLongAsTheServerAsks) {
  FetcherScene scene([](const std::string&, std::size_t before) {
    return before == 0 ? HttpResponse{429, "", kMinute} : HttpResponse{200, "", {}};
  });
  const FetchOutcome outcome = scene.fetch();
  EXPECT_EQ(outcome.response.value().status, 200);
  EXPECT_EQ(outcome.tries, 2);
  EXPECT_THAT(scene.pauses_, testing::ElementsAre(kMinute));
}

TEST(FetcherTest, DoesNotWaitForAnAbsurdlyLongTime) {
  FetcherScene scene([](const std::string&, std::size_t) {
    return HttpResponse{429, "", Duration{24'158'986 * kSecond.us}};
  });
  const FetchOutcome outcome = scene.fetch();
  EXPECT_TRUE(outcome.ended);
  EXPECT_EQ(outcome.come_again, Duration{24'158'986 * kSecond.us});
  EXPECT_TRUE(scene.pauses_.empty());
  EXPECT_EQ(scene.http_.urls().size(), 1U);
}

TEST(FetcherTest, PutsTheKeyWhereItBelongs) {
  FetcherScene scene([](const std::string&, std::size_t) { return HttpResponse{200, "", {}}; });
  static_cast<void>(scene.fetch({{SecretRef::Kind::kEnv, "KEY"}, "x-api-key"}));
  EXPECT_THAT(scene.http_.credentials(), testing::ElementsAre("x-api-key=k3y"));
}

TEST(FetcherTest, AsksNobodyWithoutTheKey) {
  FetcherScene scene([](const std::string&, std::size_t) { return HttpResponse{200, "", {}}; });
  const FetchOutcome outcome = scene.fetch({{SecretRef::Kind::kEnv, "OTHER"}, {}});
  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(scene.http_.urls().empty());
}

/// Retries are requests, too.
TEST(FetcherTest, EachTryIsTakenFromTheBudget) {
  const auto budget = std::make_shared<RequestBudget>(6, [] { return std::int64_t{0}; });
  FetcherScene scene(
      [](const std::string&, std::size_t) {
        return HttpResponse{503, "", {}};
      },
      budget);
  EXPECT_EQ(scene.fetch().tries, 5);
  EXPECT_EQ(budget->take(), Duration{50 * kSecond.us});
}

/// A budget by a clock that stands still, so that a wait it was told of stands.
std::shared_ptr<RequestBudget> still_budget() {
  return std::make_shared<RequestBudget>(0, [] { return std::int64_t{0}; });
}

TEST(FetcherTest, AServerThatAsksToWaitIsLeftAloneByAllWithTheKey) {
  std::atomic<std::int64_t> clock = 0;
  const auto budget = std::make_shared<RequestBudget>(0, [&clock] { return clock.load(); });
  std::atomic<bool> held = false;
  FetcherScene scene(
      [](const std::string&, std::size_t before) {
        return before == 0 ? HttpResponse{429, "", Duration{7 * kSecond.us}}
                           : HttpResponse{200, "", {}};
      },
      budget);
  scene.paused_ = [&](std::size_t) {
    held = budget->is_held();
    clock = 7 * kSecond.us;
  };
  EXPECT_EQ(scene.fetch().tries, 2);
  EXPECT_TRUE(held);
  EXPECT_FALSE(budget->is_held());
  EXPECT_THAT(scene.pauses_, testing::ElementsAre(Duration{7 * kSecond.us}));
}

/// One endpoint that is refused at each try would keep all others from their turn.
TEST(FetcherTest, OneRequestHoldsTheOthersOnce) {
  std::atomic<std::int64_t> clock = 0;
  const auto budget = std::make_shared<RequestBudget>(0, [&clock] { return clock.load(); });
  FetcherScene scene(
      [](const std::string&, std::size_t) {
        return HttpResponse{429, "", Duration{7 * kSecond.us}};
      },
      budget);
  std::vector<bool> held;
  scene.paused_ = [&](std::size_t) {
    held.push_back(budget->is_held());
    clock += 7 * kSecond.us;
  };
  EXPECT_EQ(scene.fetch().tries, 5);
  EXPECT_THAT(held, testing::ElementsAre(true, false, false, false));
  EXPECT_FALSE(budget->is_held());
}

/// What ends the request is no reason for others to wait.
TEST(FetcherTest, AWaitThatNothingMendsHoldsNobody) {
  const HttpResponse absurd{429, "", Duration{279 * kDay.us}};
  const HttpResponse quota{429, R"({"error":{"code":"insufficient_quota"}})", kMinute};
  HttpResponse unwanted{429, "", kMinute};
  unwanted.should_retry = false;
  for (const HttpResponse& answer : {absurd, quota, unwanted}) {
    const auto budget = still_budget();
    FetcherScene scene([&answer](const std::string&, std::size_t) { return answer; }, budget);
    EXPECT_EQ(scene.fetch().tries, 1);
    EXPECT_FALSE(budget->is_held());
  }
}

/// Another source is asked to wait while this one waits for its turn.
TEST(FetcherTest, AWaitThatCameMeanwhileIsWaited) {
  std::atomic<std::int64_t> clock = 0;
  const auto budget = std::make_shared<RequestBudget>(6, [&clock] { return clock.load(); });
  FetcherScene scene(
      [](const std::string&, std::size_t) {
        return HttpResponse{200, "", {}};
      },
      budget);
  static_cast<void>(budget->take());  // the next is due in ten seconds
  scene.paused_ = [&](std::size_t before) {
    EXPECT_TRUE(scene.http_.urls().empty());
    clock += scene.pauses_.back().us;
    if (before == 1) budget->hold(kMinute);
  };
  EXPECT_EQ(scene.fetch().tries, 1);
  EXPECT_THAT(scene.pauses_, testing::ElementsAre(Duration{10 * kSecond.us}, kMinute));
}

TEST(FetcherTest, AnEndWhileItWaitsForItsTurnSendsNothing) {
  const auto budget = still_budget();
  budget->hold(kHour);
  ScriptedHttp http([](const std::string&, std::size_t) { return HttpResponse{200, "", {}}; });
  std::promise<void> waits;
  FetcherOptions options;
  options.http = &http;
  options.variables = {{"KEY", "k3y"}};
  options.now = [] { return kNow; };
  options.budget = budget;
  options.pause = [&waits](Duration, const std::stop_token& stop) {
    waits.set_value();
    while (!stop.stop_requested()) std::this_thread::yield();
  };
  auto fetcher = std::make_unique<Fetcher>(std::move(options));
  fetcher->start({"https://api.example.com/", {}, {}}, {{SecretRef::Kind::kEnv, "KEY"}, {}});
  waits.get_future().wait();
  fetcher.reset();
  EXPECT_TRUE(http.credentials().empty());
}

TEST(FetcherTest, HandsTheProxysLoginOverBesideTheKey) {
  FetcherScene scene([](const std::string&, std::size_t) { return HttpResponse{200, "", {}}; });
  static_cast<void>(
      scene.fetch({{SecretRef::Kind::kEnv, "KEY"}, {}, {SecretRef::Kind::kEnv, "USER"}}));
  EXPECT_THAT(scene.http_.credentials(), testing::ElementsAre("proxy=Aladdin:open sesame", "k3y"));
  static_cast<void>(scene.fetch());
  EXPECT_THAT(scene.http_.credentials(),
              testing::ElementsAre("proxy=Aladdin:open sesame", "k3y", "k3y"));
}

TEST(FetcherTest, AsksNobodyWithoutTheProxysLogin) {
  FetcherScene scene([](const std::string&, std::size_t) { return HttpResponse{200, "", {}}; });
  for (const char* const name : {"OTHER", "KEY"}) {  // not there; no user and password
    const FetchOutcome outcome =
        scene.fetch({{SecretRef::Kind::kEnv, "KEY"}, {}, {SecretRef::Kind::kEnv, name}});
    ASSERT_FALSE(outcome.response) << name;
    EXPECT_EQ(outcome.response.error().code, ErrorCode::kRefused);
    EXPECT_EQ(outcome.response.error().message.find("k3y"), std::string::npos);
  }
  EXPECT_TRUE(scene.http_.urls().empty());
}

TEST(FetcherTest, AnEndBreaksAPauseOff) {
  std::promise<void> asked;
  ScriptedHttp http([&asked](const std::string&, std::size_t before) {
    if (before == 0) asked.set_value();
    return HttpResponse{429, "", kMinute};
  });
  FetcherOptions options;
  options.http = &http;
  options.variables = {{"KEY", "k3y"}};
  options.now = [] { return kNow; };
  auto fetcher = std::make_unique<Fetcher>(std::move(options));
  fetcher->start({"https://api.example.com/", {}, {}}, {{SecretRef::Kind::kEnv, "KEY"}, {}});
  asked.get_future().wait();
  fetcher.reset();  // the test's own time limit notices if this waits for a minute, and four more
  EXPECT_EQ(http.urls().size(), 1U);
}

}  // namespace
}  // namespace tidewaiter
