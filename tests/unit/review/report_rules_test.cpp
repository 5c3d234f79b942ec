#include "storage/review/report_rules.h"

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

TEST_F(ReportRules, EndsWithTheFirstWhoRejectsIt) {
  record("li", draft);
  record("ada", ReportApproved{10, true, false});
  record("cy", ReportApproved{10, false, true});
  EXPECT_EQ(state(), ReportState::kRejected);
  EXPECT_THAT(refusal("ben", ReportApproved{10, true, false}), HasSubstr("is rejected"));
  EXPECT_THAT(refusal("li", ReportIssued{10, 2, draft.manifest}), HasSubstr("is rejected"));
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

}  // namespace
}  // namespace tidewaiter
