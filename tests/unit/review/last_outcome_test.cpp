#include "storage/review/last_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::Optional;

constexpr Outcome kConfirmed = Outcome::kConfirmed;
constexpr Outcome kNone = Outcome::kFalsePositive;

/// Two findings about `a`, of entries 1 and 3, and one about `b`, of entry 2; acts from entry 10
/// on.
class LastOutcomeTest : public testing::Test {
 protected:
  void act(ActBody body, bool second_needed = false, const std::string& about = {}) {
    acts_.push_back(scene_.recorded(next_++, "jo", about.empty() ? first_ : about, std::move(body),
                                    second_needed));
  }
  /// Of the finding in the case that it is in now.
  [[nodiscard]] std::optional<Outcome> last(std::size_t finding) const {
    const Result<CaseBook> book = CaseBook::make(findings_, acts_);
    EXPECT_TRUE(book) << book.error().message;
    for (const Case& c : book->cases()) {
      if (c.state == CaseState::kMerged) continue;
      for (const FindingState& one : c.findings) {
        if (one.id == findings_[finding].id) return last_outcome_of(*book, c, one);
      }
    }
    ADD_FAILURE() << "no case has the finding";
    return std::nullopt;
  }

  ActScene scene_;
  std::vector<FindingState> findings_{ActScene::finding(1, "account:g/a"),
                                      ActScene::finding(2, "account:g/b"),
                                      ActScene::finding(3, "account:g/a")};
  std::vector<RecordedAct> acts_;
  std::string first_ = case_id_of(findings_[0]);
  std::string second_ = case_id_of(findings_[1]);
  std::int64_t next_ = 10;
};

TEST_F(LastOutcomeTest, IsNothingWithoutADecisionAboutTheFinding) {
  EXPECT_EQ(last(0), std::nullopt);
  act(Decided{Outcome::kNeedsInformation, {}});
  EXPECT_EQ(last(0), std::nullopt);
  act(Decided{kConfirmed, {}});
  EXPECT_EQ(last(1), std::nullopt);  // of another case
  findings_[2].entries = {12};       // opened afterwards
  EXPECT_THAT(last(0), Optional(kConfirmed));
  EXPECT_EQ(last(2), std::nullopt);
}

TEST_F(LastOutcomeTest, OutlastsWhatIsFoundLater) {
  act(Decided{kConfirmed, {}});
  findings_[0].entries = {1, 20};
  findings_[0].state = StepKind::kRestated;
  EXPECT_THAT(last(0), Optional(kConfirmed));
}

TEST_F(LastOutcomeTest, OutlastsAnAppealAndAQuestion) {
  act(Decided{Outcome::kReferred, {}});
  act(Appealed{});
  EXPECT_THAT(last(0), Optional(Outcome::kReferred));
  act(Decided{Outcome::kNeedsInformation, {}});
  EXPECT_THAT(last(0), Optional(Outcome::kReferred));
  act(Decided{kNone, {}});
  EXPECT_THAT(last(0), Optional(kNone));
}

TEST_F(LastOutcomeTest, WaitsForNobodyUnlessItSaysThatTheFindingIsNone) {
  act(Decided{kConfirmed, {}}, true);  // entry 10
  EXPECT_THAT(last(0), Optional(kConfirmed));
  act(SecondOpinion{10, true});
  act(Appealed{});
  act(Decided{kNone, {}}, true);  // entry 13
  EXPECT_THAT(last(0), Optional(kConfirmed));
  act(SecondOpinion{13, true});
  EXPECT_THAT(last(0), Optional(kNone));
}

TEST_F(LastOutcomeTest, IsNotWhatWasRejected) {
  act(Decided{kConfirmed, {}}, true);
  act(SecondOpinion{10, false});
  EXPECT_EQ(last(0), std::nullopt);
}

// Found between decision and approval: whoever approved had seen it.
TEST_F(LastOutcomeTest, ReachesToItsApproval) {
  act(Decided{kConfirmed, {}}, true);
  next_ = 12;
  act(SecondOpinion{10, true});
  findings_[2].entries = {11};
  EXPECT_THAT(last(2), Optional(kConfirmed));
}

// Each finding brings what was decided where it was then, and no more.
TEST_F(LastOutcomeTest, IsOfTheCaseThatHadTheFindingThen) {
  act(Decided{kConfirmed, {}});
  act(Decided{kNone, {}}, false, second_);
  act(Merged{second_});
  EXPECT_THAT(last(0), Optional(kConfirmed));
  EXPECT_THAT(last(1), Optional(kNone));
  act(Decided{Outcome::kAcceptedRisk, {}}, false, second_);
  EXPECT_THAT(last(0), Optional(Outcome::kAcceptedRisk));
  EXPECT_THAT(last(1), Optional(Outcome::kAcceptedRisk));
}

TEST_F(LastOutcomeTest, GoesWithWhatIsSplitOff) {
  act(Decided{kConfirmed, {}});
  act(Appealed{});
  act(CaseSplit{"p-1234567890ab", {findings_[2].id}});
  act(Decided{kNone, {}});
  EXPECT_THAT(last(0), Optional(kNone));
  EXPECT_THAT(last(2), Optional(kConfirmed));
}

}  // namespace
}  // namespace tidewaiter
