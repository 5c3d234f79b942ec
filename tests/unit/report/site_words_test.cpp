// Words of a page that a site chooses. Expected values by hand.

#include "daemon/report/site_words.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/bundle.h"
#include "daemon/report/report_html.h"
#include "daemon/report/site_template_files.h"
#include "tests/unit/report/small_report.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

SiteTemplate footer(const std::string& text) { return {"referral", "footer", "f.mustache", text}; }

/// "1:5 unknown placeholder `x`" for each fault.
std::vector<std::string> faults_of(const std::string& text) {
  std::vector<std::string> all;
  for (const Diagnostic& fault : check_site_template(footer(text))) {
    EXPECT_EQ(fault.code, "TW0614");
    EXPECT_EQ(fault.span.file, "f.mustache");
    all.push_back(std::to_string(fault.span.line) + ":" + std::to_string(fault.span.column) + " " +
                  fault.message);
  }
  return all;
}

using Faults = std::vector<std::string>;

TEST(SiteTemplate, NamesAnUnknownPlaceholderByLineAndColumn) {
  EXPECT_EQ(faults_of("To {{recipient}}: {{ report }}.{{! a remark with {{ }}\n"), Faults{});
  EXPECT_EQ(faults_of("To\n机构 {{recipent}}, {{#case}}x{{/case}} {{who}}"),
            (Faults{"2:6 unknown placeholder `recipent`", "2:40 unknown placeholder `who`"}));
  const auto faults = check_site_template(footer("{{recipent}}"));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].hint, "did you mean `recipient`?");
  EXPECT_EQ(faults[0].span.length, 8);
  EXPECT_EQ(faults[0].source_line, "{{recipent}}");
}

TEST(SiteTemplate, HasNoOtherTagsThanValuesAndSections) {
  EXPECT_EQ(faults_of("{{{recipient}}}"), Faults{"1:1 a value that is put in as it is"});
  EXPECT_EQ(faults_of("a {{&recipient}}"), Faults{"1:3 a value that is put in as it is"});
  EXPECT_EQ(faults_of("{{> other}}"), Faults{"1:1 a template within a template"});
  EXPECT_EQ(faults_of("{{=<% %>=}}"), Faults{"1:1 other braces than `{{` and `}}`"});
  EXPECT_EQ(faults_of("a\n\n {{recipient"), Faults{"3:2 a tag that is not closed"});
  EXPECT_EQ(faults_of("{{#case}}a"), Faults{"1:1 the section `case` is not closed"});
  EXPECT_EQ(faults_of("a{{/case}}"), Faults{"1:2 `{{/case}}` closes no section that is open here"});
  EXPECT_EQ(faults_of("{{#case}}{{^due}}{{/case}}{{/due}}"),
            (Faults{"1:1 the section `case` is not closed",
                    "1:18 `{{/case}}` closes no section that is open here"}));
  EXPECT_EQ(faults_of("{{}}"), Faults{"1:1 unknown placeholder ``"});
  EXPECT_EQ(faults_of("a\x01"), Faults{"1:2 a control character"});
  EXPECT_EQ(faults_of("a\xff"), Faults{"0:0 it is not UTF-8"});
}

std::vector<SiteParagraph> rendered(const std::string& text, const Report& report) {
  const auto made = render_site_template(footer(text), report);
  EXPECT_TRUE(made) << made.error().message;
  return made ? *made : std::vector<SiteParagraph>();
}

TEST(SiteTemplate, MakesParagraphsOfWordsAndValues) {
  const Report report = small_report();
  EXPECT_EQ(
      rendered("To {{recipient}},\nof {{handling}}.\n\n  Second\n", report),
      (std::vector<SiteParagraph>{
          {{"To ", false}, {"机构 <b>", true}, {", of ", false}, {"TLP:AMBER", true}, {".", false}},
          {{"Second", false}}}));
  EXPECT_EQ(rendered("{{report}} {{case}}", report),
            (std::vector<SiteParagraph>{
                {{"r-0123456789ab", true}, {" ", false}, {"c-0123456789ab", true}}}));
  // Of a value no line end parts a paragraph, and what frames it is taken away.
  Report odd = report;
  odd.statements["contact"] = "a\n\nb\x01{{report}}\x02";
  EXPECT_EQ(rendered("{{contact}}", odd),
            (std::vector<SiteParagraph>{{{"a\n\nb{{report}}", true}}}));
  EXPECT_EQ(rendered("\n \n", report), std::vector<SiteParagraph>{});
}

TEST(SiteTemplate, LeavesASectionOutWhoseValueIsEmpty) {
  Report report = small_report();
  const std::string text = "A{{#due}} due {{due}}{{/due}}{{^due}} without a day{{/due}}.";
  EXPECT_EQ(rendered(text, report), (std::vector<SiteParagraph>{{{"A without a day.", false}}}));
  report.deadline = ReportedDeadline{"ofac-report", "x", "y", kMonday, kMonday + kDay, "jo", 1};
  EXPECT_EQ(rendered(text, report),
            (std::vector<SiteParagraph>{{{"A due ", false}, {"2026-10-06", true}, {".", false}}}));
}

TEST(SiteTemplate, KnowsEveryPlaceholderThatItOffers) {
  Report report = small_report();
  report.deadline = ReportedDeadline{"ofac-report", "x", "y", kMonday, kMonday + kDay, "jo", 1};
  report.statements = {
      {"authority", "a"}, {"contact", "b"}, {"legal_basis", "c"}, {"recipient", "d"}};
  for (const SitePlaceholder& one : site_placeholders()) {
    const auto made = rendered("{{" + std::string(one.name) + "}}", report);
    ASSERT_EQ(made.size(), 1U) << one.name;
    EXPECT_FALSE(made[0][0].text.empty()) << one.name;
  }
}

TEST(SiteWordsOnAPage, AreTextAndTakeNothingAway) {
  Report report = small_report();
  const std::string before = report_html(report);
  const std::vector<SiteTemplate> templates{
      {"referral", "heading", "h", "House of <b> & {{recipient}}"},
      {"referral", "introduction", "i", "Words before"},
      {"referral", "standing", "s", "Words that stand"},
      {"referral", "footer", "f", "<script>alert(1)</script>"}};
  ASSERT_TRUE(put_site_words(report, templates));
  const std::string page = report_html(report);
  EXPECT_THAT(page, AllOf(HasSubstr("<h1>House of &lt;b&gt; &amp; <bdi dir=\"auto\">机构 "
                                    "&lt;b&gt;</bdi></h1>"),
                          HasSubstr("<p>Words before</p>"), HasSubstr("<p>Words that stand</p>"),
                          HasSubstr("<footer><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
                          HasSubstr("Referral to a government"), Not(HasSubstr("<script"))));
  // Each line of the page without words, but its heading, is in the one with words.
  std::istringstream lines(before);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("<h1>") == std::string::npos) {
      EXPECT_THAT(page, HasSubstr(line));
    }
  }
  const ReportFiles files = report_files(report, {});
  EXPECT_EQ(files.at("data/templates/heading.mustache"), "House of <b> & {{recipient}}");
  EXPECT_THAT(manifest_of(files),
              HasSubstr(to_hex(sha256("Words before")) + "  data/templates/introduction.mustache"));
}

TEST(SiteWordsOnAPage, AreNotPutInByATemplateThatIsFaulty) {
  Report report = small_report();
  const std::vector<SiteTemplate> templates{footer("good"), footer("{{bad}}")};
  const auto put = put_site_words(report, templates);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().where, "f.mustache:1:3");
  EXPECT_TRUE(report.words.empty());
}

TEST(SiteTemplateFiles, AreReadByKindAndPart) {
  const TemporaryFolder folder;
  const auto write = [&folder](const std::string& path, const std::string& text) {
    std::filesystem::create_directories((folder.path() / path).parent_path());
    std::ofstream(folder.path() / path, std::ios::binary) << text;
  };
  std::vector<Diagnostic> faults;
  EXPECT_TRUE(read_site_templates(folder.path() / "none", {}, faults).empty());
  EXPECT_TRUE(faults.empty());
  write("t/referral/footer.mustache", "Ours");
  write("t/partner-notice/heading.mustache", "{{x}}");
  const auto some = read_site_templates(folder.path() / "t", "referral", faults);
  ASSERT_EQ(some.size(), 1U);
  EXPECT_EQ(some[0].text, "Ours");
  EXPECT_TRUE(faults.empty());
  write("t/referral/end.mustache", "");
  write("t/referral/footer.html", "");
  write("t/letter/footer.mustache", "");
  write("t/.git/x", "");
  write("t/partner-notice/introduction.mustache", std::string(70'000, 'x'));
  EXPECT_EQ(read_site_templates(folder.path() / "t", {}, faults).size(), 2U);
  std::string all;
  for (const Diagnostic& fault : faults) all += to_text(fault) + "\n";
  EXPECT_EQ(faults.size(), 5U) << all;
  EXPECT_THAT(all, AllOf(HasSubstr("letter: error TW0614: no kind of report has this name"),
                         HasSubstr("end.mustache: error TW0614: no part of a report's page"),
                         HasSubstr("footer.html: error TW0614"),
                         HasSubstr("heading.mustache:1:3: error TW0614: unknown placeholder `x`"),
                         HasSubstr("introduction.mustache: error TW0614")));
}

}  // namespace
}  // namespace tidewaiter
