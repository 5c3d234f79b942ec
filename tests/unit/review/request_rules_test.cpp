#include "storage/review/request_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kRequestName = "q-0123456789ab";
constexpr const char* kAnswerName = "r-0123456789ab";
/// 2026-10-05 is a Monday; ten days after it is the 15th.
const UtcTime kRequestDay = kMorning - Duration{8 * kHour.us};

Duration whole_days(std::int64_t count) { return Duration{count * kDay.us}; }

/// A request of 5 October, entered at entry 10; acts are judged on that day.
class RequestRules : public testing::Test {
 protected:
  RequestRules() {
    scene.enrol("li", "liaison");
    received = {kRequestDay, "days:10", kRequestDay + whole_days(10), ""};
    draft.kind = "partner-notice";
    draft.about = case_id_of(finding);
    draft.from = kMorning;
    draft.to = kMorning + kDay;
    draft.profile = "facts";
    draft.handling = "TLP:AMBER";
    draft.request = kRequestName;
  }
  [[nodiscard]] std::string refusal(const std::string& by, const std::string& id,
                                    ActBody body) const {
    const Result<CaseBook> book = CaseBook::make({finding, elsewhere}, acts);
    const Result<ReportBook> reports = ReportBook::make(acts);
    const Result<RulingBook> rulings = RulingBook::make(acts);
    const Result<RequestBook> requests = RequestBook::make(acts, *reports);
    EXPECT_TRUE(book && reports && rulings && requests);
    ActBasis basis{&*book, &*reports, &*rulings, scene.reviewers, 100, kMorning};
    basis.requests = &*requests;
    const auto may = check_act(scene.act(by, id, std::move(body)), basis);
    return may ? std::string() : may.error().message;
  }
  void record(const std::string& by, const std::string& id, ActBody body) {
    acts.push_back(scene.recorded(next++, by, id, std::move(body)));
  }
  /// A report for the request goes out, drawn by the next entry.
  void answer() {
    const std::int64_t place = next;
    record("li", kAnswerName, draft);
    record("ada", kAnswerName, ReportApproved{place, true, false});
    record("li", kAnswerName, ReportIssued{place, 0, {}});
  }
  [[nodiscard]] AuthorityRequest request() const {
    return RequestBook::make(acts, *ReportBook::make(acts))->requests().front();
  }

  ActScene scene;
  FindingState finding = ActScene::finding(1, "account:x/1");
  FindingState elsewhere = ActScene::finding(2, "account:x/2");
  RequestReceived received;
  ReportDrafted draft;
  std::vector<RecordedAct> acts;
  std::int64_t next = 10;
};

TEST_F(RequestRules, ARequestHasANameADayAndALastDayByItsRule) {
  EXPECT_EQ(refusal("li", kRequestName, received), "");
  EXPECT_EQ(refusal("cy", kRequestName, received), "");
  EXPECT_THAT(refusal("ada", kRequestName, received),
              HasSubstr("is for liaison, officer, counsel"));
  EXPECT_THAT(refusal("li", "q-1", received), HasSubstr("is named `q-`"));
  const auto with = [this](auto change) {
    RequestReceived other = received;
    change(other);
    return refusal("li", kRequestName, other);
  };
  EXPECT_THAT(with([](RequestReceived& r) { r.due = kRequestDay + whole_days(11); }),
              HasSubstr("ends on 2026-10-15T00:00:00Z"));
  EXPECT_EQ(with([](RequestReceived& r) {
              r.rule = kStatedRule;
              r.due = kRequestDay + whole_days(11);
            }),
            "");
  EXPECT_EQ(with([](RequestReceived& r) {
              r.rule.clear();
              r.due.reset();
            }),
            "");
  EXPECT_THAT(with([](RequestReceived& r) { r.rule = "soon"; }), HasSubstr("soon"));
  EXPECT_THAT(with([](RequestReceived& r) {
                r.received = kRequestDay + kHour;
                r.due = *r.due + kHour;
              }),
              HasSubstr("expected midnight, UTC"));
  EXPECT_THAT(with([](RequestReceived& r) {
                r.rule = kStatedRule;
                r.due = *r.due + Duration{1};
              }),
              HasSubstr("expected midnight, UTC"));
  EXPECT_THAT(with([](RequestReceived& r) {
                r.received = kRequestDay + kDay;
                r.due = kRequestDay + whole_days(11);
              }),
              HasSubstr("in the future"));
  EXPECT_THAT(with([](RequestReceived& r) { r.about = "c-000000000000"; }), HasSubstr("no case"));
  EXPECT_EQ(with([this](RequestReceived& r) { r.about = case_id_of(finding); }), "");
  record("li", kRequestName, received);
  EXPECT_THAT(refusal("li", kRequestName, received), HasSubstr("already"));
}

TEST_F(RequestRules, IsAnsweredByAReportThatGoesOutUntilThatIsWithdrawn) {
  EXPECT_THAT(refusal("li", kAnswerName, draft), HasSubstr("no request `q-0123456789ab`"));
  record("li", kRequestName, received);
  EXPECT_EQ(refusal("li", kAnswerName, draft), "");
  answer();  // entries 11 to 13
  EXPECT_EQ(request().state, RequestState::kAnswered);
  EXPECT_THAT(request().answers, ElementsAre(kAnswerName));
  EXPECT_THAT(refusal("li", kRequestName, RequestClosed{}), HasSubstr("is answered already"));
  record("li", kAnswerName, ReportWithdrawn{13, {}});
  record("ada", kAnswerName, ReportApproved{14, true, false});
  EXPECT_EQ(request().state, RequestState::kOpen);
  EXPECT_THAT(request().answers, IsEmpty());
  EXPECT_EQ(refusal("li", kRequestName, RequestClosed{}), "");
}

TEST_F(RequestRules, AClosedRequestIsAnsweredByNothing) {
  record("li", kRequestName, received);
  record("li", kAnswerName, draft);  // entry 11
  record("ada", kAnswerName, ReportApproved{11, true, false});
  EXPECT_EQ(refusal("li", kAnswerName, ReportIssued{11, 0, {}}), "");
  EXPECT_THAT(refusal("ada", kRequestName, RequestClosed{}), HasSubstr("is for liaison"));
  EXPECT_THAT(refusal("li", "q-000000000000", RequestClosed{}), HasSubstr("no request"));
  record("cy", kRequestName, RequestClosed{RequestEnd::kRefused, ""});
  EXPECT_EQ(request().state, RequestState::kRefused);
  EXPECT_THAT(refusal("li", kAnswerName, ReportIssued{11, 0, {}}),
              HasSubstr("is refused, and closed"));
  EXPECT_THAT(refusal("li", "r-111111111111", draft), HasSubstr("is refused, and closed"));
  EXPECT_THAT(refusal("li", kRequestName, RequestClosed{RequestEnd::kTakenBack, ""}),
              HasSubstr("is refused already"));
}

TEST_F(RequestRules, IsClosedWithAReportOnlyIfThatWentOut) {
  draft.request.clear();
  record("li", kRequestName, received);
  const RequestClosed closed{RequestEnd::kAnswered, kAnswerName};
  EXPECT_THAT(refusal("li", kRequestName, closed), HasSubstr("no report"));
  record("li", kAnswerName, draft);
  EXPECT_THAT(refusal("li", kRequestName, closed), HasSubstr("is draft"));
  acts.pop_back();
  --next;
  answer();
  EXPECT_EQ(request().state, RequestState::kOpen);
  EXPECT_EQ(refusal("li", kRequestName, closed), "");
  record("li", kRequestName, closed);
  EXPECT_EQ(request().state, RequestState::kAnswered);
  EXPECT_THAT(request().answers, ElementsAre(kAnswerName));
}

TEST_F(RequestRules, ASupplementAloneAnswersNothing) {
  record("li", kRequestName, received);
  answer();  // entries 11 to 13
  draft.follows = ReportFollows{FollowingAs::kSupplements, kAnswerName, {}};
  record("li", "r-111111111111", draft);
  record("ada", "r-111111111111", ReportApproved{14, true, false});
  record("li", "r-111111111111", ReportIssued{14, 0, {}});
  EXPECT_THAT(request().answers, ElementsAre(kAnswerName, "r-111111111111"));
  record("li", kAnswerName, ReportWithdrawn{13, {}});
  record("ada", kAnswerName, ReportApproved{17, true, false});
  EXPECT_EQ(request().state, RequestState::kOpen);
  EXPECT_THAT(request().answers, IsEmpty());
}

TEST_F(RequestRules, AReportAboutAnotherCaseAnswersNothing) {
  received.about = case_id_of(elsewhere);
  record("li", kRequestName, received);
  EXPECT_THAT(refusal("li", kAnswerName, draft), HasSubstr("about another one"));
  draft.request.clear();
  answer();
  const RequestClosed closed{RequestEnd::kAnswered, kAnswerName};
  EXPECT_THAT(refusal("li", kRequestName, closed), HasSubstr("another case than the request"));
  // Merged, the two are one.
  record("jo", case_id_of(elsewhere), Merged{case_id_of(finding)});
  EXPECT_EQ(refusal("li", kRequestName, closed), "");
  draft.request = kRequestName;
  EXPECT_EQ(refusal("li", "r-111111111111", draft), "");
}

TEST_F(RequestRules, IsOverdueAfterItsLastDay) {
  record("li", kRequestName, received);
  const UtcTime due = kRequestDay + whole_days(10);
  EXPECT_FALSE(request().is_overdue(due));
  EXPECT_FALSE(request().is_overdue(due + kDay - Duration{1}));
  EXPECT_TRUE(request().is_overdue(due + kDay));
  record("li", kRequestName, RequestClosed{});
  EXPECT_FALSE(request().is_overdue(due + kDay));
}

}  // namespace
}  // namespace tidewaiter
