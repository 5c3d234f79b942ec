#include "daemon/report/statements_html.h"

#include <string>

#include "daemon/report/html_table.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kShortId = 8;

std::string rests_on(const ReportedAttribution& one) {
  std::string text;
  for (const std::string& finding : one.findings) {
    text += (text.empty() ? "finding " : ", finding ") + finding.substr(0, kShortId);
  }
  for (const std::int64_t entry : one.exhibits) {
    text += (text.empty() ? "exhibit of entry " : ", exhibit of entry ") + std::to_string(entry);
  }
  return text;
}

void write_attributions(HtmlWriter& page, const std::vector<ReportedAttribution>& attributions) {
  heading(page, "Who is behind it");
  if (attributions.empty()) {
    page.element("p",
                 "Nobody has stated who is behind it so that it holds. What was found names "
                 "accounts, and no person.");
    return;
  }
  page.element("p",
               "No policy says who is behind it: what follows is what a person has stated, with "
               "their confidence, on evidence that they name, and another person has approved.");
  HtmlTable table(page, "Statements of people; low, moderate and high are the words of who states",
                  {{"Who", true},
                   {"Confidence"},
                   {"Stated by", true},
                   {"Approved by", true},
                   {"Rests on", true},
                   {"Entries"}});
  for (const ReportedAttribution& one : attributions) {
    table.row({one.withheld ? "withheld" : one.name, one.confidence,
               one.by + ", " + format_time(one.at),
               one.approved_by + ", " + format_time(one.approved_at), rests_on(one),
               std::to_string(one.entry) + ", " + std::to_string(one.approval_entry)});
  }
  table.end();
}

void write_conclusion(HtmlWriter& page, const ReportedConclusion& conclusion) {
  heading(page, "What counsel concludes");
  page.open("p").foreign(conclusion.text).close();
  page.open("dl");
  item(page, "Stated by",
       conclusion.by + ", " + format_time(conclusion.at) + ", entry " +
           std::to_string(conclusion.entry));
  item(page, "Released by",
       conclusion.released_by + ", entry " + std::to_string(conclusion.release_entry) +
           ", to reports of this kind and no other");
  page.close();
}

}  // namespace

void write_statements(HtmlWriter& page, const Report& report) {
  if (report.attributions) write_attributions(page, *report.attributions);
  if (report.conclusion) write_conclusion(page, *report.conclusion);
}

}  // namespace tidewaiter
