// A credential's rate of requests. Expected times are by hand from the rule: of N a minute b = N/10
// at once after a rest, then one each 60/(N - b + 1) seconds, which is one second for 65.
#include "daemon/sources/contract/request_budget.h"

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/source_services.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;

/// Takes `count` places at one moment; how long each waits, in tenths of a second.
std::vector<std::int64_t> waits(RequestBudget& budget, int count) {
  std::vector<std::int64_t> tenths;
  for (int i = 0; i < count; ++i) tenths.push_back(budget.take().us / (kSecondUs / 10));
  return tenths;
}

TEST(RequestBudgetTest, ATenthAtOnceAndThenEvenly) {
  std::int64_t now = 5 * kSecondUs;
  RequestBudget budget(65, [&now] { return now; });  // one a second, six at once
  EXPECT_THAT(waits(budget, 9), testing::ElementsAre(0, 0, 0, 0, 0, 0, 10, 20, 30));
  now += 4 * kSecondUs;  // the ninth goes out a second ago: the tenth is due
  EXPECT_THAT(waits(budget, 2), testing::ElementsAre(0, 10));
  now += 60 * kSecondUs;  // a rest gives no more than that at once
  EXPECT_THAT(waits(budget, 8), testing::ElementsAre(0, 0, 0, 0, 0, 0, 10, 20));
}

TEST(RequestBudgetTest, AFewAMinuteGoOutOneByOne) {
  std::int64_t now = 0;
  RequestBudget budget(6, [&now] { return now; });  // each ten seconds
  EXPECT_THAT(waits(budget, 3), testing::ElementsAre(0, 100, 200));
}

TEST(RequestBudgetTest, WhoIsAskedToWaitHoldsAllOthers) {
  std::int64_t now = 0;
  RequestBudget budget(65, [&now] { return now; });
  budget.hold({30 * kSecondUs});
  EXPECT_THAT(waits(budget, 2), testing::ElementsAre(300, 310));
  budget.hold({5 * kSecondUs});  // less than what stands
  EXPECT_THAT(waits(budget, 1), testing::ElementsAre(320));
}

/// A rest, and requests as fast as they may go: of any N + 1 the last is a minute behind the first.
TEST(RequestBudgetTest, NoMinuteHasMoreThanItsRate) {
  for (const std::int64_t rate : {1, 6, 7, 19, 60, 65, 600, 1'500, 7'777, 60'000}) {
    std::int64_t now = 5 * kSecondUs;
    RequestBudget budget(rate, [&now] { return now; });
    std::vector<std::int64_t> times;
    for (std::int64_t i = 0; i < 2 * rate + 2; ++i) times.push_back(now + budget.take().us);
    now = times.back() + 61 * kSecondUs;
    for (std::int64_t i = 0; i < 2 * rate + 2; ++i) times.push_back(now + budget.take().us);
    const auto most = static_cast<std::size_t>(rate);
    for (std::size_t i = 0; i + most < times.size(); ++i) {
      ASSERT_GE(times[i + most] - times[i], 60 * kSecondUs) << rate << " a minute, request " << i;
    }
  }
}

TEST(RequestBudgetTest, WithoutARateOnlyWhatAServerAsksIsWaited) {
  std::int64_t now = 0;
  RequestBudget budget(0, [&now] { return now; });
  EXPECT_THAT(waits(budget, 3), testing::ElementsAre(0, 0, 0));
  EXPECT_FALSE(budget.is_held());
  budget.hold({30 * kSecondUs});
  EXPECT_TRUE(budget.is_held());
  EXPECT_THAT(waits(budget, 2), testing::ElementsAre(300, 300));
  now += 30 * kSecondUs;
  EXPECT_FALSE(budget.is_held());
  EXPECT_THAT(waits(budget, 2), testing::ElementsAre(0, 0));
}

/// A slower rate has a smaller part at once, and a wait stands whatever the rate becomes.
TEST(RequestBudgetTest, ALowerRateDoesNotShortenAWait) {
  std::int64_t now = 0;
  RequestBudget budget(0, [&now] { return now; });
  budget.hold({30 * kSecondUs});
  budget.lower_to(65);  // six at once, which are ahead of when they are due
  EXPECT_THAT(waits(budget, 1), testing::ElementsAre(300));
}

TEST(RequestBudgetTest, IsSharedByKeyAndHost) {
  RequestBudgets budgets;
  const SecretRef key{SecretRef::Kind::kEnv, "KEY"};
  const auto usage = budgets.of("https://api.example.com/v1", key, 60);
  EXPECT_EQ(budgets.of("https://api.example.com/v2?x=/", key, 600), usage);
  EXPECT_NE(budgets.of("https://api.example.com/v1", {SecretRef::Kind::kFile, "KEY"}, 60), usage);
  EXPECT_NE(budgets.of("https://api.example.org/v1", key, 60), usage);
  EXPECT_EQ(budgets.of("https://api.example.com/v1", key, 0), usage);
}

/// RFC 3986, 6.2.2.1 and 6.2.3: case and the scheme's own port make no other server.
TEST(RequestBudgetTest, AHostIsOneHoweverItIsWritten) {
  RequestBudgets budgets;
  const SecretRef key{SecretRef::Kind::kEnv, "KEY"};
  const auto budget = budgets.of("https://api.example.com/v1", key, 60);
  for (const char* const url :
       {"https://API.Example.COM/v2", "HTTPS://api.example.com", "https://api.example.com:443/",
        "https://api.example.com:/v1", "https://api.example.com?a=/b"}) {
    EXPECT_EQ(budgets.of(url, key, 60), budget) << url;
  }
  for (const char* const url :
       {"https://api.example.com:80/", "https://api.example.com:4430/", "http://api.example.com/",
        "https://api.example.com.evil.example/"}) {
    EXPECT_NE(budgets.of(url, key, 60), budget) << url;
  }
  EXPECT_EQ(budgets.of("http://[::1]:80/v1", key, 60), budgets.of("http://[::1]/", key, 60));
  EXPECT_NE(budgets.of("http://[::80]/", key, 60), budgets.of("http://[:]/", key, 60));
}

TEST(RequestBudgetTest, TheLowestRateIsThatOfAll) {
  RequestBudgets budgets;
  const SecretRef key{SecretRef::Kind::kEnv, "KEY"};
  const auto budget = budgets.of("https://api.example.com", key, 60'000);
  static_cast<void>(budgets.of("https://api.example.com/costs", key, 6));
  static_cast<void>(budgets.of("https://api.example.com/other", key, 600));
  EXPECT_EQ(budget->take().us, 0);
  EXPECT_GT(budget->take().us, 9 * kSecondUs);  // the system's clock: less than ten by a little
}

/// However many ask at a time, no two get the same place.
TEST(RequestBudgetTest, GivesEachPlaceOnce) {
  RequestBudget budget(665, [] { return std::int64_t{0}; });  // each tenth, 66 at once
  std::vector<std::vector<std::int64_t>> taken(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : taken) {
      threads.emplace_back([&] { mine = waits(budget, 50); });
    }
  }
  std::vector<std::int64_t> all;
  for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
  std::ranges::sort(all);
  for (std::int64_t i = 0; i < 200; ++i) {
    EXPECT_EQ(all[static_cast<std::size_t>(i)], std::max<std::int64_t>(0, i - 65)) << i;
  }
}

TEST(RequestBudgetTest, ServicesAndTheirCopiesHaveOne) {
  const SourceServices services;
  const SourceServices copy = services;
  EXPECT_EQ(copy.budgets, services.budgets);
  EXPECT_NE(SourceServices().budgets, services.budgets);
}

}  // namespace
}  // namespace tidewaiter
