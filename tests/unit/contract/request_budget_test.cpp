// A credential's rate of requests. Expected times are by hand from the rule: so many a minute
// evenly, a tenth of that at once after a rest.
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
  RequestBudget budget(60, [&now] { return now; });  // one a second, six at once
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
  RequestBudget budget(60, [&now] { return now; });
  budget.hold({30 * kSecondUs});
  EXPECT_THAT(waits(budget, 2), testing::ElementsAre(300, 310));
  budget.hold({5 * kSecondUs});  // less than what stands
  EXPECT_THAT(waits(budget, 1), testing::ElementsAre(320));
}

TEST(RequestBudgetTest, IsSharedByKeyAndHost) {
  RequestBudgets budgets;
  const SecretRef key{SecretRef::Kind::kEnv, "KEY"};
  const auto usage = budgets.of("https://api.example.com/v1", key, 60);
  EXPECT_EQ(budgets.of("https://api.example.com/v2?x=/", key, 600), usage);
  EXPECT_NE(budgets.of("https://api.example.com/v1", {SecretRef::Kind::kFile, "KEY"}, 60), usage);
  EXPECT_NE(budgets.of("https://api.example.org/v1", key, 60), usage);
  EXPECT_EQ(budgets.of("https://api.example.com/v1", key, 0), nullptr);
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
  RequestBudget budget(600, [] { return std::int64_t{0}; });  // each tenth, sixty at once
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
    EXPECT_EQ(all[static_cast<std::size_t>(i)], std::max<std::int64_t>(0, i - 59)) << i;
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
