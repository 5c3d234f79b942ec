#include "storage/review/erasure_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/subject_part.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kHold = "h-0123456789ab";
constexpr const char* kErasure = "e-0123456789ab";

/// Findings about accounts a and b, recorded eleven years ago and today. Acts come from entry 10
/// on.
class ErasureRules : public testing::Test {
 protected:
  ErasureRules() {
    findings[0].recorded = kMorning - Duration{11 * 366 * kDay.us};
    findings[1].recorded = kMorning;
  }

  /// Empty where it may become an entry, else why not.
  [[nodiscard]] std::string refusal(const std::string& by, const std::string& id,
                                    ActBody body) const {
    const Result<CaseBook> book = CaseBook::make(findings, acts);
    const Result<ReportBook> reports = ReportBook::make(acts);
    const Result<ErasureBook> erasures = ErasureBook::make(acts, executed);
    EXPECT_TRUE(book && reports && erasures);
    ActBasis basis{&*book, &*reports, nullptr, scene.reviewers, 100, kMorning, &*erasures};
    if (names_party(body)) {
      basis.subject = subject;
      basis.party = party;
    }
    const auto may = check_act(scene.act(by, id, std::move(body)), basis);
    return may ? std::string() : may.error().message;
  }
  void record(const std::string& by, const std::string& id, ActBody body) {
    RecordedAct act = scene.recorded(next++, by, id, std::move(body));
    if (names_party(act.act.act.body)) act.party = party;
    acts.push_back(std::move(act));
  }

  ActScene scene;
  std::vector<FindingState> findings{ActScene::finding(1, "account:g/a"),
                                     ActScene::finding(2, "account:g/b + model:large")};
  std::vector<RecordedAct> acts;
  std::vector<ExecutedErasure> executed;
  std::string subject = "account:g/a";
  std::string party = std::string(64, 'a');
  std::int64_t next = 10;
};

TEST_F(ErasureRules, TakeTwoPeopleForAHoldAndForItsRelease) {
  EXPECT_EQ(refusal("jo", kHold, HoldPlaced{}), "");
  EXPECT_THAT(refusal("di", kHold, HoldPlaced{}), HasSubstr("enrolled as viewer"));
  record("ada", kHold, HoldPlaced{});
  EXPECT_THAT(refusal("ada", kHold, HoldApproved{10, true}), HasSubstr("another person"));
  EXPECT_THAT(refusal("ada", kHold, HoldReleased{10}), HasSubstr("is asked: there is nothing"));
  EXPECT_THAT(refusal("ben", kHold, HoldApproved{9, true}), HasSubstr("waits for nobody"));
  EXPECT_EQ(refusal("ben", kHold, HoldApproved{10, true}), "");
  record("ben", kHold, HoldApproved{10, true});
  EXPECT_THAT(refusal("cy", kHold, HoldApproved{10, true}), HasSubstr("waits for nobody"));
  EXPECT_EQ(refusal("ben", kHold, HoldReleased{10}), "");
  record("ben", kHold, HoldReleased{10});
  EXPECT_THAT(refusal("ben", kHold, HoldApproved{12, true}), HasSubstr("another person"));
  EXPECT_EQ(refusal("ada", kHold, HoldApproved{12, true}), "");
  record("ada", kHold, HoldApproved{12, true});
  EXPECT_THAT(refusal("ben", kHold, HoldReleased{10}), HasSubstr("is released"));
  EXPECT_THAT(refusal("jo", kHold, HoldPlaced{}), HasSubstr("there is `h-0123456789ab` already"));
}

TEST_F(ErasureRules, TakeTwoPeopleForAnErasure) {
  EXPECT_EQ(refusal("jo", kErasure, ErasureRequested{}), "");
  record("ada", kErasure, ErasureRequested{});
  EXPECT_THAT(refusal("ada", kErasure, ErasureApproved{10, true}), HasSubstr("another person"));
  EXPECT_THAT(refusal("jo", kErasure, ErasureApproved{10, true}), HasSubstr("enrolled as officer"));
  EXPECT_THAT(refusal("ben", kErasure, ErasureApproved{11, true}), HasSubstr("waits for nobody"));
  EXPECT_THAT(refusal("ben", "e-ba9876543210", ErasureApproved{10, true}),
              HasSubstr("there is no erasure"));
  EXPECT_THAT(refusal("jo", "e-ba9876543210", ErasureRequested{}),
              HasSubstr("of this subject is asked already"));
  EXPECT_EQ(refusal("ben", kErasure, ErasureApproved{10, true}), "");
  record("ben", kErasure, ErasureApproved{10, true});
  EXPECT_THAT(refusal("cy", kErasure, ErasureApproved{10, false}),
              HasSubstr("is approved, and waits for nobody"));
}

TEST_F(ErasureRules, LetAHoldOutrankAnErasureFromItsPlacingOn) {
  record("jo", kErasure, ErasureRequested{});
  record("kim", kHold, HoldPlaced{});
  const auto named = AllOf(HasSubstr("`h-0123456789ab` of entry 11, placed by `kim`"),
                           HasSubstr("outranks an erasure"));
  EXPECT_THAT(refusal("ada", kErasure, ErasureApproved{10, true}), named);
  EXPECT_EQ(refusal("ada", kErasure, ErasureApproved{10, false}), "") << "it may be rejected";
  record("ada", kErasure, ErasureApproved{10, false});
  EXPECT_THAT(refusal("jo", "e-ba9876543210", ErasureRequested{}), named);
  party = std::string(64, 'b');
  EXPECT_EQ(refusal("jo", "e-ba9876543210", ErasureRequested{}), "") << "somebody else";
  party = std::string(64, 'a');
  record("ada", kHold, HoldApproved{11, false});
  EXPECT_EQ(refusal("jo", "e-ba9876543210", ErasureRequested{}), "") << "the hold was rejected";
}

TEST_F(ErasureRules, LetAHoldStopAnErasureThatWasApproved) {
  record("jo", kErasure, ErasureRequested{});
  record("ada", kErasure, ErasureApproved{10, true});
  const auto due = [this] { return ErasureBook::make(acts, executed)->due().size(); };
  EXPECT_EQ(due(), 1U);
  record("kim", kHold, HoldPlaced{});
  EXPECT_EQ(due(), 0U);
  record("ada", kHold, HoldApproved{12, true});
  record("kim", kHold, HoldReleased{12});
  EXPECT_EQ(due(), 0U) << "a release that waits releases nothing";
  record("ada", kHold, HoldApproved{14, true});
  EXPECT_EQ(due(), 1U);
  executed.push_back({16, 10});
  EXPECT_EQ(due(), 0U);
}

// Ten years of 2026-10-05 end on 2036-10-05; the finding about account a is eleven years old.
TEST_F(ErasureRules, TellThatFindingsAreToBeKept) {
  EXPECT_EQ(refusal("jo", kErasure, ErasureRequested{false}), "");
  subject = "account:g/b";
  EXPECT_THAT(refusal("jo", kErasure, ErasureRequested{false}),
              AllOf(HasSubstr("to be kept until 2036-10-05"), HasSubstr("despite retention")));
  EXPECT_EQ(refusal("jo", kErasure, ErasureRequested{true}), "");
}

TEST_F(ErasureRules, TakeOneIdOfASourceForASubject) {
  for (const char* const wrong : {"", "account:g/a + model:large", "model:large", "account:a",
                                  "client.network:10.0.0.0/24", "cluster:g/a", "account:g/a b"}) {
    subject = wrong;
    EXPECT_THAT(refusal("jo", kErasure, ErasureRequested{}), HasSubstr("one id with its source"));
    EXPECT_THAT(refusal("jo", kHold, HoldPlaced{}), HasSubstr("one id with its source"));
  }
  subject = "end_user:g/a\\ b";
  EXPECT_EQ(refusal("jo", kHold, HoldPlaced{}), "");
  EXPECT_THAT(refusal("jo", "h-1", HoldPlaced{}), HasSubstr("twelve hexadecimal digits"));
  EXPECT_THAT(refusal("jo", kHold, ErasureRequested{}), HasSubstr("twelve hexadecimal digits"));
}

TEST(NamesPart, LooksAtEachPartOfASubject) {
  EXPECT_TRUE(names_part("account:g/a", "account:g/a"));
  EXPECT_TRUE(names_part("model:large + account:g/a", "account:g/a"));
  EXPECT_TRUE(names_part("cluster:g/a", "account:g/a"));
  EXPECT_FALSE(names_part("account:g/ab", "account:g/a"));
  EXPECT_FALSE(names_part("account:h/a", "account:g/a"));
  EXPECT_FALSE(names_part("cluster:g/a", "end_user:g/a"));
  EXPECT_FALSE(names_part("", "account:g/a"));
}

}  // namespace
}  // namespace tidewaiter
