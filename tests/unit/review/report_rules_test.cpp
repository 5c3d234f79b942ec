#include "storage/review/report_rules.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// One case, by entry 1; a referral about it is drawn by entry 10.
class ReportRules : public testing::Test {
 protected:
  ReportRules() {
    scene.enrol("li", "liaison");
    case_id = case_id_of(ActScene::finding(1, "account:x/1"));
    draft.kind = "referral";
    draft.about = case_id;
    draft.from = kMorning;
    draft.to = kMorning + kDay;
    draft.profile = "facts";
    draft.handling = "TLP:AMBER";
    draft.counsel = true;
    draft.gaps = 2;
    draft.manifest = sha256("manifest");
  }

  [[nodiscard]] std::string refusal(const SignedAct& act) const {
    const Result<CaseBook> book = CaseBook::make({ActScene::finding(1, "account:x/1")}, acts);
    const Result<ReportBook> reports = ReportBook::make(acts);
    const Result<RulingBook> rulings = RulingBook::make(acts);
    EXPECT_TRUE(book && reports && rulings);
    const auto may = check_act(act, {&*book, &*reports, &*rulings, scene.reviewers, 100, kMorning});
    return may ? std::string() : may.error().message;
  }
  [[nodiscard]] std::string refusal(const std::string& by, ActBody body) const {
    return refusal(scene.act(by, report, std::move(body)));
  }
  void record(const std::string& by, ActBody body) {
    acts.push_back(scene.recorded(next++, by, report, std::move(body)));
  }
  [[nodiscard]] ReportState state() const {
    return ReportBook::make(acts)->reports().front().state;
  }

  ActScene scene;
  std::string case_id;
  std::string report = "r-0123456789ab";
  ReportDrafted draft;
  std::vector<RecordedAct> acts;
  std::int64_t next = 10;
};

TEST_F(ReportRules, DraftFitsItsKind) {
  EXPECT_EQ(refusal("li", draft), "");
  EXPECT_EQ(refusal("jo", draft), "");
  EXPECT_THAT(refusal("di", draft), HasSubstr("is for liaison, officer"));
  EXPECT_THAT(refusal("cy", draft), HasSubstr("is for liaison, officer"));
  const auto with = [this](auto change) {
    ReportDrafted other = draft;
    change(other);
    return refusal("li", other);
  };
  EXPECT_THAT(with([](ReportDrafted& d) { d.kind = "letter"; }), HasSubstr("no kind of report"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.profile = "all"; }), HasSubstr("redaction profile"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.handling = "secret"; }), HasSubstr("TLP 2.0"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.counsel = false; }), HasSubstr("for its kind"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.about = ""; }), HasSubstr("about a case"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.about = "c-x"; }), HasSubstr("no case"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.gaps = 99; }), HasSubstr("more gaps"));
  EXPECT_THAT(refusal(scene.act("li", case_id, draft)), HasSubstr("is named `r-`"));
  EXPECT_THAT(refusal(scene.act("li", report, draft, 1)), HasSubstr("draw it again"));
  record("li", draft);
  EXPECT_THAT(refusal("li", draft), HasSubstr("already"));
}

TEST_F(ReportRules, DraftIsDueByAClockOfItsCaseAndKind) {
  const UtcTime day = *parse_time("2026-10-05");
  acts.push_back(scene.recorded(2, "jo", case_id, ClockStarted{"ofac-report", day, day + kDay}));
  acts.push_back(scene.recorded(3, "jo", case_id, ClockStarted{"days:1", day, day + kDay}));
  draft.clock = 2;
  EXPECT_THAT(refusal("li", draft), HasSubstr("`referral` is due by no clock"));
  draft.kind = "ofac-blocked";
  EXPECT_EQ(refusal("li", draft), "");
  draft.clock = 3;
  EXPECT_THAT(refusal("li", draft),
              HasSubstr("entry 3 started a clock by `days:1`, and a report of kind "
                        "`ofac-blocked` is due by `ofac-report`"));
  draft.clock = 1;
  EXPECT_THAT(refusal("li", draft), HasSubstr("entry 1 started no clock"));
}

TEST_F(ReportRules, NobodyApprovesTheirOwnOrSpeaksAsAnother) {
  scene.enrol("lee", "approver");
  EXPECT_THAT(refusal("ada", ReportApproved{10, true, false}), HasSubstr("no report"));
  record("jo", draft);
  scene.reviewers[0].role = "approver";  // whoever drew it was made an approver since
  EXPECT_THAT(refusal("jo", ReportApproved{10, true, false}), HasSubstr("drew this report"));
  EXPECT_THAT(refusal("ada", ReportApproved{10, true, true}), HasSubstr("enrolled as approver"));
  EXPECT_THAT(refusal("cy", ReportApproved{10, true, false}), HasSubstr("enrolled as counsel"));
  EXPECT_EQ(refusal("ada", ReportApproved{10, true, false}), "");
  EXPECT_EQ(refusal("cy", ReportApproved{10, true, true}), "");
}

TEST_F(ReportRules, GoesOutWhenBothHaveApproved) {
  const ReportIssued issue{10, 2, draft.manifest};
  record("li", draft);
  EXPECT_THAT(refusal("li", issue), HasSubstr("waits for an approver and counsel"));
  record("ada", ReportApproved{10, true, false});
  EXPECT_THAT(refusal("ben", ReportApproved{10, true, false}), HasSubstr("there already"));
  EXPECT_THAT(refusal("li", issue), HasSubstr("waits for counsel"));
  EXPECT_EQ(state(), ReportState::kDraft);
  record("cy", ReportApproved{10, true, true});
  EXPECT_EQ(state(), ReportState::kApproved);
  EXPECT_EQ(refusal("li", issue), "");
  EXPECT_THAT(refusal("ada", issue), HasSubstr("is for liaison, officer"));
  EXPECT_THAT(refusal("li", ReportIssued{10, 0, draft.manifest}), HasSubstr("not the report"));
  EXPECT_THAT(refusal("li", ReportIssued{10, 2, sha256("other")}), HasSubstr("not the report"));
  record("li", issue);
  EXPECT_EQ(state(), ReportState::kIssued);
  EXPECT_THAT(refusal("li", issue), HasSubstr("is issued"));
}

// Two may sign policies, ada and ben; then one alone may, and then nobody.
TEST_F(ReportRules, GoesOutOfNoSiteInUnsignedPolicyMode) {
  const ReportIssued issue{10, 2, draft.manifest};
  record("li", draft);
  record("ada", ReportApproved{10, true, false});
  record("cy", ReportApproved{10, true, true});
  EXPECT_EQ(refusal("li", issue), "");
  const auto role_of = [this](const std::string& handle) -> Reviewer& {
    return *std::ranges::find(scene.reviewers, handle, &Reviewer::handle);
  };
  role_of("ben").retired = true;
  EXPECT_THAT(refusal("li", issue), HasSubstr("unsigned policy mode: one person alone may sign"));
  role_of("jo").role = "policy-writer";
  EXPECT_EQ(refusal("li", issue), "");
  // One key under two names is one person's.
  const std::string own = role_of("jo").verifier_key;
  const Result<VerifierKey> of_ada = parse_verifier_key(role_of("ada").verifier_key);
  ASSERT_TRUE(of_ada);
  role_of("jo").verifier_key = format_verifier_key({"second", of_ada->key});
  EXPECT_THAT(refusal("li", issue), HasSubstr("one person alone may sign"));
  role_of("jo").verifier_key = own;
  role_of("jo").role = "admin";
  role_of("ada").role = "officer";
  EXPECT_THAT(refusal("li", issue), HasSubstr("unsigned policy mode: nobody may sign"));
  // All but issuing goes on.
  EXPECT_THAT(refusal("cy", ReportApproved{10, true, true}), HasSubstr("waits for nobody"));
}

TEST_F(ReportRules, EndsWithTheFirstWhoRejectsIt) {
  record("li", draft);
  record("ada", ReportApproved{10, true, false});
  record("cy", ReportApproved{10, false, true});
  EXPECT_EQ(state(), ReportState::kRejected);
  EXPECT_THAT(refusal("ben", ReportApproved{10, true, false}), HasSubstr("is rejected"));
  EXPECT_THAT(refusal("li", ReportIssued{10, 2, draft.manifest}), HasSubstr("is rejected"));
}

/// A report that went out by entry 13; another one, `later`, answers for it.
class ReportStanding : public ReportRules {
 protected:
  ReportStanding() {
    record("li", draft);
    record("ada", ReportApproved{10, true, false});
    record("cy", ReportApproved{10, true, true});
    record("li", ReportIssued{10, 2, draft.manifest});
    following = draft;
    following.manifest = sha256("later");
    following.follows = ReportFollows{FollowingAs::kCorrects, report, draft.manifest};
  }
  [[nodiscard]] std::string refusal_later(const std::string& by, ActBody body) const {
    return refusal(scene.act(by, later, std::move(body)));
  }
  void record_later(const std::string& by, ActBody body) {
    acts.push_back(scene.recorded(next++, by, later, std::move(body)));
  }
  void issue_later() {  // entries 14 to 17
    record_later("li", following);
    record_later("ada", ReportApproved{14, true, false});
    record_later("cy", ReportApproved{14, true, true});
    record_later("li", ReportIssued{14, 2, following.manifest});
  }

  std::string later = "r-ba9876543210";
  ReportDrafted following;
  ReportWithdrawn withdrawn{13, draft.manifest};
};

TEST_F(ReportStanding, ACorrectionNamesWhatWasIssuedAndIsOfItsKind) {
  EXPECT_EQ(refusal_later("li", following), "");
  const auto with = [this](auto change) {
    ReportDrafted other = following;
    change(other);
    return refusal_later("li", other);
  };
  EXPECT_THAT(with([](ReportDrafted& d) { d.follows->report = "r-000000000000"; }),
              HasSubstr("no report `r-000000000000` to follow"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.follows->manifest = sha256("other"); }),
              HasSubstr("not that of the manifest"));
  EXPECT_THAT(with([](ReportDrafted& d) {
                d.kind = "partner-notice";
                d.counsel = false;
              }),
              HasSubstr("is of its kind"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.from = kMorning + Duration{1}; }),
              HasSubstr("covers 2026-10-05T08:00:00Z to 2026-10-06T08:00:00Z"));
  EXPECT_THAT(with([](ReportDrafted& d) { d.to = kMorning + kDay - Duration{1}; }),
              HasSubstr("covers no less"));
  EXPECT_EQ(with([](ReportDrafted& d) {
              d.from = kMorning + Duration{1};
              d.follows->as = FollowingAs::kSupplements;
            }),
            "");
  acts.pop_back();  // it was not issued
  EXPECT_THAT(refusal_later("li", following), HasSubstr("is approved: only what was issued"));
}

TEST_F(ReportStanding, ACorrectionTakesThePlaceOfAReportOnce) {
  issue_later();
  const auto book = ReportBook::make(acts);
  ASSERT_TRUE(book);
  EXPECT_EQ(book->find(report)->correction()->id, later);
  EXPECT_EQ(book->find(later)->correction(), nullptr);
  const auto again = [this] { return refusal(scene.act("li", "r-111111111111", following)); };
  EXPECT_THAT(again(), HasSubstr("`r-ba9876543210` corrects `r-0123456789ab` already"));
  // Where the correction is withdrawn by two, the first one may be corrected again.
  record_later("li", ReportWithdrawn{17, following.manifest});
  EXPECT_THAT(again(), HasSubstr("already"));
  record_later("ada", ReportApproved{18, true, false});
  record_later("cy", ReportApproved{18, true, true});
  EXPECT_EQ(again(), "");
}

TEST_F(ReportStanding, OfTwoCorrectionsTheSecondDoesNotGoOut) {
  const std::string other = "r-111111111111";
  acts.push_back(scene.recorded(next++, "li", other, following));  // entry 14
  acts.push_back(scene.recorded(next++, "ada", other, ReportApproved{14, true, false}));
  acts.push_back(scene.recorded(next++, "cy", other, ReportApproved{14, true, true}));
  const ReportIssued issue{14, 2, following.manifest};
  EXPECT_EQ(refusal(scene.act("li", other, issue)), "");
  record_later("li", following);
  record_later("ada", ReportApproved{17, true, false});
  record_later("cy", ReportApproved{17, true, true});
  record_later("li", ReportIssued{17, 2, following.manifest});
  EXPECT_THAT(refusal(scene.act("li", other, issue)), HasSubstr("corrects"));
}

// Approved, it could not be issued, and would stand so for good.
TEST_F(ReportStanding, ACorrectionOfWhatWasWithdrawnMeanwhileIsRejectedAndNotApproved) {
  record_later("li", following);  // entry 14
  EXPECT_EQ(refusal_later("ada", ReportApproved{14, true, false}), "");
  record("li", withdrawn);  // entry 15
  record("ada", ReportApproved{15, true, false});
  record("cy", ReportApproved{15, true, true});
  EXPECT_THAT(refusal_later("ada", ReportApproved{14, true, false}),
              HasSubstr("`r-0123456789ab` is withdrawn: only"));
  EXPECT_THAT(refusal_later("cy", ReportApproved{14, true, true}), HasSubstr("is withdrawn: only"));
  EXPECT_EQ(refusal_later("ada", ReportApproved{14, false, false}), "");
}

TEST_F(ReportStanding, AWithdrawalTakesTwoPeopleAndCounsel) {
  EXPECT_EQ(refusal("li", withdrawn), "");
  EXPECT_THAT(refusal("ada", withdrawn), HasSubstr("is for liaison, officer"));
  EXPECT_THAT(refusal("li", ReportWithdrawn{12, draft.manifest}), HasSubstr("not the report"));
  EXPECT_THAT(refusal("li", ReportWithdrawn{13, sha256("other")}), HasSubstr("not the report"));
  record("jo", withdrawn);  // entry 14
  EXPECT_EQ(state(), ReportState::kIssued);
  EXPECT_THAT(refusal("li", withdrawn), HasSubstr("`jo` has asked for that"));
  scene.reviewers[0].role = "approver";
  EXPECT_THAT(refusal("jo", ReportApproved{14, true, false}), HasSubstr("asked for this"));
  EXPECT_EQ(refusal("ada", ReportApproved{14, true, false}), "");
  EXPECT_THAT(refusal("ada", ReportApproved{10, true, false}), HasSubstr("is issued"));
  EXPECT_THAT(refusal("ada", ReportApproved{99, true, false}), HasSubstr("waits for nobody"));
  record("ada", ReportApproved{14, true, false});
  EXPECT_THAT(refusal("ben", ReportApproved{14, true, false}), HasSubstr("there already"));
  EXPECT_EQ(state(), ReportState::kIssued);
  record("cy", ReportApproved{14, true, true});
  EXPECT_EQ(state(), ReportState::kWithdrawn);
  EXPECT_THAT(refusal("li", withdrawn), HasSubstr("is withdrawn"));
  EXPECT_THAT(refusal_later("li", following), HasSubstr("is withdrawn: only"));
}

TEST_F(ReportStanding, ARejectedWithdrawalMayBeAskedForAgain) {
  record("li", withdrawn);
  record("ada", ReportApproved{14, true, false});
  record("cy", ReportApproved{14, false, true});
  EXPECT_EQ(state(), ReportState::kIssued);
  EXPECT_THAT(refusal("ben", ReportApproved{14, true, false}), HasSubstr("waits for nobody"));
  EXPECT_EQ(refusal("li", withdrawn), "");
}

TEST_F(ReportStanding, WhatStandsCorrectedIsNotWithdrawnBeforeItsCorrection) {
  issue_later();
  EXPECT_THAT(refusal("li", withdrawn),
              HasSubstr("`r-ba9876543210` corrects `r-0123456789ab`: withdraw that one first"));
  record_later("li", ReportWithdrawn{17, following.manifest});
  record_later("ada", ReportApproved{18, true, false});
  record_later("cy", ReportApproved{18, true, true});
  EXPECT_EQ(refusal("li", withdrawn), "");
}

TEST_F(ReportStanding, ACorrectionThatGoesOutMeanwhileEndsAWithdrawalThatWaits) {
  record("li", withdrawn);  // entry 14
  EXPECT_EQ(refusal("ada", ReportApproved{14, true, false}), "");
  record_later("li", following);  // entry 15
  record_later("ada", ReportApproved{15, true, false});
  record_later("cy", ReportApproved{15, true, true});
  record_later("li", ReportIssued{15, 2, following.manifest});
  EXPECT_THAT(refusal("ada", ReportApproved{14, true, false}),
              HasSubstr("withdraw that one first"));
  EXPECT_EQ(refusal("ada", ReportApproved{14, false, false}), "");
}

TEST_F(ReportStanding, OnlyWhatWentOutIsWithdrawn) {
  acts.pop_back();
  EXPECT_THAT(refusal("li", withdrawn), HasSubstr("is approved: only what was issued"));
}

TEST_F(ReportRules, AReportIsFoundByHowItBegins) {
  record("li", draft);
  const auto book = ReportBook::make(acts);
  ASSERT_TRUE(book);
  EXPECT_TRUE(book->lookup("r-0123"));
  EXPECT_TRUE(book->lookup("0123"));
  EXPECT_FALSE(book->lookup("r-9"));
  acts.push_back(scene.recorded(11, "li", report, draft));
  EXPECT_FALSE(ReportBook::make(acts));
}

TEST_F(ReportRules, HandOverIsOfWhatWasIssued) {
  const ReportHandedOver handed{13, kMorning, "courier", HandedForm::kFolder, sha256("tags")};
  record("li", draft);  // entry 10
  EXPECT_THAT(refusal("li", handed), HasSubstr("is draft: only what was issued"));
  record("ada", ReportApproved{10, true, false});     // 11
  record("cy", ReportApproved{10, true, true});       // 12
  record("li", ReportIssued{10, 2, draft.manifest});  // 13
  EXPECT_EQ(refusal("li", handed), "");
  EXPECT_EQ(refusal("jo", handed), "");
  EXPECT_THAT(refusal("ada", handed), HasSubstr("is for liaison, officer"));
  const auto with = [&](auto change) {
    ReportHandedOver other = handed;
    change(other);
    return refusal("li", other);
  };
  EXPECT_THAT(with([](ReportHandedOver& h) { h.issued = 10; }), HasSubstr("did not issue"));
  EXPECT_THAT(with([](ReportHandedOver& h) { h.channel = " "; }), HasSubstr("one line"));
  EXPECT_THAT(with([](ReportHandedOver& h) { h.channel = "a\nb"; }), HasSubstr("one line"));
  EXPECT_THAT(with([](ReportHandedOver& h) { h.handed = kMorning - kSecond; }),
              HasSubstr("before that"));
  EXPECT_THAT(with([](ReportHandedOver& h) { h.handed = kMorning + kSecond; }),
              HasSubstr("in the future"));
  record("li", ReportWithdrawn{13, draft.manifest});  // 14: it is in somebody's hands all the same
  record("ada", ReportApproved{14, true, false});
  record("cy", ReportApproved{14, true, true});
  EXPECT_EQ(state(), ReportState::kWithdrawn);
  EXPECT_EQ(refusal("li", handed), "");
}

TEST_F(ReportRules, IsReceivedOnceAfterItWasHandedOver) {
  record("li", draft);
  record("ada", ReportApproved{10, true, false});
  record("cy", ReportApproved{10, true, true});
  record("li", ReportIssued{10, 2, draft.manifest});
  EXPECT_THAT(refusal("li", ReportReceived{14, kMorning}), HasSubstr("did not hand over"));
  record("li", ReportHandedOver{13, kMorning, "courier", HandedForm::kFolder, sha256("tags")});
  EXPECT_EQ(refusal("li", ReportReceived{14, kMorning}), "");
  EXPECT_THAT(refusal("li", ReportReceived{13, kMorning}), HasSubstr("did not hand over"));
  EXPECT_THAT(refusal("li", ReportReceived{14, kMorning - kSecond}), HasSubstr("before that"));
  EXPECT_THAT(refusal("li", ReportReceived{14, kMorning + kSecond}), HasSubstr("in the future"));
  record("li", ReportReceived{14, kMorning});
  EXPECT_THAT(refusal("li", ReportReceived{14, kMorning}), HasSubstr("entry 15 says already"));
  const ReportBook book = *ReportBook::make(acts);
  ASSERT_EQ(book.reports().front().hand_overs.size(), 1U);
  EXPECT_EQ(book.reports().front().hand_overs[0].received->index, 15);
}

}  // namespace
}  // namespace tidewaiter
