#include "daemon/report/screening_html.h"

#include <map>

#include "daemon/report/html_table.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kIssueDigits = 12;

std::string number_text(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "unknown";
}

std::string time_text(const std::optional<UtcTime>& time, const char* absent) {
  return time ? format_time(*time) : absent;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string numbers_text(const std::vector<std::int64_t>& numbers) {
  std::string out;
  for (const std::int64_t one : numbers) out += (out.empty() ? "" : ", ") + std::to_string(one);
  return out;
}

std::string where_from(const ReportedList& list) {
  if (list.publisher.empty() && list.url.empty()) {
    return list.written ? "the policies, which name no source" : "unknown";
  }
  if (list.url.empty()) return list.publisher;
  return list.publisher.empty() ? list.url : list.publisher + ", " + list.url;
}

/// Whole days, since the clock of a fetch is no property of a list.
std::string age_text(const std::optional<Duration>& age) {
  if (!age) return "unknown";
  const std::int64_t days = age->us / kDay.us;
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

std::string issue_name(const ReportedIssue& issue) {
  return issue.parties ? issue.issue.substr(0, kIssueDigits) : "none had been fetched";
}

void write_lists(HtmlWriter& page, const ReportedScreening& screening) {
  HtmlTable table(page, "Lists, and how old the issue in force was at the end",
                  {{"List", true}, {"Publisher", true}, {"Policies", true}, {"Age"}});
  for (const ReportedList& list : screening.lists) {
    table.row({list.name + (list.written ? ", written among the policies" : ""), where_from(list),
               joined(list.policies), age_text(list.age)});
  }
  table.end();
}

void write_issues(HtmlWriter& page, const ReportedScreening& screening) {
  HtmlTable table(page, "Issues that were looked into, each as entries of the ledger have it",
                  {{"List", true},
                   {"Issue"},
                   {"Retrieved"},
                   {"In force"},
                   {"Known until"},
                   {"Entries"},
                   {"Rows unreadable"},
                   {"SHA-256 of its parties", true},
                   {"Ledger"}});
  for (const ReportedList& list : screening.lists) {
    for (const ReportedIssue& issue : list.issues) {
      table.row({list.name, issue_name(issue), time_text(issue.retrieved, "unknown"),
                 format_time(issue.from) + (issue.until ? " to " + format_time(*issue.until) : ""),
                 time_text(issue.known_until, issue.parties ? "for good" : "not known"),
                 number_text(issue.count), list.written ? "none" : number_text(issue.unreadable),
                 issue.parties ? to_hex(*issue.parties) : "", numbers_text(issue.entries)});
    }
  }
  table.end();
}

std::string stretch_text(const ReportedStretch& stretch) {
  return stretch.missing ? "there was no issue: nobody could be told"
                         : "the last good issue was used: who was not found could not be told";
}

std::string confirmed_text(const ReportedStretch& stretch) {
  if (!stretch.confirmed_by) return "no: what came then is still unknown";
  return "yes, by entry " + std::to_string(*stretch.confirmed_by) +
         ": what had come was judged again";
}

void write_stretches(HtmlWriter& page, const ReportedScreening& screening) {
  bool any = false;
  for (const ReportedList& list : screening.lists) any = any || !list.unknown.empty();
  if (!any) {
    page.element("p", "At no time of the period was a list that was looked into stale or missing.");
    return;
  }
  HtmlTable table(page, "When a list was stale or missing",
                  {{"List", true}, {"From"}, {"To"}, {"What that meant", true}, {"Made up", true}});
  for (const ReportedList& list : screening.lists) {
    for (const ReportedStretch& stretch : list.unknown) {
      table.row({list.name, format_time(stretch.time.from), format_time(stretch.time.to),
                 stretch_text(stretch), confirmed_text(stretch)});
    }
  }
  table.end();
}

void write_screens(HtmlWriter& page, const ReportedScreening& screening) {
  HtmlTable table(page, "What was held against them: records whose time lies in the period",
                  {{"Policy", true, true},
                   {"Of what", true},
                   {"Lists", true},
                   {"Records"},
                   {"Accounts"},
                   {"Names"},
                   {"Without a name"}});
  for (const ReportedScreen& one : screening.screens) {
    table.row({one.policy, (one.owners ? "owners, in " : "names, in ") + joined(one.fields),
               joined(one.lists), number_text(one.records), number_text(one.accounts),
               number_text(one.names), number_text(one.nameless)});
  }
  table.end();
}

void write_again(HtmlWriter& page, const ReportedScreening& screening) {
  if (screening.again.empty()) {
    page.element("p", "No other issue came in the period: nothing was held against lists again.");
    return;
  }
  HtmlTable table(page, "When all that was stored was held against lists again",
                  {{"Entry"}, {"Recorded"}, {"Another issue of", true}, {"Accounts by then"}});
  for (const ReportedRescreening& one : screening.again) {
    table.row({std::to_string(one.entry), format_time(one.recorded), joined(one.lists),
               number_text(one.accounts)});
  }
  table.end();
}

void write_clearances(HtmlWriter& page, const ReportedScreening& screening) {
  if (screening.clearances.empty()) {
    page.element("p", "Nobody has said of a name that it is not that of a listed party.");
    return;
  }
  HtmlTable table(page, "Names that people have cleared; whose, and why, is sealed",
                  {{"Clearance"},
                   {"State"},
                   {"Policy", true, true},
                   {"Finding"},
                   {"By", true},
                   {"Approved by", true},
                   {"Entry"},
                   {"SHA-256 of the sealed words", true}});
  for (const ReportedClearance& one : screening.clearances) {
    table.row({one.id, one.state, one.policy, one.finding.substr(0, 8),
               one.by + ", " + format_time(one.at),
               one.approved_by.empty() ? "nobody" : one.approved_by, std::to_string(one.entry),
               one.words ? to_hex(*one.words) : ""});
  }
  table.end();
}

void write_unscreened(HtmlWriter& page, const ReportedScreening& screening) {
  heading(page, "What could not be screened");
  HtmlTable table(page, "Not screened is never a pass",
                  {{"What", true}, {"How many"}, {"Why", true}});
  for (const ReportedUnscreened& one : screening.unscreened) {
    table.row({one.what, number_text(one.count), one.why});
  }
  table.end();
}

}  // namespace

std::vector<std::string> standing_counts(const Report& report) {
  std::map<std::string, std::int64_t> counts;
  for (const ReportedFinding& finding : report.findings) ++counts[finding.standing];
  std::vector<std::string> lines;
  for (const auto& [standing, count] : counts) {
    lines.push_back(standing + ": " + std::to_string(count));
  }
  return lines;
}

void write_screening(HtmlWriter& page, const Report& report) {
  if (!report.screening) return;
  const ReportedScreening& screening = *report.screening;
  heading(page, "Against which lists");
  page.element("p", "Told up to " + format_time(screening.end) + ". Times are UTC.");
  if (screening.lists.empty()) {
    page.element("p", "No policy in force looked into a list.");
  } else {
    write_lists(page, screening);
    write_issues(page, screening);
    write_stretches(page, screening);
  }
  heading(page, "What was screened");
  write_screens(page, screening);
  write_again(page, screening);
  heading(page, "Hits, and what became of them");
  page.open("ul");
  for (const std::string& line : standing_counts(report)) page.element("li", line);
  if (report.findings.empty()) page.element("li", "none in the period");
  page.close();
  write_clearances(page, screening);
  write_unscreened(page, screening);
}

std::vector<std::string> screening_lines(const ReportedScreening& screening) {
  std::vector<std::string> lines;
  for (const ReportedList& list : screening.lists) {
    for (const ReportedIssue& issue : list.issues) {
      lines.push_back("List " + list.name + ", from " + where_from(list) + ": issue " +
                      issue_name(issue) + ", retrieved " + time_text(issue.retrieved, "unknown") +
                      ", entries " + number_text(issue.count) +
                      (issue.parties ? ", SHA-256 of its parties " + to_hex(*issue.parties) : ""));
    }
    for (const ReportedStretch& stretch : list.unknown) {
      lines.push_back("List " + list.name + ", " + format_time(stretch.time.from) + " to " +
                      format_time(stretch.time.to) + ": " + stretch_text(stretch) +
                      "; confirmed: " + confirmed_text(stretch));
    }
  }
  for (const ReportedScreen& one : screening.screens) {
    lines.push_back("Screened by " + one.policy + ": " + number_text(one.records) + " records, " +
                    number_text(one.accounts) + " accounts, " + number_text(one.names) + " names");
  }
  for (const ReportedUnscreened& one : screening.unscreened) {
    lines.push_back("Not screened: " + one.what + ": " + number_text(one.count) + " (" + one.why +
                    ")");
  }
  return lines;
}

}  // namespace tidewaiter
