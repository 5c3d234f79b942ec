#include "storage/review/act_rules.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/review/clock_rules.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// Two cases, entries 1 and 2; acts come from entry 10 on.
class ActRules : public testing::Test {
 protected:
  /// Empty where it may become an entry, else why not.
  [[nodiscard]] std::string refusal(const SignedAct& act) const {
    const Result<CaseBook> book = CaseBook::make(findings, acts);
    EXPECT_TRUE(book);
    const Result<ReportBook> reports = ReportBook::make(acts);
    EXPECT_TRUE(reports);
    const Result<RulingBook> rulings = RulingBook::make(acts);
    EXPECT_TRUE(rulings);
    const auto may = check_act(act, {&*book, &*reports, &*rulings, scene.reviewers, 100, kMorning});
    return may ? std::string() : may.error().message;
  }
  [[nodiscard]] std::string refusal(const std::string& by, ActBody body,
                                    std::int64_t seen = 100) const {
    return refusal(scene.act(by, first, std::move(body), seen));
  }
  void record(const std::string& by, ActBody body, bool second_needed = false) {
    acts.push_back(scene.recorded(next++, by, first, std::move(body), second_needed));
  }

  ActScene scene;
  std::vector<FindingState> findings{ActScene::finding(1, "account:g/a"),
                                     ActScene::finding(2, "account:g/b")};
  std::vector<RecordedAct> acts;
  std::string first = case_id_of(findings[0]);
  std::string second = case_id_of(findings[1]);
  std::int64_t next = 10;
};

// docs/cases.md, "Who may do what", cell by cell.
TEST_F(ActRules, GiveEachRoleItsActs) {
  const std::map<std::string, std::string> may{
      {"case.assigned", "officer approver"},
      {"case.commented", "officer approver counsel liaison"},
      {"case.exhibit", "officer approver counsel"},
      {"case.action", "officer approver"},
      {"case.decided", "officer approver"},
      {"case.approved", "approver"},
      {"case.appealed", "officer approver counsel liaison"},
      {"case.merged", "officer approver"},
      {"case.split", "officer approver"},
      {"case.clock", "officer approver counsel"},
      {"case.licence", "officer approver counsel"},
      {"attribution.stated", "officer approver"},
      {"attribution.approved", "approver"},
      {"attribution.withdrawn", "officer approver"},
      {"conclusion.stated", "counsel"},
      {"conclusion.released", "counsel"},
      {"report.handed-over", "officer liaison"},
      {"report.received", "officer liaison"},
      {"lead.received", "officer approver counsel liaison"},
      {"evidence.viewed", "officer approver counsel auditor"},
      {"hold.placed", "officer approver counsel liaison"},
      {"hold.released", "officer approver counsel"},
      {"hold.approved", "approver counsel"},
      {"erasure.requested", "officer approver counsel"},
      {"erasure.approved", "approver counsel"},
      {"notice.silenced", "officer approver"},
      {"notice.unsilenced", "officer approver"},
      {"notice.retried", "officer approver counsel liaison admin"}};
  for (const auto& [type, roles] : may) {
    for (const char* const role : {"viewer", "officer", "approver", "policy-writer", "liaison",
                                   "auditor", "counsel", "admin"}) {
      const bool expected =
          (" " + roles + " ").find(" " + std::string(role) + " ") != std::string::npos;
      EXPECT_EQ(role_may(role, type), expected) << role << ' ' << type;
    }
  }
}

TEST_F(ActRules, RefuseWhoIsNotWhoTheySay) {
  EXPECT_EQ(refusal("jo", Commented{}), "");
  EXPECT_THAT(refusal("di", Commented{}), HasSubstr("enrolled as viewer"));
  SignedAct act = scene.act("jo", first, Commented{});
  act.signer = scene.reviewers[1].verifier_key;
  EXPECT_THAT(refusal(act), HasSubstr("not that of `jo`"));
  act = scene.act("jo", first, Commented{});
  act.act.case_id = second;
  EXPECT_THAT(refusal(act), HasSubstr("not this act"));
  scene.reviewers[0].retired = true;
  EXPECT_THAT(refusal("jo", Commented{}), HasSubstr("retired"));
  scene.reviewers.erase(scene.reviewers.begin());
  EXPECT_THAT(refusal("jo", Commented{}), HasSubstr("nobody is enrolled as `jo`"));
}

TEST_F(ActRules, LetNobodyApproveTheirOwnDecision) {
  record("ada", Decided{Outcome::kConfirmed, {}}, true);
  EXPECT_THAT(refusal("ada", SecondOpinion{10, true}), HasSubstr("another person"));
  EXPECT_THAT(refusal("ada", SecondOpinion{10, false}), HasSubstr("another person"));
  EXPECT_THAT(refusal("jo", SecondOpinion{10, true}), HasSubstr("is for approver"));
  EXPECT_EQ(refusal("ben", SecondOpinion{10, true}), "");
}

TEST_F(ActRules, RefuseASecondOpinionThatComesTooLate) {
  EXPECT_THAT(refusal("ben", SecondOpinion{10, true}), HasSubstr("does not wait"));
  record("jo", Decided{Outcome::kConfirmed, {}}, true);
  EXPECT_THAT(refusal("ben", SecondOpinion{9, true}), HasSubstr("does not wait"));
  record("ada", SecondOpinion{10, true});
  EXPECT_THAT(refusal("ben", SecondOpinion{10, false}), HasSubstr("does not wait"));
}

TEST_F(ActRules, RefuseADecisionAboutAClosedCaseOrBesideAnother) {
  record("jo", Decided{Outcome::kFalsePositive, {}}, true);
  EXPECT_THAT(refusal("kim", Decided{Outcome::kConfirmed, {}}), HasSubstr("first"));
  record("ada", SecondOpinion{10, true});
  EXPECT_THAT(refusal("kim", Decided{Outcome::kConfirmed, {}}), HasSubstr("closed"));
  EXPECT_EQ(refusal("kim", Appealed{}), "");
  record("kim", Appealed{});
  EXPECT_EQ(refusal("kim", Decided{Outcome::kConfirmed, {}}), "");
  EXPECT_THAT(refusal("kim", Appealed{}), HasSubstr("not closed"));
}

TEST_F(ActRules, LetRecordsBeViewedByThemselves) {
  const auto view = [this](const std::string& id, EvidenceViewed viewed) {
    return refusal(scene.act("kim", id, viewed));
  };
  EXPECT_EQ(view("v-0123456789ab", {0, 3}), "");
  EXPECT_THAT(view("v-0123456789ab", {0, {}}), HasSubstr("it has their number"));
  EXPECT_THAT(view("v-0123456789ab", {1, 3}), HasSubstr("no findings"));
  EXPECT_EQ(view(first, {1, {}}), "");
  EXPECT_THAT(view(first, {0, 3}), HasSubstr("is named `v-`"));
  EXPECT_THAT(view("v-0123456789a", {0, 3}), HasSubstr("there is no case"));
  // It is about no case, and none comes about.
  RecordedAct act;
  act.index = 10;
  act.act = scene.act("kim", "v-0123456789ab", EvidenceViewed{0, 3});
  const auto book = CaseBook::make(findings, {act});
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_EQ(book->find("v-0123456789ab"), nullptr);
}

TEST_F(ActRules, RefuseToDecideWhatWasNotSeen) {
  record("kim", Commented{});
  EXPECT_THAT(refusal("jo", Decided{Outcome::kConfirmed, {}}, 10), HasSubstr("look at it again"));
  EXPECT_EQ(refusal("jo", Decided{Outcome::kConfirmed, {}}, 11), "");
  record("kim", EvidenceViewed{1});  // a view adds nothing to the case
  EXPECT_EQ(refusal("jo", Decided{Outcome::kConfirmed, {}}, 11), "");
  findings.push_back(ActScene::finding(30, "account:g/a"));
  EXPECT_THAT(refusal("jo", Decided{Outcome::kConfirmed, {}}, 11), HasSubstr("look at it again"));
  EXPECT_THAT(refusal("jo", Decided{Outcome::kConfirmed, {}}, 101), HasSubstr("more entries"));
}

TEST_F(ActRules, WantATimeForAnAcceptedRiskAndForNothingElse) {
  EXPECT_EQ(refusal("jo", Decided{Outcome::kAcceptedRisk, kMorning + kDay}), "");
  EXPECT_NE(refusal("jo", Decided{Outcome::kAcceptedRisk, {}}), "");
  EXPECT_NE(refusal("jo", Decided{Outcome::kAcceptedRisk, kMorning}), "");
  EXPECT_NE(refusal("jo", Decided{Outcome::kConfirmed, kMorning + kDay}), "");
}

TEST_F(ActRules, LeavePrivilegeToCounsel) {
  EXPECT_EQ(refusal("cy", Commented{true}), "");
  EXPECT_THAT(refusal("jo", Commented{true}), HasSubstr("only counsel"));
  EXPECT_THAT(refusal("ada", Exhibit{{}, 1, true}), HasSubstr("only counsel"));
}

TEST_F(ActRules, GiveCasesToThoseWhoCanDecideThem) {
  EXPECT_EQ(refusal("jo", Assigned{"kim"}), "");
  EXPECT_THAT(refusal("jo", Assigned{"di"}), HasSubstr("officer or approver"));
  EXPECT_THAT(refusal("jo", Assigned{"zoe"}), HasSubstr("nobody is enrolled"));
}

TEST_F(ActRules, MergeNeitherIntoItselfNorInCircles) {
  EXPECT_EQ(refusal("jo", Merged{second}), "");
  EXPECT_NE(refusal("jo", Merged{first}), "");
  EXPECT_THAT(refusal("jo", Merged{"c-ffffffffffff"}), HasSubstr("no case"));
  record("jo", Merged{second});
  EXPECT_THAT(refusal("jo", Commented{}), HasSubstr("goes on in `" + second));
  EXPECT_THAT(refusal(scene.act("jo", second, Merged{first})), HasSubstr("become part"));
}

TEST_F(ActRules, MergeIntoNothingThatWaitsOrWasNotSeen) {
  acts.push_back(scene.recorded(next++, "kim", second, Decided{Outcome::kReferred, {}}, true));
  EXPECT_THAT(refusal("jo", Merged{second}), HasSubstr("waits for a second person"));
  acts.back().second_needed = false;
  EXPECT_THAT(refusal("jo", Merged{second}, 10),
              HasSubstr("has entries up to 10, which were not all seen"));
  EXPECT_EQ(refusal("jo", Merged{second}, 11), "");
}

// One key under two names is one person.
/// Splits `finding` off, into a case of a name that is free.
ActBody split_off(std::vector<std::string> findings) {
  std::ranges::sort(findings);
  return CaseSplit{"p-0123456789ab", std::move(findings)};
}

TEST_F(ActRules, SplitOffSomeOfWhatStandsAndWasSeen) {
  findings.push_back(ActScene::finding(3, "account:g/a"));
  EXPECT_EQ(refusal("jo", split_off({findings[2].id})), "");
  EXPECT_EQ(refusal("ada", split_off({findings[0].id})), "");
  EXPECT_THAT(refusal("cy", split_off({findings[2].id})), HasSubstr("is for officer, approver"));
  EXPECT_THAT(refusal("jo", split_off({findings[2].id}), 3), HasSubstr("look at it again"));
  EXPECT_THAT(refusal("jo", split_off({findings[0].id, findings[2].id})),
              HasSubstr("nothing that stands would stay"));
  EXPECT_THAT(refusal("jo", split_off({findings[1].id})),  // of the other case
              HasSubstr("there is no finding `" + findings[1].id + "` in `" + first + "`"));
  findings[0].state = StepKind::kWithdrawn;
  EXPECT_THAT(refusal("jo", split_off({findings[0].id})), HasSubstr("withdrawn"));
  EXPECT_THAT(refusal("jo", split_off({findings[2].id})), HasSubstr("would stay"));
}

TEST_F(ActRules, SplitNoCaseThatIsClosedOrWaits) {
  findings.push_back(ActScene::finding(3, "account:g/a"));
  record("jo", Decided{Outcome::kConfirmed, {}}, true);
  EXPECT_THAT(refusal("kim", split_off({findings[2].id})), HasSubstr("waits for a second person"));
  record("ada", SecondOpinion{10, true});
  EXPECT_THAT(refusal("kim", split_off({findings[2].id})), HasSubstr("the case is closed"));
  // What is found since may go, and nothing that was decided.
  findings.push_back(ActScene::finding(20, "account:g/a"));
  EXPECT_EQ(refusal("kim", split_off({findings[3].id})), "");
  EXPECT_THAT(refusal("kim", split_off({findings[2].id})), HasSubstr("stays with its decision"));
}

TEST_F(ActRules, SplitIntoANewCaseOnly) {
  findings.push_back(ActScene::finding(3, "account:g/a"));
  findings.push_back(ActScene::finding(4, "account:g/a"));
  record("jo", split_off({findings[2].id}));
  EXPECT_THAT(refusal("jo", split_off({findings[3].id})), HasSubstr("already"));
  EXPECT_THAT(refusal("jo", CaseSplit{"p-0123456789ac", {findings[2].id}}),
              HasSubstr("no finding"));
  EXPECT_EQ(refusal("jo", CaseSplit{"p-0123456789ac", {findings[3].id}}), "");
  // A lead needs no finding.
  acts.push_back(
      scene.recorded(20, "jo", "l-00000000000a", LeadReceived{kMorning, "TLP:RED", 1, {}}));
  acts.push_back(scene.recorded(21, "jo", second, Merged{"l-00000000000a"}));
  EXPECT_EQ(
      refusal(scene.act("jo", "l-00000000000a", CaseSplit{"p-0123456789ac", {findings[1].id}})),
      "");
}

TEST_F(ActRules, KnowAPersonOfTwoNamesByTheKey) {
  scene.keys.emplace("ann", *SigningKey::from_seed(scene.keys.at("ada").seed()));
  scene.reviewers.push_back(
      {"ann", "approver", format_verifier_key({"ann", scene.keys.at("ann").public_key()}), false});
  record("ada", Decided{Outcome::kConfirmed, {}}, true);
  EXPECT_THAT(refusal("ann", SecondOpinion{10, true}), HasSubstr("another person"));
}

TEST_F(ActRules, RefuseWhatWasSignedLongAgo) {
  SignedAct act = scene.act("jo", first, Commented{});
  act.act.at = kMorning - kMostActAge;
  EXPECT_EQ(refusal(*sign_act(act.act, scene.keys.at("jo"))), "");
  act.act.at = act.act.at - kSecond;
  EXPECT_THAT(refusal(*sign_act(act.act, scene.keys.at("jo"))), HasSubstr("more than 7 days ago"));
}

TEST_F(ActRules, WantTheNameAndTheMarkingOfALead) {
  const LeadReceived lead{kMorning, "TLP:RED", 0, {}};
  EXPECT_NE(refusal(scene.act("jo", "l-1", lead)), "");
  EXPECT_NE(refusal(scene.act("jo", "l-00000000000G", lead)), "");
  const LeadReceived unmarked{kMorning, "secret", 0, {}};
  EXPECT_THAT(refusal(scene.act("jo", "l-00000000000a", unmarked)), HasSubstr("TLP 2.0"));
}

TEST_F(ActRules, TakeAClockThatEndsWhereItsRuleSays) {
  const UtcTime from = *parse_time("2026-10-05");
  const UtcTime due = due_day(*clock_rule("ofac-report"), from);
  EXPECT_EQ(refusal("jo", ClockStarted{"ofac-report", from, due}), "");
  EXPECT_THAT(refusal("jo", ClockStarted{"ofac-report", from, due + kDay}), HasSubstr("ends on"));
  EXPECT_NE(refusal("jo", ClockStarted{"someday", from, due}), "");
  const UtcTime later = from + kDay;
  EXPECT_THAT(refusal("jo", ClockStarted{"days:1", later, later + kDay}),
              HasSubstr("has happened"));
}

TEST_F(ActRules, TakeALicenceThatHoldsByDaysAndIsKnownByWords) {
  const UtcTime day = *parse_time("2026-10-05");
  const LicenceRecorded good{LicenceKind::kIssuedLicence, "BIS", "D1234567", day, day, {}};
  EXPECT_EQ(refusal("jo", good), "");
  EXPECT_EQ(refusal("cy", good), "");
  EXPECT_THAT(refusal("di", good), HasSubstr("is for officer, approver, counsel"));
  const auto with = [&](auto change) {
    LicenceRecorded other = good;
    change(other);
    return refusal("jo", other);
  };
  EXPECT_EQ(with([&](LicenceRecorded& l) { l.from = day - Duration{400 * kDay.us}; }), "");
  EXPECT_EQ(with([](LicenceRecorded& l) { l.number = std::string(200, 'x'); }), "");
  EXPECT_THAT(with([](LicenceRecorded& l) { l.number = std::string(201, 'x'); }),
              HasSubstr("expected as number of a licence one line of 1 to 200 bytes"));
  EXPECT_THAT(with([](LicenceRecorded& l) { l.authority = " "; }), HasSubstr("as authority"));
  EXPECT_THAT(with([](LicenceRecorded& l) { l.authority = "BIS\nX"; }), HasSubstr("as authority"));
  EXPECT_THAT(with([&](LicenceRecorded& l) { l.from = day + kHour, l.until.reset(); }),
              HasSubstr("from a day"));
}

TEST_F(ActRules, RefuseTimesToCome) {
  SignedAct act = scene.act("jo", first, Commented{});
  act.act.at = kMorning + kHour;
  act = *sign_act(act.act, scene.keys.at("jo"));
  EXPECT_THAT(refusal(act), HasSubstr("in the future"));
  EXPECT_NE(refusal("jo", ActionTaken{kMorning + kDay}), "");
}

TEST_F(ActRules, OpenACaseForALeadOnce) {
  EXPECT_EQ(refusal(scene.act("jo", "l-00000000000a", LeadReceived{kMorning, "TLP:RED", 0, {}})),
            "");
  EXPECT_NE(refusal(scene.act("jo", "c-00000000000a", LeadReceived{kMorning, "TLP:RED", 0, {}})),
            "");
  EXPECT_NE(refusal("jo", LeadReceived{kMorning, "TLP:RED", 0, {}}), "");
}

TEST(SecondNeeded, IsForLawForGraveFindingsForReferralsAndForASample) {
  Case c;
  c.findings = {ActScene::finding(1, "account:g/a")};
  Digest high;
  high.bytes.fill(std::byte{0xFF});
  const auto no_law = [](const FindingState&) { return false; };
  const auto law = [](const FindingState&) { return true; };
  const Decided confirmed{Outcome::kConfirmed, {}};
  EXPECT_EQ(second_needed_for(c, confirmed, no_law, high), std::nullopt);
  EXPECT_EQ(second_needed_for(c, confirmed, no_law, Digest{}), "a sample of one in ten");
  EXPECT_EQ(second_needed_for(c, confirmed, law, high), "a legal basis");
  EXPECT_EQ(second_needed_for(c, {Outcome::kReferred, {}}, no_law, high), "referred");
  EXPECT_EQ(second_needed_for(c, {Outcome::kNeedsInformation, {}}, law, Digest{}), std::nullopt);
  c.findings = {ActScene::finding(1, "account:g/a", Severity::kHigh)};
  EXPECT_EQ(second_needed_for(c, confirmed, no_law, high), "a finding of severity high");
}

}  // namespace
}  // namespace tidewaiter
