#include "policies/authoring/threshold_tuning.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

/// `even`, of which no finding here has a figure, may fall: windows are judged when they have
/// ended.
Policy policy_with(const std::string& condition) {
  LoadOutcome outcome = load_text(
      sample_policy("measure:\n  n: count()\n  models: distinct(model)\n  even: cv(interarrival)\n"
                    "report_when: (" +
                    condition + ") and even >= 0\n"));
  EXPECT_EQ(outcome.set.policies.size(), 1U)
      << testing::PrintToString(lines_of(outcome.diagnostics));
  return outcome.set.policies.empty() ? Policy() : outcome.set.policies.front();
}

/// Findings, each with the figure `n` and one window unless something else is said.
class Decided {
 public:
  Decided& add(JudgedAs judged, std::int64_t n, std::int64_t windows = 1, bool exact = true) {
    return add(judged, {{"n", ValueType::kInt64, n, exact}}, windows);
  }
  Decided& add(JudgedAs judged, std::vector<Figure> figures, std::int64_t windows = 1) {
    figures_.push_back(std::make_unique<std::vector<Figure>>(std::move(figures)));
    all_.push_back({judged, windows, *figures_.back()});
    return *this;
  }
  [[nodiscard]] std::vector<TighterThreshold> tried_on(const Policy& policy) const {
    return tighter_thresholds(policy, all_);
  }

 private:
  std::vector<std::unique_ptr<std::vector<Figure>>> figures_;
  std::vector<JudgedFigures> all_;
};

constexpr JudgedAs kStands = JudgedAs::kStands;
constexpr JudgedAs kNone = JudgedAs::kFalsePositive;
constexpr JudgedAs kOpen = JudgedAs::kUndecided;

// By hand: of the false positives 4, 9, 9 and 60 the first three lie below 57, the least that
// stands; above 9 none of the three is left, and no milder threshold leaves out as many.
TEST(ThresholdTuning, LeavesOutWhatLiesBelowAllThatStands) {
  Decided decided;
  decided.add(kStands, 57)
      .add(kStands, 90)
      .add(kNone, 4)
      .add(kNone, 9)
      .add(kNone, 9)
      .add(kNone, 60);
  decided.add(kOpen, 8).add(kOpen, 10);
  const auto all = decided.tried_on(policy_with("n >= 3"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].measure, "n");
  EXPECT_EQ(all[0].now, ExprOp::kGe);
  EXPECT_EQ(all[0].limit, Value(std::int64_t{3}));
  EXPECT_EQ(all[0].instead, ExprOp::kGt);
  EXPECT_EQ(all[0].tighter, Value(std::int64_t{9}));
  EXPECT_EQ(all[0].nearest, Value(std::int64_t{57}));
  EXPECT_EQ(all[0].stands, 2);
  EXPECT_EQ(all[0].false_positives, 4);
  EXPECT_EQ(all[0].left_out, 3);
  EXPECT_EQ(all[0].later, 0);
  EXPECT_EQ(all[0].undecided, 1);
}

TEST(ThresholdTuning, LosesNothingThatStands) {
  // The same value on both sides: nothing tells them apart.
  EXPECT_TRUE(Decided().add(kStands, 5).add(kNone, 5).tried_on(policy_with("n >= 3")).empty());
  EXPECT_TRUE(Decided().add(kStands, 3).add(kNone, 50).tried_on(policy_with("n >= 3")).empty());
  // Without anything that stands each threshold would do, and none says anything.
  EXPECT_TRUE(Decided().add(kNone, 5).add(kOpen, 90).tried_on(policy_with("n >= 3")).empty());
  // What is not known of one that stands, or not exactly, is no ground.
  const Policy policy = policy_with("n >= 3");
  EXPECT_TRUE(
      Decided().add(kStands, 90).add(kStands, 57, 1, false).add(kNone, 4).tried_on(policy).empty());
  EXPECT_TRUE(Decided()
                  .add(kStands, 90)
                  .add(kStands, {{"n", ValueType::kInt64, {}, true}})
                  .add(kNone, 4)
                  .tried_on(policy)
                  .empty());
  EXPECT_TRUE(Decided()
                  .add(kStands, 90)
                  .add(kStands, std::vector<Figure>{})
                  .add(kNone, 4)
                  .tried_on(policy)
                  .empty());
}

// It is told when it holds first, and so with the figure that its limit asks for, whatever the
// window comes to.
TEST(ThresholdTuning, SaysNothingOfWhatIsToldBeforeItsWindowEnds) {
  LoadOutcome rising = load_text(sample_policy("report_when: n >= 3\n"));
  ASSERT_EQ(rising.set.policies.size(), 1U);
  EXPECT_TRUE(
      Decided().add(kStands, 4).add(kNone, 3).tried_on(rising.set.policies.front()).empty());
}

// The figures are those of the first window: a later one may have what the first had not. So the
// one of 9 and three windows is no reason to go beyond 4, which leaves out as many for certain.
TEST(ThresholdTuning, GoesNoFurtherThanWhatHasOneWindow) {
  const auto all =
      Decided().add(kStands, 57).add(kNone, 4).add(kNone, 9, 3).tried_on(policy_with("n > 2"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].tighter, Value(std::int64_t{4}));
  EXPECT_EQ(all[0].left_out, 1);
  EXPECT_EQ(all[0].later, 0);
  EXPECT_EQ(all[0].false_positives, 2);
}

TEST(ThresholdTuning, SaysWhatALaterWindowMayFind) {
  const auto all =
      Decided().add(kStands, 57).add(kNone, 9).add(kNone, 4, 3).tried_on(policy_with("n > 2"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].left_out, 1);
  EXPECT_EQ(all[0].later, 1);
}

TEST(ThresholdTuning, SaysNothingWhereNoneIsLeftOutForCertain) {
  Decided decided;
  for (const std::int64_t n : {4, 5, 6, 9}) decided.add(kNone, n, 2);
  EXPECT_TRUE(decided.add(kStands, 57).tried_on(policy_with("n > 2")).empty());
}

TEST(ThresholdTuning, TightensAnUpperLimitDownwards) {
  const auto with = [](double even) {
    return std::vector<Figure>{{"even", ValueType::kDouble, even, true}};
  };
  const auto all = Decided()
                       .add(kStands, with(0.02))
                       .add(kStands, with(0.05))
                       .add(kNone, with(0.25))
                       .add(kNone, with(0.125))
                       .add(kNone, with(0.03))
                       .tried_on(policy_with("even < 0.3"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].now, ExprOp::kLt);
  EXPECT_EQ(all[0].instead, ExprOp::kLt);
  EXPECT_EQ(all[0].tighter, Value(0.125));
  EXPECT_EQ(all[0].nearest, Value(0.05));
  EXPECT_EQ(all[0].left_out, 2);
}

TEST(ThresholdTuning, TriesEachThatEveryWindowMustMeet) {
  const auto with = [](std::int64_t n, std::int64_t models) {
    return std::vector<Figure>{{"n", ValueType::kInt64, n, true},
                               {"models", ValueType::kInt64, models, true}};
  };
  Decided decided;
  decided.add(kStands, with(50, 5)).add(kNone, with(10, 2)).add(kNone, with(60, 3));
  const auto both = decided.tried_on(policy_with("3 <= n and models >= 2"));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].measure, "models");  // leaves out two, the other one
  EXPECT_EQ(both[0].left_out, 2);
  EXPECT_EQ(both[1].measure, "n");
  EXPECT_EQ(both[1].now, ExprOp::kGe);  // turned: 3 <= n
  EXPECT_EQ(both[1].left_out, 1);
  // One that need not be met, and what is no comparison with a number.
  EXPECT_TRUE(decided.tried_on(policy_with("n >= 3 or models >= 2")).empty());
  EXPECT_TRUE(decided.tried_on(policy_with("n >= 2 * models")).empty());
}

// Whatever was decided: all that stands meets the new threshold, a false positive of one window
// does not, and each milder threshold leaves out fewer of those.
TEST(ThresholdTuning, HoldsForRandomDecisions) {
  const Policy policy = policy_with("n >= 3");
  std::random_device source;
  const auto seed = source();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto drawn = [&random](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  struct One {
    JudgedAs judged;
    std::int64_t n;
    std::int64_t windows;
  };
  for (int round = 0; round < 500; ++round) {
    Decided decided;
    std::vector<One> all;
    for (auto many = drawn(1, 12); many > 0; --many) {
      all.push_back({static_cast<JudgedAs>(drawn(0, 2)), drawn(3, 20), drawn(1, 2)});
      decided.add(all.back().judged, all.back().n, all.back().windows);
    }
    const auto gone_above = [&all](std::int64_t limit) {
      return std::ranges::count_if(all, [limit](const One& one) {
        return one.judged == kNone && one.windows == 1 && one.n <= limit;
      });
    };
    for (const TighterThreshold& one : decided.tried_on(policy)) {
      const auto tighter = std::get<std::int64_t>(one.tighter);
      for (const One& each : all) {
        if (each.judged == kStands) {
          ASSERT_GT(each.n, tighter);
        }
      }
      EXPECT_EQ(one.left_out, gone_above(tighter));
      EXPECT_LT(gone_above(tighter - 1), one.left_out);
    }
  }
}

}  // namespace
}  // namespace tidewaiter
