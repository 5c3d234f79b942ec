// History, the steps over a log, is that of the live evaluation, entry by entry on one thread: byte
// for byte, on 1, 2 and 8 threads, in batches of 1 to 8,192 entries.

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/authoring/backtest.h"
#include "tests/property/engine_run.h"
#include "tests/property/random_log.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

std::vector<std::string> described(const std::vector<Step>& steps) {
  std::vector<std::string> all;
  for (const Step& step : steps) all.push_back(described(step));
  return all;
}

/// As the daemon judges: an activation in its place, then entry by entry.
std::vector<Step> live_steps(const OneSetLog& log) {
  const auto evaluation = make_evaluation(EngineKind::kColumnar, "log");
  std::vector<Step> steps;
  EXPECT_TRUE(evaluation->activate(log.set, 1, nothing_before(), steps));
  for (std::size_t i = 1; i < log.entries.size(); ++i) {
    evaluation->apply(std::span(&log.entries[i], 1), steps);
  }
  return steps;
}

std::vector<Step> backtest_steps(const OneSetLog& log, std::size_t batch, std::size_t threads) {
  std::vector<Step> steps;
  const auto keep = [&steps](std::span<const Step> some) {
    steps.insert(steps.end(), some.begin(), some.end());
  };
  Backtest backtest(log.set, "log", std::nullopt, EngineKind::kColumnar, keep, threads);
  const std::span<const LogEntry> all(log.entries);
  for (std::size_t i = 0; i < all.size(); i += batch) {
    backtest.take(all.subspan(i, std::min(batch, all.size() - i)));
  }
  return steps;
}

/// Kinds of policies that seeds take turns with.
LogShape shape_of(std::uint64_t seed, LogShape shape) {
  shape.statistics = seed % 3 == 1;
  shape.calendars = seed % 4 == 1;
  shape.steps = seed % 3 == 2;
  shape.clusters = seed % 2 == 1;
  shape.many = true;
  shape.repeats = seed % 5 >= 2;
  shape.sessions = seed % 5 == 0;
  shape.findings = seed % 4 >= 2;
  return shape;
}

TEST(History, IsThatOfTheLiveEvaluationInAnyBatchesOnAnyThreads) {
  over_random_seeds(60, [](std::uint64_t seed) {
    Random random(seed);
    const LogShape shape{.least = 20, .most = 200, .drops = random.chance(30)};
    const OneSetLog log = one_set_log(random, shape_of(seed, shape));
    const std::vector<std::string> live = described(live_steps(log));
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{8}}) {
      for (const std::size_t batch : std::array<std::size_t, 6>{1, 2, 3, 17, 64, 8192}) {
        ASSERT_EQ(described(backtest_steps(log, batch, threads)), live)
            << "batches of " << batch << ", " << threads << " threads";
      }
    }
  });
}

// Long enough that batches of 8,192 are cut more than once.
TEST(History, OfALongLogIsThatOfTheLiveEvaluation) {
  Random random(told_first_seed());
  const OneSetLog log =
      one_set_log(random, {.least = 20'000, .most = 20'000, .rare = true, .many = true});
  const std::vector<std::string> live = described(live_steps(log));
  for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{8}}) {
    for (const std::size_t batch : std::array<std::size_t, 4>{1, 1000, 4096, 8192}) {
      ASSERT_EQ(described(backtest_steps(log, batch, threads)), live)
          << "batches of " << batch << ", " << threads << " threads";
    }
  }
}

// That what is compared above is not nothing.
TEST(History, FixedSeedsReachManySteps) {
  std::size_t steps = 0;
  until_fixed_seeds_reach([&steps](std::uint64_t seed) {
    Random random(seed);
    steps += live_steps(one_set_log(random, shape_of(seed, {.least = 20, .most = 200}))).size();
    return steps > 1'000;
  });
}

}  // namespace
}  // namespace tidewaiter
