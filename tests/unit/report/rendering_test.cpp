// What reports are made of: elements, escaping, tables, plots. Expected values by hand.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/csv_text.h"
#include "daemon/report/elements.h"
#include "daemon/report/html_table.h"
#include "daemon/report/html_writer.h"
#include "daemon/report/plots.h"
#include "daemon/report/report_csv.h"
#include "daemon/report/report_html.h"
#include "daemon/report/report_json.h"
#include "daemon/report/report_stix.h"
#include "storage/review/clock_rules.h"
#include "storage/verify/bag_manifest.h"
#include "tests/unit/report/small_report.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ElementState state_in(const std::vector<CheckedElement>& elements, const std::string& name) {
  for (const CheckedElement& element : elements) {
    if (element.name == name) return element.state;
  }
  ADD_FAILURE() << name << " is not asked for";
  return ElementState::kAbsent;
}

TEST(ReportElements, ArePresentAbsentOrUnknown) {
  const auto elements = check_elements(small_report(), *report_kind("referral"));
  EXPECT_EQ(elements.size(), report_kind("referral")->elements.size());
  EXPECT_EQ(state_in(elements, "recipient"), ElementState::kPresent);
  EXPECT_EQ(state_in(elements, "harm"), ElementState::kUnknown);
  EXPECT_EQ(state_in(elements, "authority"), ElementState::kAbsent);
  EXPECT_EQ(state_in(elements, "subject"), ElementState::kPresent);
  EXPECT_EQ(state_in(elements, "decisions"), ElementState::kAbsent);
  EXPECT_EQ(state_in(elements, "usage"), ElementState::kPresent);
  // recipient, figures, findings, period, subject, usage of sixteen.
  EXPECT_EQ(gaps_of(elements), 10);
}

TEST(ReportElements, OfAClusterTheSubjectIsKnownByNoIdThatARecipientCanUse) {
  Report report = small_report();
  const auto state = [&report] {
    return state_in(check_elements(report, *report_kind("referral")), "subject");
  };
  report.subjects[0].name = "cluster:world/account-200";
  EXPECT_EQ(state(), ElementState::kUnknown);
  // But where its accounts are named.
  report.members = ReportedMembers{2, {}, true};
  EXPECT_EQ(state(), ElementState::kPresent);
  report.members->named = false;
  EXPECT_EQ(state(), ElementState::kUnknown);
  report.subjects[0].name = "subject 1";
  report.subjects[0].withheld = true;
  EXPECT_EQ(state(), ElementState::kAbsent);
}

TEST(ReportElements, EveryKindAsksForElementsThatThereAre) {
  for (const ReportKind& kind : report_kinds()) {
    for (const std::string_view name : kind.elements) {
      EXPECT_NE(report_element(name), nullptr) << kind.name << ' ' << name;
    }
    for (const std::string_view name : kind.profiles) {
      EXPECT_NE(redaction_profile(name), nullptr) << kind.name << ' ' << name;
    }
  }
}

// 31 CFR 501.603(b)(1)(ii) and 501.604(b), 15 CFR 764.5(c)(2) to (5), read by hand.
TEST(ReportElements, OfReportsToAuthoritiesAreThoseOfTheRegulations) {
  const auto asks = [](const char* kind, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      const auto& elements = report_kind(kind)->elements;
      EXPECT_NE(std::ranges::find(elements, name), elements.end()) << kind << ' ' << name;
    }
  };
  const auto ofac = {"filer",    "contact", "transaction",         "sanctions_target",
                     "deadline", "value",   "sanctions_authority", "documents"};
  for (const std::string_view name : ofac) {
    asks("ofac-blocked", {name});
    asks("ofac-rejected", {name});
  }
  asks("ofac-blocked", {"property"});
  asks("vsd-notification", {"filer", "nature"});
  asks("vsd-narrative", {"violations", "parties", "licences", "items", "mitigation", "documents",
                         "certification", "review", "deadline", "notification"});
  for (const char* const kind :
       {"ofac-blocked", "ofac-rejected", "vsd-narrative", "vsd-notification", "referral"}) {
    EXPECT_TRUE(report_kind(kind)->counsel) << kind;
  }
  for (const ReportKind& kind : report_kinds()) {
    for (const std::string_view rule : {kind.clock, kind.begins}) {
      EXPECT_TRUE(rule.empty() || clock_rule(rule)) << kind.name;
    }
    const bool timed = std::ranges::find(kind.elements, "deadline") != kind.elements.end();
    EXPECT_EQ(timed, !kind.clock.empty()) << kind.name;
  }
}

TEST(ReportElements, HaveALicenceThatHoldsWithinThePeriodUnlessTheAuthorSaysOtherwise) {
  Report report = small_report();
  const ReportKind& kind = *report_kind("vsd-narrative");
  const auto state = [&] { return state_in(check_elements(report, kind), "licences"); };
  report.period = {*parse_time("2026-10-05"), *parse_time("2026-10-06")};
  EXPECT_EQ(state(), ElementState::kAbsent);
  report.licences.emplace_back();
  ReportedLicence& licence = report.licences.back();
  licence.from = *parse_time("2026-10-06");
  EXPECT_EQ(state(), ElementState::kAbsent) << "it begins when the period is over";
  licence.from = *parse_time("2026-10-05");
  EXPECT_EQ(state(), ElementState::kPresent) << "no end is known";
  licence.from = *parse_time("2026-09-01");
  licence.until = *parse_time("2026-10-04");
  EXPECT_EQ(state(), ElementState::kAbsent) << "its last day is the one before";
  licence.until = *parse_time("2026-10-05");
  EXPECT_EQ(state(), ElementState::kPresent);
  report.statements["licences"] = "unknown";
  EXPECT_EQ(state(), ElementState::kUnknown);
  licence.until = *parse_time("2026-10-04");
  report.statements["licences"] = "D1234567, amended";
  EXPECT_EQ(state(), ElementState::kPresent);
}

TEST(ReportElements, HaveADeadlineWhereTheCaseHasTheClock) {
  Report report = small_report();
  const ReportKind& kind = *report_kind("ofac-rejected");
  EXPECT_EQ(state_in(check_elements(report, kind), "deadline"), ElementState::kAbsent);
  EXPECT_FALSE(deadline_of_json(report_json(report)).value());
  report.deadline = ReportedDeadline{"ofac-report",
                                     "report of <it>",
                                     "31 CFR 501.604",
                                     align_down(kMonday, kDay),
                                     align_down(kMonday, kDay) + Duration{15 * kDay.us},
                                     "jo",
                                     12};
  EXPECT_EQ(state_in(check_elements(report, kind), "deadline"), ElementState::kPresent);
  const auto read = deadline_of_json(report_json(report));
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->rule, "ofac-report");
  EXPECT_EQ(format_time((*read)->due), "2026-10-20T00:00:00Z");
  EXPECT_THAT(
      report_html(report),
      HasSubstr("2026-10-20: report of &lt;it&gt; (31 CFR 501.604), counted from 2026-10-05, "
                "recorded by jo, entry 12"));
  EXPECT_FALSE(deadline_of_json(R"({"deadline":{"rule":"x"}})"));
  EXPECT_TRUE(deadline_of_json("{}"));  // as reports were before
}

TEST(ReportHtml, NamesTheReportThatItFollows) {
  EXPECT_THAT(report_html(small_report()), Not(HasSubstr("corrects")));
  Report report = small_report();
  report.follows = small_following("corrects");
  EXPECT_THAT(report_html(report),
              AllOf(HasSubstr("What it corrects, and why"), HasSubstr("r-ba9876543210"),
                    HasSubstr("&lt;it&gt; was другой"), HasSubstr(to_hex(sha256("manifest"))),
                    HasSubstr("2026-10-05T07:00:00Z"), HasSubstr("false positive"),
                    Not(HasSubstr("<it>"))));
  report.follows = small_following("supplements");
  report.follows->changes.clear();
  EXPECT_THAT(report_html(report), AllOf(HasSubstr("What it supplements, and why"),
                                         HasSubstr("No finding that it cites has changed since")));
}

TEST(ReportJson, IsReadAsItWasDrawn) {
  Report report = small_report();
  report.subjects[0].erased = true;
  report.findings[0].subject = kErasedSubject;
  const auto drawn = drawn_report_of_json(report_json(report));
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_EQ(drawn->drawn, kMonday);
  EXPECT_EQ(drawn->statements, report.statements);
  EXPECT_EQ(drawn->recipient, "");
  report.recipient.emplace();
  report.recipient->id = "agency-4";
  EXPECT_EQ(drawn_report_of_json(report_json(report))->recipient, "agency-4");
  ASSERT_EQ(drawn->findings.size(), 1U);
  EXPECT_EQ(drawn->findings[0].id, std::string(32, 'a'));
  EXPECT_EQ(drawn->findings[0].standing, "potential violation");
  EXPECT_EQ(drawn->findings[0].last_entry, 5);
  EXPECT_TRUE(drawn->findings[0].erased);
  EXPECT_FALSE(drawn_report_of_json("{}"));
  const auto no_finding =
      drawn_report_of_json(R"({"drawn":"2026-10-05T08:00:00Z","statements":{},"findings":["aa"]})");
  ASSERT_FALSE(no_finding);
  EXPECT_EQ(no_finding.error().code, ErrorCode::kCorruption);
  EXPECT_FALSE(drawn_report_of_json("no"));
}

TEST(ReportHtml, EscapesWhatComesFromOutside) {
  EXPECT_EQ(html_text("<a href='x'>&\"\x1b"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\u{1b}");
  const std::string page = report_html(small_report());
  EXPECT_THAT(page, AllOf(HasSubstr("<bdi dir=\"auto\">机构 &lt;b&gt;</bdi>"),
                          HasSubstr("<bdi dir=\"auto\">=account:شركة/Игорь</bdi>"),
                          HasSubstr("potential violation"), HasSubstr("model = (withheld)"),
                          HasSubstr("lang=\"en\"")));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("http://")),
                          Not(HasSubstr("https://")), Not(HasSubstr(" onload"))));
}

TEST(ReportHtml, WithoutAFindingClaimsNeitherAViolationNorAClearance) {
  Report report = small_report();
  EXPECT_THAT(report_html(report), HasSubstr("Nobody has decided yet"));
  report.findings.clear();
  const auto says = [&report] { return report_html(report); };
  EXPECT_THAT(says(), AllOf(HasSubstr("No finding lies in what the report covers"),
                            HasSubstr("there is nothing to decide about"),
                            Not(HasSubstr("all of it is a potential violation")),
                            Not(HasSubstr("By which policies"))));
  report.screening.emplace();
  EXPECT_THAT(says(), AllOf(HasSubstr("No policy held anything against a list"),
                            Not(HasSubstr("No finding lies in"))));
  report.screening->screens.emplace_back();
  EXPECT_THAT(says(), AllOf(HasSubstr("No finding of a policy that held something against a list"),
                            HasSubstr("What other policies found is not in a report")));
}

TEST(ReportHtml, LetsWordsOfAnyLengthBreakInTheirColumnsAlone) {
  const std::string page = report_html(small_report());
  EXPECT_THAT(page, AllOf(HasSubstr("<td><bdi dir=\"auto\">potential violation</bdi>"),
                          HasSubstr("<td class=\"free\"><bdi dir=\"auto\">=account:")));
}

// Print breaks them between parts; what fits, and what is in another script, stays as it is.
TEST(ReportHtml, PartsLongIdsBehindTheirSigns) {
  const auto row = [](const char* text) {
    HtmlWriter page;
    HtmlTable table(page, "", {{"Policy", true, true}});
    table.row({text});
    table.end();
    return page.take();
  };
  EXPECT_THAT(row("test.volume, version 1"), HasSubstr("<td>test.volume, version 1</td>"));
  EXPECT_THAT(row("access.unsupported-country, version 1"),
              HasSubstr("<td><span class=\"part\">access.</span><span class=\"part\">unsupported-"
                        "</span>country, version 1</td>"));
  // A part that is long itself may be broken anywhere; nothing becomes markup.
  EXPECT_THAT(row("a.bcdefghijklmnopq<b>"),
              HasSubstr("<td class=\"free\"><span class=\"part\">a.</span>bcdefghijklmnopq&lt;b"));
  EXPECT_THAT(row("доступ.unsupported-country"),
              HasSubstr("<td class=\"free\"><bdi dir=\"auto\">доступ.unsupported-country</bdi>"));
}

// Else the narrowest column takes "subject 1" for seven lines of one letter.
TEST(ReportHtml, BreaksNoWordThatFits) {
  HtmlWriter page;
  HtmlTable table(page, "", {{"About", true}, {"Figures", true}});
  table.row({"subject 1", "requests_there = 12345"});
  table.row({"account:gateway/c", "n = 3"});
  table.end();
  EXPECT_THAT(page.take(),
              AllOf(HasSubstr("<td><bdi dir=\"auto\">subject 1</bdi>"),
                    HasSubstr("<td><bdi dir=\"auto\">requests_there = 12345</bdi>"),
                    HasSubstr("<td class=\"free\"><bdi dir=\"auto\">account:gateway/c</bdi>")));
}

TEST(ReportHtml, ClosesWhatItOpens) {
  HtmlWriter page;
  page.open("p", {{"class", "a\"b"}}).text("x").open("b").text("y");
  EXPECT_EQ(page.take(), "<p class=\"a&quot;b\">x<b>y</b>\n</p>\n");
}

TEST(ReportCsv, DefusesFormulas) {
  EXPECT_THAT(findings_csv(small_report()), HasSubstr(",'=account:شركة/Игорь,"));
  EXPECT_EQ(csv_row({"=1+1", "+x", "-x", "@y", "\tz", "\rq", "a,b", "-4.5"}),
            "'=1+1,'+x,'-x,'@y,'\tz,\"'\rq\",\"a,b\",-4.5\n");
  // Full-width ones, and a full-width letter, which begins nothing.
  EXPECT_EQ(csv_row({"＝1+1", "＋1", "－1", "＠y", "Ａ＝1"}), "'＝1+1,'＋1,'－1,'＠y,Ａ＝1\n");
}

TEST(ReportedFigures, AreThoseOfTheFirstWindowInEveryRendering) {
  Report report = small_report();
  report.findings[0].windows = 1;
  EXPECT_THAT(report_html(report), Not(HasSubstr("in the first of")));
  EXPECT_THAT(report_stix(report), Not(HasSubstr("in the first of")));
  EXPECT_THAT(findings_csv(report), HasSubstr(",requests=4; model=(withheld),run,"));
  const auto json = [&report] { return nlohmann::json::parse(report_json(report)); };
  EXPECT_EQ(json()["findings"][0]["figures_of"], "run");
  report.findings[0].windows = 296;
  EXPECT_THAT(report_html(report),
              HasSubstr("requests = 4; model = (withheld) in the first of 296 windows"));
  EXPECT_THAT(report_stix(report), HasSubstr("Figure: requests = 4 in the first of 296 windows"));
  EXPECT_THAT(findings_csv(report), HasSubstr(",296,requests=4; model=(withheld),first-window,"));
  EXPECT_EQ(json()["findings"][0]["figures_of"], "first-window");
}

TEST(ReportPlots, DrawBarsAndMarks) {
  const Report report = small_report();
  const std::string plot = series_plot(report.series.front(), "one");
  // The greatest of three slots of 760: full height, from 253 on.
  EXPECT_THAT(plot,
              AllOf(HasSubstr("x=\"253\" y=\"32\" width=\"252\" height=\"120\""),
                    HasSubstr("2026-10-05T09:00Z: 4 requests"), HasSubstr("d=\"M253 32V152\""),
                    HasSubstr("aria-labelledby=\"onet oned\""), HasSubstr("5 requests")));
  // Print shows no titles: what the mark is stands there as text, where there is one.
  EXPECT_THAT(plot, HasSubstr(">a finding begins, with its first window</text>"));
  ReportedSeries unmarked = report.series.front();
  unmarked.marks = {kMonday - kHour};
  EXPECT_THAT(series_plot(unmarked, "one"), Not(HasSubstr("a finding begins")));
  EXPECT_THAT(policies_plot(report, "two"), HasSubstr("test.volume: 1"));
  EXPECT_EQ(policies_plot(Report{}, "two"), "");
  EXPECT_EQ(series_plot(ReportedSeries{}, "one"), "");
}

TEST(ReportJson, GivesItsElementsBack) {
  Report report = small_report();
  report.elements = check_elements(report, *report_kind("referral"));
  const std::string text = report_json(report);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["findings"][0]["figures"][1]["value"], nullptr);
  EXPECT_EQ(json["findings"][0]["standing"], "potential violation");
  const auto elements = elements_of_json(text);
  ASSERT_TRUE(elements) << elements.error().message;
  EXPECT_EQ(gaps_of(*elements), gaps_of(report.elements));
  EXPECT_FALSE(elements_of_json("{}"));
  EXPECT_FALSE(elements_of_json(R"({"elements":[{"name":"x","state":"perhaps"}]})"));
}

TEST(BagManifest, IsReadInTheFormInWhichItIsWrittenAlone) {
  const BagManifest manifest{{"data/a", sha256("a")}, {"data/b.x", sha256("b")}};
  const std::string text = format_manifest(manifest);
  const auto read = parse_manifest(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, manifest);
  EXPECT_EQ(format_manifest(*read), text);
  for (const std::string& bad :
       {text.substr(0, text.size() - 1), text + "x\n", text + text, "\n" + text,
        std::string(64, 'A') + "  data/c\n", std::string(64, 'a') + " data/c\n",
        std::string(64, 'a') + "  data/../c\n", std::string(64, 'a') + "  /c\n",
        std::string(64, 'a') + "  data//c\n", std::string(64, 'a') + "  c d\n"}) {
    EXPECT_FALSE(parse_manifest(bad)) << bad;
  }
}

}  // namespace
}  // namespace tidewaiter
