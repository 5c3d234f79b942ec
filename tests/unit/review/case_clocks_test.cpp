#include "storage/review/case_clocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/review/case_licences.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Two cases, by entries 1 and 2. The first has a clock of 20 October by entry 3, one of the 19th
/// by entry 4, and one of another rule by entry 5.
class ClocksOfACase : public testing::Test {
 protected:
  ClocksOfACase() {
    scene.enrol("li", "liaison");
    start(3, first, "ofac-report", 20);
    start(4, first, "ofac-report", 19);
    start(5, first, "days:30", 1);
  }

  void start(std::int64_t index, const std::string& id, const std::string& rule, int day) {
    const UtcTime from = *parse_time("2026-10-01");
    acts.push_back(scene.recorded(index, "jo", id,
                                  ClockStarted{rule, from, from + Duration{(day - 1) * kDay.us}}));
  }
  /// A blocked report about `about`, drawn by entry `index` and issued by the one after it.
  void issue(std::int64_t index, const std::string& about, std::optional<std::int64_t> clock) {
    ReportDrafted drafted{"ofac-blocked", about, kMorning, kMorning + kDay, "facts",
                          "TLP:AMBER",    true,  0,        sha256("m")};
    drafted.clock = clock;
    const std::string id = report_of(index);
    acts.push_back({index, kMorning, scene.act("li", id, drafted, index), false});
    acts.push_back(scene.recorded(index + 1, "li", id, ReportIssued{index, 0, sha256("m")}));
  }
  [[nodiscard]] static std::string report_of(std::int64_t index) {
    return "r-0000000000" + std::to_string(index);
  }
  [[nodiscard]] std::vector<CaseClock> clocks(const std::string& id) const {
    const auto cases = CaseBook::make(
        {ActScene::finding(1, "account:x/1"), ActScene::finding(2, "account:x/2")}, acts);
    const auto reports = ReportBook::make(acts);
    EXPECT_TRUE(cases && reports);
    return clocks_of(*cases->find(id), *cases, *reports);
  }
  /// The entry of the one that is meant, 0 for none, or why there is an error.
  [[nodiscard]] std::string meant(const std::string& wanted, const char* kind = "ofac-blocked",
                                  const std::string& id = {}) const {
    const auto clock =
        clock_for_report(clocks(id.empty() ? first : id), *report_kind(kind), wanted);
    if (!clock) return clock.error().message;
    return std::to_string(*clock ? (*clock)->entry : 0);
  }

  ActScene scene;
  std::string first = case_id_of(ActScene::finding(1, "account:x/1"));
  std::string second = case_id_of(ActScene::finding(2, "account:x/2"));
  std::vector<RecordedAct> acts;
};

TEST_F(ClocksOfACase, OfWhichSeveralAreOpenNeedAName) {
  EXPECT_THAT(meant(""), AllOf(HasSubstr("has 2 that are open: name one with --clock"),
                               HasSubstr(" 3 (ofac-report from 2026-10-01, due 2026-10-20);"),
                               HasSubstr(" 4 (ofac-report"), Not(HasSubstr("days:30"))));
  EXPECT_EQ(meant("ofac-report"), meant(""));
  EXPECT_EQ(meant("3"), "3");
  EXPECT_EQ(meant("4"), "4");
  EXPECT_THAT(meant("5"), HasSubstr("expected the entry or the rule"));
  EXPECT_THAT(meant("days:30"), HasSubstr("got `days:30`"));
  EXPECT_THAT(meant("3", "referral"), HasSubstr("has no time limit"));
  EXPECT_EQ(meant("", "referral"), "0");
  EXPECT_EQ(meant("", "vsd-narrative"), "0");
  EXPECT_EQ(meant("", "ofac-blocked", second), "0");
  EXPECT_THAT(meant("ofac-report", "ofac-blocked", second), HasSubstr("start one with"));
}

TEST_F(ClocksOfACase, AreAnsweredByReportsThatHold) {
  issue(10, first, 3);
  EXPECT_EQ(clocks(first)[0].answered_by, report_of(10));
  EXPECT_EQ(meant(""), "4");
  EXPECT_EQ(meant("ofac-report"), "4");
  EXPECT_EQ(meant("3"), "3");
  issue(12, first, 4);
  EXPECT_EQ(meant(""), "0");
  EXPECT_THAT(meant("ofac-report"), AllOf(HasSubstr("name by its entry one that was answered, 3"),
                                          HasSubstr("answered by " + report_of(12))));
  // One that was withdrawn answers nothing.
  acts.push_back(scene.recorded(14, "li", report_of(10), ReportWithdrawn{11, sha256("m")}));
  acts.push_back(scene.recorded(15, "ada", report_of(10), ReportApproved{14, true, false}));
  EXPECT_EQ(meant(""), "0");
  acts.push_back(scene.recorded(16, "cy", report_of(10), ReportApproved{14, true, true}));
  EXPECT_EQ(meant(""), "3");
}

TEST_F(ClocksOfACase, ThatAreOpenAreToldByTheOneThatEndsFirst) {
  const auto first_open = [this]() -> std::string {
    const auto cases = CaseBook::make({ActScene::finding(1, "account:x/1")}, acts);
    const auto reports = ReportBook::make(acts);
    const auto clock = CaseClocks(*cases, *reports).first_open(*cases->find(first));
    return clock ? clock->rule + " " + format_time(clock->due) : "none";
  };
  acts.erase(acts.begin() + 2);  // the one of another rule
  EXPECT_EQ(first_open(), "ofac-report 2026-10-19T00:00:00Z");
  issue(10, first, 4);
  EXPECT_EQ(first_open(), "ofac-report 2026-10-20T00:00:00Z");
  issue(12, first, 3);
  EXPECT_EQ(first_open(), "none");
}

// As they were before: they told the day of the clock that ended first.
TEST_F(ClocksOfACase, OfReportsThatNameNoneAreThoseThatEndedFirst) {
  issue(10, first, std::nullopt);
  EXPECT_EQ(clocks(first)[1].answered_by, report_of(10));
  EXPECT_EQ(meant(""), "3");
  start(20, first, "ofac-report", 2);  // after it was drawn
  EXPECT_EQ(clocks(first)[1].answered_by, report_of(10));
}

TEST_F(ClocksOfACase, GoWithTheCase) {
  start(6, second, "ofac-report", 25);
  issue(10, second, 6);
  acts.push_back(scene.recorded(12, "jo", second, Merged{first}));
  EXPECT_EQ(clocks(first).size(), 4U);
  EXPECT_THAT(meant(""), HasSubstr("has 2 that are open"));
  // Of a case that was split off each part answers for itself.
  acts.push_back(scene.recorded(
      13, "jo", first, CaseSplit{"p-0123456789ab", {ActScene::finding(2, "account:x/2").id}}));
  issue(14, first, 3);
  EXPECT_EQ(meant(""), "4");
  EXPECT_THAT(meant("", "ofac-blocked", "p-0123456789ab"), HasSubstr("that are open"));
  EXPECT_EQ(meant("4", "ofac-blocked", "p-0123456789ab"), "4");
}

// What went out before a case was split was about all of it; what goes out later is each part's
// own.
TEST_F(ClocksOfACase, AnsweredBeforeASplitAreAnsweredInBothParts) {
  const std::string part = "p-0123456789ab";
  const std::string part_of_part = "p-0123456789ac";
  const std::string of_second = ActScene::finding(2, "account:x/2").id;
  acts.push_back(scene.recorded(6, "jo", second, Merged{first}));
  issue(10, first, 3);
  acts.push_back(scene.recorded(12, "jo", first, CaseSplit{part, {of_second}}));
  issue(14, first, 4);
  EXPECT_EQ(clocks(part)[0].answered_by, report_of(10));
  EXPECT_EQ(clocks(part)[1].answered_by, "");
  EXPECT_EQ(meant("", "ofac-blocked", part), "4");
  EXPECT_EQ(clocks(first)[1].answered_by, report_of(14));
  // A part of a part: by what went out before the first split, and by the part's own report.
  issue(16, part, 4);
  acts.push_back(scene.recorded(18, "jo", part, CaseSplit{part_of_part, {of_second}}));
  EXPECT_EQ(clocks(part_of_part)[0].answered_by, report_of(10));
  EXPECT_EQ(clocks(part_of_part)[1].answered_by, report_of(16));
  // What is withdrawn answers in no part.
  acts.push_back(scene.recorded(20, "li", report_of(10), ReportWithdrawn{11, sha256("m")}));
  acts.push_back(scene.recorded(21, "ada", report_of(10), ReportApproved{20, true, false}));
  acts.push_back(scene.recorded(22, "cy", report_of(10), ReportApproved{20, true, true}));
  EXPECT_EQ(clocks(part)[0].answered_by, "");
  EXPECT_EQ(clocks(part_of_part)[0].answered_by, "");
}

TEST(CaseLicences, HoldUntilTheirLastDayIsOver) {
  const UtcTime day = *parse_time("2026-10-05");
  LicenceRecorded licence{LicenceKind::kGeneralLicence, "OFAC", "GL 8", day, day + kDay, {}};
  EXPECT_EQ(licence_text(licence),
            "general-licence GL 8 of OFAC, from 2026-10-05, until 2026-10-06");
  EXPECT_FALSE(licence_has_ended(licence, *parse_time("2026-10-06T23:59:59Z")));
  EXPECT_TRUE(licence_has_ended(licence, *parse_time("2026-10-07")));
  EXPECT_THAT(licence_text(licence, *parse_time("2026-10-07")), testing::EndsWith(", ended"));
  licence.until.reset();
  EXPECT_FALSE(licence_has_ended(licence, *parse_time("2036-10-07")));
  EXPECT_EQ(licence_text(licence, day), "general-licence GL 8 of OFAC, from 2026-10-05");
}

}  // namespace
}  // namespace tidewaiter
