// The columnar engine against the reference engine: random policy sets over random logs, cut into
// random batches, give the same steps and the same coverage, also where it is saved between batches
// and another one goes on. And an evaluation that went on while retention dropped records against
// one that was made afterwards.

#include <cstdint>

#include <gtest/gtest.h>

#include "tests/property/agreement_logs.h"
#include "tests/property/engine_run.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

/// Limits under which subjects rest after each record, or hardly ever.
RestingLimits some_limits(Random& random) {
  const std::size_t few = random.one_of<std::size_t>({0, 2, 1000});
  return {few, few + random.one_of<std::size_t>({0, 3, 1000}), random.one_of<std::size_t>({0, 2}),
          random.chance(70)};
}

/// Both engines, and the columnar one over the log in one piece.
void expect_agreement(const RandomLog& log, Random& random) {
  using Cut = Reading::Cut;
  SCOPED_TRACE(policies_of(log));
  const Said wanted = run(log, {EngineKind::kReference, Cut::kEachEntry});
  EXPECT_EQ(
      difference(run(log, {EngineKind::kColumnar, Cut::kRandom, &random}).all(), wanted.all()), "");
  const auto threads = random.one_of<std::size_t>({1, 2, 8});
  const Reading whole{EngineKind::kColumnar, Cut::kWhole, nullptr, 0, threads};
  EXPECT_EQ(difference(run(log, whole).all(), wanted.all()), "") << threads << " threads";
  Reading resting{EngineKind::kColumnar, Cut::kRandom, &random};
  resting.resting = some_limits(random);
  EXPECT_EQ(difference(run(log, resting).all(), wanted.all()), "")
      << "at rest: few " << resting.resting->few_inputs << ", most " << resting.resting->most_inputs
      << ", awake " << resting.resting->most_awake << ", quiet " << resting.resting->may_be_quiet;
  Reading restarting = resting;
  restarting.restarts = &random;
  EXPECT_EQ(difference(run(log, restarting).all(), wanted.all()), "") << "with restarts";
}

using MakeLog = RandomLog (*)(Random&);

void agree_over_seed(std::uint64_t seed, MakeLog log_of) {
  Random random(seed);
  const RandomLog log = log_of(random);
  expect_agreement(log, random);
}

void agree(MakeLog log_of, int seeds) {
  over_random_seeds(seeds, [log_of](std::uint64_t seed) { agree_over_seed(seed, log_of); });
}

TEST(EngineAgreement, OverWindows) { agree(log_of_windows, 300); }
TEST(EngineAgreement, OverStatistics) { agree(log_of_statistics, 300); }
TEST(EngineAgreement, OverCalendars) { agree(log_of_calendars, 200); }
TEST(EngineAgreement, OverSteps) { agree(log_of_steps, 300); }
TEST(EngineAgreement, OverFindings) { agree(log_of_finding_policies, 60); }
TEST(EngineAgreement, OverCorrelations) { agree(log_of_correlations, 300); }
TEST(EngineAgreement, OverDatedBases) { agree(log_of_dated_bases, 200); }
TEST(EngineAgreement, OverRepeats) { agree(log_of_repeats, 300); }
TEST(EngineAgreement, OverParties) { agree(log_of_parties, 300); }
TEST(EngineAgreement, OverSessions) { agree(log_of_sessions, 300); }
TEST(EngineAgreement, OverClusters) { agree(log_of_clusters, 300); }
TEST(EngineAgreement, OverPeersOfClusters) { agree(log_of_cluster_peers, 60); }
TEST(EngineAgreement, OverEvictions) { agree(log_of_evictions, 300); }
TEST(EngineAgreement, OverEvictedHistories) { agree(log_of_evicted_histories, 30); }
TEST(EngineAgreement, OverShortHistories) { agree(log_of_histories, 15); }

/// Long enough for a history that says what is usual.
TEST(EngineAgreement, OverHistories) {
  agree(
      [](Random& random) {
        LogShape shape{400, 500};
        shape.statistics = true;
        return random_log(random, shape);
      },
      3);
}

TEST(EngineAgreement, OverLongLogs) {
  agree([](Random& random) { return random_log(random, {5000, 5000, true}); }, 2);
}

// A record that no aggregate sees once left a formula over them in doubt.
TEST(EngineAgreement, SeedOfStatisticsThatOnceDiffered) {
  agree_over_seed(95531546, log_of_statistics);
}

// As g++ draws from them, both once lost the end of a finding whose run had grown after the silent
// evaluation of a new policy had closed it.
TEST(EngineAgreement, SeedsThatOnceDiffered) {
  agree_over_seed(1897, log_of_windows);
  agree_over_seed(1809498774, log_of_windows);
}

/// After a drop a started process says what one says that went on, and numbers findings alike.
void expect_started_alike(MakeLog log_of, int seeds) {
  over_random_seeds(seeds, [log_of](std::uint64_t seed) {
    Random random(seed);
    const RandomLog log = log_of(random);
    SCOPED_TRACE(policies_of(log));
    const auto head = static_cast<std::int64_t>(log.entries.size());
    for (std::int64_t drop = log.last_drop(head); drop > 0; drop = log.last_drop(drop - 1)) {
      for (const EngineKind engine : {EngineKind::kReference, EngineKind::kColumnar}) {
        const Said went_on = run(log, {engine});
        const Said started = run(log, {engine, Reading::Cut::kWhole, nullptr, drop});
        EXPECT_EQ(difference(started.recorded(drop), went_on.recorded(drop)), "")
            << "drop at " << drop;
      }
    }
  });
}

TEST(EngineAgreement, StartAfterADropSaysTheSame) { expect_started_alike(log_of_drops, 100); }
TEST(EngineAgreement, StartAfterADropAmongEvictionsSaysTheSame) {
  expect_started_alike(log_of_evictions_and_drops, 150);
}

}  // namespace
}  // namespace tidewaiter
