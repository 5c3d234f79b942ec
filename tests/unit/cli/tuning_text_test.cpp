#include "daemon/cli/tuning_text.h"

#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// `even` may fall, so that windows are judged when they have ended.
Policy policy_of(const std::string& condition) {
  LoadOutcome outcome =
      load_text(sample_policy("measure:\n  n: count()\n  spend: sum(cost)\n"
                              "  slow: max(duration)\n  even: cv(interarrival)\n"
                              "report_when: " +
                              condition + " and even >= 0\n"));
  EXPECT_EQ(outcome.set.policies.size(), 1U)
      << testing::PrintToString(lines_of(outcome.diagnostics));
  return outcome.set.policies.empty() ? Policy() : outcome.set.policies.front();
}

/// Three findings of one policy: a false positive with the figure 4, one with 3 that is confirmed
/// or whatever a test says, and one with 9 that stands.
class TuningTest : public testing::Test {
 protected:
  TuningTest() {
    for (const auto& [index, subject, n] :
         {std::tuple(1, "account:g/none", 4), std::tuple(2, "account:g/some", 3),
          std::tuple(3, "account:g/sure", 9)}) {
      FindingState finding = ActScene::finding(index, subject);
      finding.policy = policy_.id;
      finding.policy_version = policy_.version;
      finding.policy_hash = policy_.hash;
      finding.windows = 1;
      finding.figures = {{"n", ValueType::kInt64, std::int64_t{n}, true}};
      findings_.push_back(std::move(finding));
    }
    act(0, Decided{Outcome::kFalsePositive, {}});
    act(2, Decided{Outcome::kConfirmed, {}});
  }
  void act(std::size_t finding, ActBody body, bool second_needed = false) {
    acts_.push_back(scene_.recorded(next_++, "jo", case_id_of(findings_[finding]), std::move(body),
                                    second_needed));
  }
  [[nodiscard]] std::vector<TighterThreshold> tuning() const {
    const Result<CaseBook> book = CaseBook::make(findings_, acts_);
    EXPECT_TRUE(book) << book.error().message;
    return tuning_of(*book, policy_);
  }

  Policy policy_ = policy_of("n >= 3");
  ActScene scene_;
  std::vector<FindingState> findings_;
  std::vector<RecordedAct> acts_;
  std::int64_t next_ = 10;
};

TEST_F(TuningTest, IsHeldBackByNothingUndecided) {
  const auto all = tuning();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].tighter, Value(std::int64_t{4}));
  EXPECT_EQ(all[0].undecided, 1);
}

TEST_F(TuningTest, LosesNothingConfirmedThatWasExtended) {
  act(1, Decided{Outcome::kConfirmed, {}});
  findings_[1].entries.push_back(20);
  findings_[1].state = StepKind::kRestated;
  EXPECT_THAT(tuning(), IsEmpty());
}

TEST_F(TuningTest, LosesNothingOfWhichTheDecisionWaits) {
  act(1, Decided{Outcome::kReferred, {}}, true);
  EXPECT_THAT(tuning(), IsEmpty());
}

TEST_F(TuningTest, LosesNothingConfirmedThatWasAppealedAgainst) {
  act(1, Decided{Outcome::kAcceptedRisk, kMorning});
  act(1, Appealed{});
  EXPECT_THAT(tuning(), IsEmpty());
  act(1, Decided{Outcome::kFalsePositive, {}});
  ASSERT_THAT(tuning(), SizeIs(1));
  EXPECT_EQ(tuning()[0].left_out, 2);
}

// A false positive that is one no more, or not yet, is no ground for a threshold either.
TEST_F(TuningTest, IsSetByNoFalsePositiveThatDoesNotHold) {
  act(0, Appealed{});
  EXPECT_THAT(tuning(), IsEmpty());
  act(0, Decided{Outcome::kFalsePositive, {}}, true);
  EXPECT_THAT(tuning(), IsEmpty());
  act(0, SecondOpinion{next_ - 1, true});
  EXPECT_THAT(tuning(), SizeIs(1));
}

TighterThreshold threshold(const std::string& measure, ValueType type, Value limit, Value tighter) {
  TighterThreshold one;
  one.measure = measure;
  one.type = type;
  one.limit = std::move(limit);
  one.tighter = tighter;
  one.nearest = std::move(tighter);
  one.stands = 1;
  one.false_positives = 1;
  one.left_out = 1;
  return one;
}

/// What stands between the first two backticks.
std::string condition_in(const std::string& text) {
  const auto from = text.find('`') + 1;
  return text.substr(from, text.find('`', from) - from);
}

// The value that the language's own reader finds in what was printed, by hand.
TEST(TuningText, WritesThresholdsAsPoliciesDo) {
  const auto whole = [](std::int64_t number) { return Value(number); };
  const struct {
    TighterThreshold one;
    std::string written;
  } rows[] = {
      {threshold("n", ValueType::kInt64, whole(3), whole(12'345)), "n > 12345"},
      {threshold("even", ValueType::kDouble, 0.5, 1234.25), "even > 1234.25"},
      {threshold("even", ValueType::kDouble, whole(1), 2.0), "even > 2.0"},
      {threshold("spend", ValueType::kMoney, whole(0), whole(12'500'000'000)), "spend > 12.5 USD"},
      {threshold("slow", ValueType::kDuration, whole(0), whole(5'400'000'000)), "slow > 1h30m"},
  };
  for (const auto& row : rows) {
    const std::string written = condition_in(tuning_text(row.one));
    EXPECT_EQ(written, row.written);
    const Policy policy = policy_of(written);  // reads it without a word
    ASSERT_EQ(policy.report_when.args.size(), 2U) << written;
    const Expr& read = policy.report_when.args[0];
    ASSERT_EQ(read.args.size(), 2U) << written;
    EXPECT_EQ(read.args[1].literal, row.one.tighter) << written;
  }
  EXPECT_THAT(tuning_text(rows[1].one), HasSubstr("in the place of `>= 0.5` leaves out 1 of 1"));
  EXPECT_THAT(tuning_text(rows[0].one), HasSubstr("(the nearest has 12,345)"));
}

// The example of the header.
TEST(TuningText, SaysWhatItWouldDo) {
  TighterThreshold one = threshold("n", ValueType::kInt64, std::int64_t{3}, std::int64_t{9});
  one.nearest = std::int64_t{57};
  one.stands = 2;
  one.false_positives = 4;
  one.left_out = 3;
  one.later = 1;
  one.undecided = 2;
  EXPECT_EQ(tuning_text(one),
            "`n > 9` in the place of `>= 3` leaves out 3 of 4 false positives, and none of 2 that "
            "somebody confirmed, accepted or referred (the nearest has 57); of 1 more only a later "
            "window can be found; 2 undecided would be found later or not at all");
}

}  // namespace
}  // namespace tidewaiter
