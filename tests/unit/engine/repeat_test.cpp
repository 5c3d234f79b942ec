// Runs that are told again, against hand computation: docs/evaluation.md, Repeat. Both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/run_pieces.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Policy repeating(std::optional<Duration> after, std::optional<Fraction> factor) {
  Policy policy = counting("n >= 3");
  policy.window.wait_for_late = Duration{8 * kHour.us};
  policy.repeat = Repeat{after, {}};
  if (factor) policy.repeat->if_grown = Repeat::Growth{0, *factor};
  return policy;
}

/// So many records of account a in one hour, in one entry.
std::int64_t add_many(Log& log, std::string_view clock, std::int64_t requests) {
  Record record = Log::record("a", clock);
  record.requests = requests;
  return log.add(std::move(record));
}

TEST(Repeat, FollowsTheWorkedExample) {
  for (const EngineKind engine : kBothEngines) {
    Log log(repeating(Duration{2 * kHour.us}, Fraction{2, 1}), engine);
    add_many(log, "10:05", 3);
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 n=3"));
    add_many(log, "11:05", 9);
    add_many(log, "12:05", 5);
    EXPECT_THAT(log.news(), IsEmpty());
    add_many(log, "13:05", 6);
    EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.opened 13:00+1 n=6 repeat"));
    add_many(log, "14:05", 11);
    EXPECT_THAT(log.news(), IsEmpty());
    log.drain("10:00", "14:00");  // 13:00, the window after the first piece, has settled
    EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.closed 10:00+3 n=3"));
    add_many(log, "12:10", 1);
    EXPECT_THAT(log.news(), ElementsAre("(8,0) finding.restated 10:00+2 n=3 was 3 run-changed",
                                        "(8,1) finding.restated 12:00+3 n=6 was 6 run-changed",
                                        "(8,2) finding.closed 10:00+2 n=3"));
    add_many(log, "14:10", 1);
    EXPECT_THAT(log.news(), ElementsAre("(9,0) finding.opened 14:00+1 n=12 repeat"));
    log.drain("10:00", "16:00");
    EXPECT_THAT(log.news(), ElementsAre("(10,0) finding.closed 12:00+2 n=6",
                                        "(10,1) finding.closed 14:00+1 n=12"));
  }
}

TEST(Repeat, AfterALongTimeAloneCutsARunEvenly) {
  for (const EngineKind engine : kBothEngines) {
    Log log(repeating(Duration{2 * kHour.us}, {}), engine);
    for (const char* clock : {"10:05", "11:05", "12:05", "13:05", "14:05"}) add_many(log, clock, 3);
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 n=3",
                                        "(4,0) finding.opened 12:00+1 n=3 repeat",
                                        "(6,0) finding.opened 14:00+1 n=3 repeat"));
    // The run begins an hour earlier: every piece does.
    add_many(log, "09:05", 3);
    EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.restated 09:00+2 n=3 was 3 run-changed",
                                        "(7,1) finding.restated 11:00+2 n=3 was 3 run-changed",
                                        "(7,2) finding.restated 13:00+2 n=3 was 3 run-changed"));
  }
}

TEST(Repeat, ARevisionThatTakesTheGrowthBackWithdrawsTheFindingInFavourOfTheOneBefore) {
  for (const EngineKind engine : kBothEngines) {
    Log log(repeating({}, Fraction{3, 2}), engine);
    add_many(log, "10:05", 4);
    const std::int64_t grown = add_many(log, "11:05", 6);
    const auto first = log.steps().at(0).finding;
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 n=4",
                                        "(3,0) finding.opened 11:00+1 n=6 repeat"));
    Record less = Log::record("a", "11:05");
    less.requests = 5;
    log.revise(grown, std::move(less));
    EXPECT_THAT(log.news(),
                ElementsAre("(4,0) finding.withdrawn 11:00+1 n=6 merged:" + first.substr(0, 6)));
  }
}

/// A window in the middle that holds no more makes two runs, each cut from its own beginning.
TEST(Repeat, ARunThatBreaksIsCutAnew) {
  for (const EngineKind engine : kBothEngines) {
    Log log(repeating(Duration{3 * kHour.us}, {}), engine);
    add_many(log, "10:05", 3);
    const std::int64_t middle = add_many(log, "11:05", 3);
    for (const char* clock : {"12:05", "13:05", "14:05"}) add_many(log, clock, 3);
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 n=3",
                                        "(5,0) finding.opened 13:00+1 n=3 repeat"));
    Record less = Log::record("a", "11:05");
    less.requests = 2;
    log.revise(middle, std::move(less));
    EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.restated 12:00+3 n=3 was 3 run-changed"));
  }
}

TEST(Repeat, OneFindingForEachPieceStaysOverAChangeOfPolicy) {
  for (const EngineKind engine : kBothEngines) {
    Log log(counting("n >= 3"), engine);
    for (const char* clock : {"10:05", "11:05", "12:05"}) add_many(log, clock, 3);
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 n=3"));
    Policy other = repeating(Duration{2 * kHour.us}, {});
    other.hash = sha256("other");
    log.activate(other);
    EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.restated 10:00+2 n=3 was 3 policy-change",
                                        "(5,1) finding.opened 12:00+1 n=3 repeat historical"));
  }
}

TEST(HasGrown, OfWholeNumbersExactly) {
  const Fraction third{4, 3};  // not a double
  EXPECT_TRUE(has_grown(std::int64_t{3}, std::int64_t{4}, third));
  EXPECT_FALSE(has_grown(std::int64_t{4}, std::int64_t{5}, third));
  // 2^62 · 4/3 lies between the two.
  EXPECT_FALSE(
      has_grown(std::int64_t{4611686018427387904}, std::int64_t{6148914691236517205}, third));
  EXPECT_TRUE(
      has_grown(std::int64_t{4611686018427387904}, std::int64_t{6148914691236517206}, third));
}

TEST(HasGrown, FromNothingByAnything) {
  EXPECT_TRUE(has_grown(std::int64_t{0}, std::int64_t{1}, Fraction{1000, 1}));
  EXPECT_FALSE(has_grown(std::int64_t{0}, std::int64_t{0}, Fraction{2, 1}));
  EXPECT_TRUE(has_grown(0.0, 1e-300, Fraction{2, 1}));
}

TEST(HasGrown, NeverFromOrToWhatIsNegativeOrUnknown) {
  EXPECT_FALSE(has_grown(std::int64_t{-4}, std::int64_t{8}, Fraction{2, 1}));
  EXPECT_FALSE(has_grown(-4.0, 8.0, Fraction{2, 1}));
  EXPECT_FALSE(has_grown(Value(), std::int64_t{8}, Fraction{2, 1}));
  EXPECT_FALSE(has_grown(std::int64_t{4}, Value(), Fraction{2, 1}));
  EXPECT_FALSE(has_grown(1e308, 1.7e308, Fraction{2, 1}));  // no double is as much
}

}  // namespace
}  // namespace tidewaiter
