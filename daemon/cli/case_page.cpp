#include "daemon/cli/case_page.h"

#include <algorithm>
#include <functional>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/case_text.h"
#include "daemon/cli/coverage_text.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/list_use.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/prose.h"
#include "daemon/cli/record_table.h"
#include "daemon/cli/statement_text.h"
#include "daemon/cli/usual_text.h"
#include "policies/language/times_in_force.h"
#include "policies/model/day_text.h"
#include "storage/review/act_rules.h"
#include "storage/review/case_licences.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kFindingsShown = 20;
constexpr std::size_t kClockDigits = 16;  // "2026-10-05T10:00"

void print_head(Invocation& run, const Case& c, const CaseClocks& clocks) {
  run.out << painted("Case " + c.id, Tone::kStrong, run.terminal) << '\n';
  run.out << "  state     "
          << painted(printable(case_state_text(c)), case_state_tone(c), run.terminal) << '\n';
  if (const auto worst = c.worst()) {
    run.out << "  severity  " << painted(severity_name(*worst), severity_tone(*worst), run.terminal)
            << '\n';
  }
  run.out << "  subject   " << printable(case_subject_text(c)) << '\n';
  if (is_cluster(c.subject)) {
    run.out << "  links     `tidewaiter cluster show " << printable(c.subject)
            << "` has what links its accounts\n";
  }
  if (!c.split_from.empty()) run.out << "  split off " << c.split_from << '\n';
  run.out << "  owner     " << (c.owner.empty() ? "nobody" : printable(c.owner)) << '\n';
  for (const CaseClock& clock : clocks.of(c)) {
    const bool is_open = clock.answered_by.empty();
    run.out << "  clock     "
            << printable(is_open ? clock_text(clock.started, run.now())
                                 : clock.started.rule + ": due " + day_text(clock.started.due) +
                                       ", answered by " + clock.answered_by)
            << ", entry " << clock.entry << '\n';
  }
  for (const CaseLicence& one : licences_of(c)) {
    run.out << painted("  licence   " + printable(licence_text(one.licence, run.now())),
                       licence_has_ended(one.licence, run.now()) ? Tone::kWarning : Tone::kPlain,
                       run.terminal)
            << ", entry " << one.entry << '\n';
  }
}

void print_findings(Invocation& run, const Case& c, bool all) {
  if (c.findings.empty()) return;
  const std::size_t shown = all ? c.findings.size() : std::min(c.findings.size(), kFindingsShown);
  run.out << (c.state == CaseState::kClosed
                  ? "\nFindings, decided: " + case_state_text(c) + "\n"
                  : std::string("\nFindings: potential violations, until a person decides\n"))
          << findings_table(std::span(c.findings).last(shown), outcomes_of(c)).render(run.terminal);
  if (shown < c.findings.size()) {
    run.out << "  and "
            << counted(static_cast<std::int64_t>(c.findings.size() - shown), "earlier one")
            << ": --all shows them\n";
  }
}

/// The issues of lists that the policy looks into, and how old they are.
void print_issues(Invocation& run, const Policy& policy) {
  for (const IssueStanding& issue : issues_looked_into(policy)) {
    std::string text = issue_text(issue);
    if (issue.is_there()) {
      text += ", fetched " + counted(days_since(issue.retrieved, run.now()), "day") + " ago";
    }
    print_prose(run, "  looked into list `" + issue.published + "`: ", text, 4);
  }
}

void print_why(Invocation& run, const ToldCase& told, bool evidence) {
  for (const PolicyHere& here : told.policies) {
    run.out << "\nPolicy " << printable(here.id) << ", version " << here.stated.version << '\n';
    if (!here.stated.text) {
      print_prose(run, "  ", "Its words as they were then are not stored, or cannot be read.", 2);
      print_hit_lines(run, here.hits, evidence);
      continue;
    }
    const Policy& policy = *here.stated.text;
    print_prose(run, "  ", policy.title, 2);
    for (const Basis& basis : policy.basis) {
      const bool carries = is_in_force(basis, here.last.run);
      print_prose(run, carries ? "  basis: " : "  not in force then: ", basis_text(basis), 4);
    }
    for (const std::string& innocent : policy.false_positives) {
      print_prose(run, "  may be innocent: ", one_line(innocent), 4);
    }
    print_issues(run, policy);
    print_prose(run, "  last finding: ", figures_text(here.last), 4);
    print_hit_lines(run, here.hits, evidence);
  }
}

void print_not_told(Invocation& run, const ToldCase& told) {
  std::vector<PolicyCoverage> coverage;
  for (const PolicyHere& here : told.policies) {
    if (here.coverage) coverage.push_back(*here.coverage);
  }
  if (coverage.empty()) return;
  run.out << "\nWhat these policies could tell, over all subjects\n"
          << coverage_text(coverage, run.terminal);
}

void print_usage(Invocation& run, const ToldCase& told) {
  if (!told.volume) return;
  run.out << "\nRequests of the subject, and when its findings stand\n"
          << render(told.volume->chart, span_of(*told.standing), "requests", run.terminal);
  if (!told.volume->complete) {
    run.out << "  (from the first " << grouped(kCaseChartEntries) << " entries of the log alone)\n";
  }
}

void print_named(Invocation& run, const ToldCase& told,
                 const std::optional<LeadClusters>& clusters) {
  const bool is_masked = told.masked.has_value();
  if (told.named.empty() && told.unknown.empty() && told.unknown_unnamed == 0) return;
  run.out << "\nSubjects that the lead names\n";
  if (!told.named.empty())
    run.out << cases_table(told.named, told.clocks(), run.now(), is_masked).render(run.terminal);
  for (const std::string& word : told.unknown) {
    print_prose(run, "  no findings: ", word, 4);
  }
  if (clusters) print_lead_clusters(run, *clusters);
  if (told.unknown_unnamed > 0) {
    run.out << "  no findings: "
            << counted(static_cast<std::int64_t>(told.unknown_unnamed), "subject")
            << ", withheld\n";
  }
  if (!told.unknown.empty()) {
    print_prose(run, "  ",
                "No finding says no more than that no policy reported them by themselves: "
                "`tidewaiter policy explain` asks about each, and `tidewaiter link` with which "
                "accounts each belongs together, as findings about clusters go by another "
                "account's name.",
                2);
  }
}

/// Findings and acts in the order in which the ledger got them.
void print_timeline(Invocation& run, const ToldCase& told) {
  std::multimap<std::int64_t, std::string> lines;
  for (const FindingState& finding : told.standing->findings) {
    lines.emplace(finding.entries.front(), format_time(finding.recorded).substr(0, kClockDigits) +
                                               "  found " + finding.id.substr(0, 8) + " by " +
                                               finding.policy);
  }
  for (const RecordedRegrouping& one : told.standing->regroupings) {
    lines.emplace(one.index, format_time(one.recorded).substr(0, kClockDigits) + "  the program " +
                                 (one.what.done ? "" : "did not ") +
                                 (one.what.splits ? "part " : "put together ") + one.what.from +
                                 " and " + one.what.into);
  }
  for (const ToldAct& act : told.acts) {
    const Act& what = act.act.act.act;
    std::string line = format_time(act.act.recorded).substr(0, kClockDigits) + "  " + what.by +
                       " " + act_words(what);
    if (act.content) {
      for (const auto& [name, text] : *act.content) line += "; " + name + ": " + one_line(text);
    }
    if (act.withheld) line += "; its words are for who looks at the evidence";
    if (act.sealed) line += "; its words are erased, or not on this machine";
    lines.emplace(act.act.index, std::move(line));
  }
  run.out << "\nWhat happened (UTC)\n";
  const std::size_t most = 2 * kFindingsShown;
  const std::size_t skipped = lines.size() > most ? lines.size() - most : 0;
  if (skipped > 0) {
    run.out << "  " << counted(static_cast<std::int64_t>(skipped), "earlier line") << '\n';
  }
  for (auto it = std::next(lines.begin(), static_cast<std::ptrdiff_t>(skipped)); it != lines.end();
       ++it) {
    print_prose(run, "  ", it->second, kClockDigits + 4);
  }
}

void print_evidence_records(Invocation& run, const ToldCase& told) {
  run.out << "\nEvidence: " << counted(static_cast<std::int64_t>(told.evidence.size()), "record")
          << " that the findings name\n";
  if (!told.evidence.empty()) run.out << record_table(told.evidence, {}).render(run.terminal);
  if (told.evidence_gone > 0) {
    run.out << "  " << counted(told.evidence_gone, "record") << " no longer stored\n";
  }
}

constexpr const char* kOutcomes =
    "    OUTCOME is confirmed, false-positive, accepted-risk (with --until TIME),\n"
    "    needs-information or referred\n";

/// What ends the wait for somebody, each with the words that its act is signed with.
std::string next_steps(const Case& c, UtcTime now, const std::function<bool(const char*)>& may) {
  const std::string about = " " + c.id;
  const std::string seen = " --seen " + std::to_string(c.entries_to());
  const bool due = c.risk_has_ended(now);
  std::string text;
  if (c.state == CaseState::kProposed && may("case.approved")) {
    text += "  tidewaiter case approve" + about + seen + "            (or --reject)\n";
  }
  if ((c.state == CaseState::kOpen || due) && may("case.decided")) {
    text += "  tidewaiter case decide" + about + seen + " OUTCOME\n" + kOutcomes;
  }
  if (c.state == CaseState::kOpen && may("case.merged")) {
    text += "  tidewaiter case merge" + about +
            " --into CASE --seen N\n"
            "    N is the greater of the numbers that `case show` gives for the two\n";
  }
  if (c.state == CaseState::kClosed && may("case.appealed")) {
    text += "  tidewaiter case appeal" + about + "            (opens it again)\n";
  }
  return text;
}

/// What people of a role may do about the case; of no known one, all that anybody may.
void print_next(Invocation& run, const Case& c, const std::string& role) {
  if (c.state == CaseState::kMerged) {
    run.out << "\nIt goes on in\n  tidewaiter case show " << c.merged_into << '\n';
    return;
  }
  const auto may = [&role](const char* type) { return role.empty() || role_may(role, type); };
  const std::string steps = next_steps(c, run.now(), may);
  if (!steps.empty()) run.out << "\nNext, with --as HANDLE --reason TEXT\n" << steps;
  if (c.state == CaseState::kClosed && !c.risk_has_ended(run.now())) return;
  std::string before;
  if (may("case.assigned")) before += "  tidewaiter case assign " + c.id + " --to HANDLE\n";
  if (may("evidence.viewed")) before += "  tidewaiter case show " + c.id + " --evidence\n";
  if (before.empty()) return;
  run.out << (steps.empty() ? "\nWith" : "Before it, with") << " --as HANDLE\n" << before;
}

}  // namespace

std::int64_t days_since(UtcTime then, UtcTime now) { return (now - then).us / kDay.us; }

void print_case(Invocation& run, const ToldCase& told, const std::optional<LeadClusters>& clusters,
                const CasePage& page) {
  const Case& c = *told.standing;
  print_head(run, c, told.clocks());
  print_statements(run, told);
  print_findings(run, c, page.all);
  if (told.links) print_case_links(run, c, *told.links);
  print_why(run, told, page.evidence);
  print_usage(run, told);
  if (told.usual) print_usual(run, *told.usual);
  if (told.peers) print_peers(run, *told.peers);
  print_named(run, told, clusters);
  print_not_told(run, told);
  print_timeline(run, told);
  print_reports_about(run, *told.reports, *told.book, c);
  if (page.evidence) print_evidence_records(run, told);
  if (told.masked) return print_withheld(run);  // a viewer does nothing about it
  print_next(run, c, page.role);
}

}  // namespace tidewaiter
