#include "policies/screening/best_assignment.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// Every way to give rows a column each, or none.
std::int64_t by_trying_all(const Worths& worths) {
  const std::size_t columns = worths.front().size();
  const std::size_t size = std::max(worths.size(), columns);
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::int64_t best = 0;
  do {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < worths.size(); ++i) {
      if (order[i] < columns) sum += worths[i][order[i]];
    }
    best = std::max(best, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST(BestAssignment, OfNothingIsNothing) {
  EXPECT_EQ(best_assignment({}), 0);
  EXPECT_EQ(best_assignment({{}, {}}), 0);
}

TEST(BestAssignment, TakesTheBestOfTheWholeAndNotOfEachRow) {
  // 9 + 1 = 10 if the first row takes its best; 8 + 7 = 15 otherwise.
  EXPECT_EQ(best_assignment({{9, 8}, {7, 1}}), 15);
  EXPECT_EQ(best_assignment({{9}, {7}}), 9);
  EXPECT_EQ(best_assignment({{3, 5, 4}}), 5);
}

TEST(BestAssignment, IsThatOfTryingAll) {
  constexpr std::uint32_t kSeed = 20261127;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 400; ++round) {
    const std::size_t rows = 1 + random() % 5;
    const std::size_t columns = 1 + random() % 5;
    Worths worths(rows, std::vector<std::int64_t>(columns));
    for (auto& row : worths) {
      // Zeros and ties are where an assignment goes wrong.
      for (std::int64_t& worth : row) worth = random() % 3 == 0 ? 0 : random() % 6;
    }
    ASSERT_EQ(best_assignment(worths), by_trying_all(worths))
        << "seed " << kSeed << ", round " << round;
  }
}

}  // namespace
}  // namespace tidewaiter
