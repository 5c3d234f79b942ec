// What of a period sources have told of, by hand.

#include "daemon/report/source_reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/elements.h"
#include "daemon/report/report_html.h"
#include "daemon/report/report_json.h"
#include "storage/review/report_kinds.h"
#include "tests/unit/report/small_report.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Interval kWeek{kMonday, kMonday + Duration{7 * kDay.us}};

UtcTime days_later(std::int64_t after) { return kMonday + Duration{after * kDay.us}; }

TEST(SourceReach, IsWhatLiesBeforeAndBehindWhatIsCovered) {
  EXPECT_THAT(not_covered(kWeek, std::nullopt), ElementsAre(kWeek));
  EXPECT_THAT(not_covered(kWeek, kWeek), IsEmpty());
  EXPECT_THAT(not_covered(kWeek, Interval{days_later(-1), days_later(8)}), IsEmpty());
  EXPECT_THAT(not_covered(kWeek, Interval{days_later(2), days_later(3)}),
              ElementsAre(Interval{kWeek.from, days_later(2)}, Interval{days_later(3), kWeek.to}));
  // What ends where the period begins, and what begins where it ends, has none of it.
  EXPECT_THAT(not_covered(kWeek, Interval{days_later(-3), days_later(0)}), ElementsAre(kWeek));
  EXPECT_THAT(not_covered(kWeek, Interval{days_later(7), days_later(9)}), ElementsAre(kWeek));
}

TEST(SourceReach, LeavesOutWhatIsConfiguredNoMoreAndToldOfNothing) {
  const auto within =
      sources_within({{"gateway", true, std::nullopt, {}},
                      {"old", false, Interval{days_later(-9), days_later(-1)}, {}},
                      {"recent", false, Interval{days_later(-9), days_later(1)}, {}}},
                     kWeek);
  ASSERT_EQ(within.size(), 2U);
  EXPECT_EQ(within[0].name, "gateway");
  EXPECT_THAT(within[0].missing, ElementsAre(kWeek));
  EXPECT_EQ(within[1].name, "recent");
  EXPECT_THAT(within[1].missing, ElementsAre(Interval{days_later(1), kWeek.to}));
}

/// A summary of the week, with what policies could tell, and one source that covers `covered`.
Report summary(const std::optional<Interval>& covered) {
  Report report = small_report();
  report.case_id.clear();
  report.period = kWeek;
  report.period_asked = true;
  report.coverage = {{"test.volume", 4, 0, 0, 0}};
  report.sources = sources_within({{"gateway", true, covered, {}}}, kWeek);
  return report;
}

ElementState coverage_of(const Report& report) {
  for (const CheckedElement& element : check_elements(report, *report_kind("period-summary"))) {
    if (element.name == "coverage") return element.state;
  }
  ADD_FAILURE() << "a summary asks for coverage";
  return ElementState::kAbsent;
}

TEST(SourceReach, DecidesWhetherCoverageIsPresent) {
  EXPECT_EQ(coverage_of(summary(kWeek)), ElementState::kPresent);
  EXPECT_EQ(coverage_of(summary(Interval{days_later(2), days_later(3)})), ElementState::kUnknown);
  EXPECT_EQ(coverage_of(summary(Interval{days_later(9), days_later(10)})), ElementState::kAbsent);
  EXPECT_EQ(coverage_of(summary(std::nullopt)), ElementState::kAbsent);
  Report unread = summary(kWeek);
  unread.sources.reset();
  EXPECT_EQ(coverage_of(unread), ElementState::kUnknown);
  unread.sources.emplace();
  EXPECT_EQ(coverage_of(unread), ElementState::kAbsent);
  // The time of a case is that of its findings, which were seen.
  Report of_case = summary(Interval{days_later(2), days_later(3)});
  of_case.period_asked = false;
  EXPECT_EQ(coverage_of(of_case), ElementState::kPresent);
}

TEST(SourceReach, IsSaidOnThePageAndToPrograms) {
  const Report report = summary(Interval{days_later(2), kWeek.to});
  EXPECT_THAT(report_html(report),
              AllOf(HasSubstr("Of that, not seen"), HasSubstr("gateway"),
                    HasSubstr("2026-10-05T08:00:00Z to 2026-10-07T08:00:00Z")));
  EXPECT_THAT(report_html(summary(kWeek)), Not(HasSubstr("Of that, not seen")));
  const auto json = nlohmann::json::parse(report_json(report))["sources"];
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["covered"]["from"], "2026-10-07T08:00:00Z");
  EXPECT_EQ(json[0]["missing"], nlohmann::json::parse(R"([{"from": "2026-10-05T08:00:00Z",
                                                           "to": "2026-10-07T08:00:00Z"}])"));
  EXPECT_THAT(unseen_sentences(report),
              ElementsAre("The source `gateway` has not told of 2026-10-05T08:00:00Z to "
                          "2026-10-07T08:00:00Z: that nothing was found there says nothing."));
  EXPECT_THAT(unseen_sentences(summary(kWeek)), IsEmpty());
  Report unread = summary(kWeek);
  unread.sources.reset();
  EXPECT_TRUE(nlohmann::json::parse(report_json(unread))["sources"].is_null());
  EXPECT_THAT(report_html(unread), HasSubstr("the record log cannot be read"));
}

}  // namespace
}  // namespace tidewaiter
