#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/cli/act_submission.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/coverage_text.h"
#include "daemon/cli/finding_hits.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/lead_show.h"
#include "daemon/cli/list_use.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/prose.h"
#include "daemon/cli/record_table.h"
#include "daemon/cli/report_standing.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/subject_volume.h"
#include "daemon/cli/verbs.h"
#include "daemon/pipeline/coverage_json.h"
#include "policies/language/times_in_force.h"
#include "policies/model/day_text.h"
#include "policies/model/record_json.h"
#include "storage/review/case_licences.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kFindingsShown = 20;
constexpr std::int64_t kChartEntries = 500'000;
constexpr std::size_t kChartSlots = 72;
constexpr std::size_t kClockDigits = 16;  // "2026-10-05T10:00"

struct CaseShowOptions {
  ActOptions act;
  bool evidence = false;
  bool all = false;
  bool leads_only = false;
};

/// A policy that the case has findings of.
struct PolicyHere {
  std::string id;
  FindingState last;  ///< its last finding, under whose version it is told
  StatedPolicy stated;
  std::optional<PolicyCoverage> coverage;
  FindingHits hits;  ///< of that finding
};

/// An act with what no outsider reads of it.
struct ToldAct {
  RecordedAct act;
  std::optional<Confidential> content;
  bool sealed = false;    ///< it has confidential parts, which are not here any more
  bool withheld = false;  ///< counsel's, and nobody has said who looks
};

/// A case with all that explains it.
struct ToldCase {
  const Case* standing = nullptr;
  std::vector<PolicyHere> policies;
  std::vector<ToldAct> acts;
  std::vector<const Case*> named;    ///< of a lead: cases of subjects that it names
  std::vector<std::string> unknown;  ///< of a lead: subjects that have no case
  std::optional<SubjectVolume> volume;
  std::vector<LogEntry> evidence;
  std::int64_t evidence_gone = 0;
  std::optional<Error> damage;  ///< why stored records could not be read
  const CaseBook* book = nullptr;
  std::optional<ReportsAtHand> reports;
  std::optional<Case> masked;       ///< in the place of the book's: personal fields are withheld
  std::size_t unknown_unnamed = 0;  ///< subjects that a lead names, withheld

  [[nodiscard]] CaseClocks clocks() const { return {*book, reports->reports}; }
};

Interval span_of(const Case& c) {
  Interval span = c.findings.front().run;
  for (const FindingState& finding : c.findings) {
    span.from = std::min(span.from, finding.run.from);
    span.to = std::max(span.to, finding.run.to);
  }
  return span;
}

Result<std::vector<PolicyHere>> policies_of(const Stores& stores, const Case& c) {
  const Result<std::string> text = stores.ledger->coverage();
  if (!text) return tl::unexpected(text.error());
  const Result<CoverageReport> report = coverage_from_json(*text);
  if (!report) return tl::unexpected(report.error());
  std::map<std::string, FindingState> last;
  for (const FindingState& finding : c.findings) last.insert_or_assign(finding.policy, finding);
  std::vector<PolicyHere> all;
  for (const auto& [id, finding] : last) {
    Result<StatedPolicy> stated = stated_policy(stores, finding);
    if (!stated) return tl::unexpected(stated.error());
    PolicyHere here{id, finding, std::move(*stated), std::nullopt, {}};
    here.hits = hits_of_finding(stores, finding, here.stated);
    const auto covered = std::ranges::find(report->policies, id, &PolicyCoverage::policy);
    if (covered != report->policies.end()) here.coverage = *covered;
    all.push_back(std::move(here));
  }
  return all;
}

Result<std::vector<ToldAct>> told_acts(const Stores& stores, const Case& c, bool evidence) {
  std::vector<ToldAct> all;
  for (const RecordedAct& act : c.acts) {
    if (is_privileged(act.act.act) && !evidence) {
      all.push_back({act, std::nullopt, false, true});
      continue;
    }
    auto content = confidential_of(stores.paths.folder, act.act.act);
    if (!content) return tl::unexpected(content.error());
    const bool sealed = act.act.act.confidential && !*content;
    all.push_back({act, std::move(*content), sealed, false});
  }
  return all;
}

/// Usage by the policy with the gravest finding that has a text; nothing where none has.
void read_volume(const RecordLog& records, ToldCase& told) {
  const Case& c = *told.standing;
  if (c.subject.empty()) return;
  for (const PolicyHere& here : told.policies) {
    if (!here.stated.text || here.stated.text->reads == RecordKind::kFinding) continue;
    Interval span = span_of(c);
    span = {span.from - kDay, span.to + kDay};
    Result<SubjectVolume> volume =
        subject_volume(records, *here.stated.text, c.subject, span, kChartSlots, kChartEntries);
    if (volume) {
      told.volume = std::move(*volume);
    } else {
      told.damage = volume.error();
    }
    return;
  }
}

void read_evidence(const RecordLog& records, ToldCase& told) {
  std::vector<std::int64_t> places;
  for (const FindingState& finding : told.standing->findings) {
    places.insert(places.end(), finding.evidence.begin(), finding.evidence.end());
  }
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  for (const std::int64_t place : places) {
    Result<LogEntry> entry = records.entry(place);
    if (entry) {
      told.evidence.push_back(std::move(*entry));
    } else if (entry.error().code == ErrorCode::kNotFound) {
      ++told.evidence_gone;
    } else {
      told.damage = entry.error();
    }
  }
}

/// The cases by what names their subjects: the whole text, and each id that it ends in.
std::multimap<std::string_view, const Case*> by_name(const CaseBook& book) {
  std::multimap<std::string_view, const Case*> all;
  for (const Case& c : book.cases()) {
    std::string_view name = c.subject;
    while (!name.empty()) {
      all.emplace(name, &c);
      const std::size_t next = name.find_first_of(":/");
      name.remove_prefix(next == std::string_view::npos ? name.size() : next + 1);
    }
  }
  return all;
}

/// What the lead names, line by line, beside the cases that there are.
void find_named(const CaseBook& book, ToldCase& told) {
  std::multimap<std::string_view, const Case*> names;
  for (const ToldAct& act : told.acts) {
    if (!act.content || !act.content->contains("subjects")) continue;
    if (names.empty()) names = by_name(book);
    std::string_view rest = act.content->at("subjects");
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view word = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto [first, last] = names.equal_range(word);
      for (auto it = first; it != last; ++it) told.named.push_back(it->second);
      if (first == last) told.unknown.emplace_back(word);
    }
  }
}

Result<ToldCase> tell(const Stores& stores, const CaseBook& book, const Case& c, bool evidence) {
  ToldCase told;
  told.standing = &c;
  auto policies = policies_of(stores, c);
  if (!policies) return tl::unexpected(policies.error());
  told.policies = std::move(*policies);
  auto acts = told_acts(stores, c, evidence);
  if (!acts) return tl::unexpected(acts.error());
  told.acts = std::move(*acts);
  find_named(book, told);
  told.book = &book;
  auto reports = read_reports(stores);
  if (!reports) return tl::unexpected(reports.error());
  told.reports = std::move(*reports);
  if (stores.records == nullptr) return told;
  read_volume(*stores.records, told);
  if (evidence) read_evidence(*stores.records, told);
  return told;
}

/// Takes out what viewers are not shown. All that rests on it was read before.
void mask_case(ToldCase& told) {
  told.masked = masked(*told.standing);
  told.standing = &*told.masked;
  for (PolicyHere& here : told.policies) here.last = masked(std::move(here.last));
  for (ToldAct& act : told.acts) {
    act.withheld = act.act.act.act.confidential.has_value();
    act.content.reset();
    act.sealed = false;
  }
  told.unknown_unnamed = told.unknown.size();
  told.unknown.clear();
}

void print_head(Invocation& run, const Case& c, const CaseClocks& clocks) {
  run.out << painted("Case " + c.id, Tone::kStrong, run.terminal) << '\n';
  run.out << "  state     "
          << painted(printable(case_state_text(c)), case_state_tone(c), run.terminal) << '\n';
  if (const auto worst = c.worst()) {
    run.out << "  severity  " << painted(severity_name(*worst), severity_tone(*worst), run.terminal)
            << '\n';
  }
  run.out << "  subject   " << printable(case_subject_text(c)) << '\n';
  if (c.subject.starts_with("cluster:")) {
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
          << findings_table(std::span(c.findings).last(shown)).render(run.terminal);
  if (shown < c.findings.size()) {
    run.out << "  and "
            << counted(static_cast<std::int64_t>(c.findings.size() - shown), "earlier one")
            << ": --all shows them\n";
  }
}

/// What is the account's own of a hit is for who looks at the evidence.
void print_listed(Invocation& run, const FindingHits& hits, bool evidence) {
  for (const FindingHit& hit : hits.hits) {
    const std::string text = hit.hit.text + ", asks " + obligations_text(hit.hit.follows);
    print_prose(run, "  hits ", evidence ? text : listed_party_text(hit), 4);
  }
  for (const std::string& line : hits.lines) {
    print_prose(run, "  rests on ", evidence ? line : "owners: --evidence names them", 4);
  }
  if (hits.asks && !hits.unknown.empty()) print_prose(run, "  hits unknown: ", hits.unknown, 4);
}

std::int64_t days_since(UtcTime then, UtcTime now) { return (now - then).us / kDay.us; }

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

nlohmann::ordered_json issues_json(const ToldCase& told, UtcTime now) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const PolicyHere& here : told.policies) {
    if (!here.stated.text) continue;
    for (const IssueStanding& issue : issues_looked_into(*here.stated.text)) {
      if (!issue.is_there()) continue;
      all.push_back({{"policy", here.id},
                     {"list", issue.published},
                     {"issue", issue.id},
                     {"retrieved", format_time(issue.retrieved)},
                     {"days", days_since(issue.retrieved, now)}});
    }
  }
  return all;
}

void print_why(Invocation& run, const ToldCase& told, bool evidence) {
  for (const PolicyHere& here : told.policies) {
    run.out << "\nPolicy " << printable(here.id) << ", version " << here.stated.version << '\n';
    if (!here.stated.text) {
      print_prose(run, "  ", "Its words as they were then are not stored, or cannot be read.", 2);
      print_listed(run, here.hits, evidence);
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
    print_prose(run, "  last: ", figures_text(here.last.figures), 4);
    print_listed(run, here.hits, evidence);
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
    run.out << "  (from the first " << grouped(kChartEntries) << " entries of the log alone)\n";
  }
}

void print_named(Invocation& run, const ToldCase& told) {
  const bool is_masked = told.masked.has_value();
  if (told.named.empty() && told.unknown.empty() && told.unknown_unnamed == 0) return;
  run.out << "\nSubjects that the lead names\n";
  if (!told.named.empty())
    run.out << cases_table(told.named, told.clocks(), run.now(), is_masked).render(run.terminal);
  for (const std::string& word : told.unknown) {
    print_prose(run, "  no findings: ", word, 4);
  }
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

void print_next(Invocation& run, const Case& c) {
  const bool due = c.risk_has_ended(run.now());
  if (c.state != CaseState::kOpen && c.state != CaseState::kProposed && !due) return;
  const std::string about = " " + c.id + " --seen " + std::to_string(c.entries_to());
  run.out << "\nNext, with --as HANDLE --reason TEXT\n";
  if (c.state == CaseState::kProposed) {
    run.out << "  tidewaiter case approve" << about << "            (or --reject)\n";
  } else {
    run.out << "  tidewaiter case decide" << about << " OUTCOME\n";
  }
  run.out << "Before it, with --as HANDLE\n  tidewaiter case show " << c.id << " --evidence\n";
}

void print_case(Invocation& run, const ToldCase& told, const CaseShowOptions& options) {
  const Case& c = *told.standing;
  print_head(run, c, told.clocks());
  print_findings(run, c, options.all);
  print_why(run, told, options.evidence);
  print_usage(run, told);
  print_named(run, told);
  print_not_told(run, told);
  print_timeline(run, told);
  print_reports_about(run, *told.reports, *told.book, c);
  if (options.evidence) print_evidence_records(run, told);
  if (told.masked) return print_withheld(run);  // a viewer does nothing about it
  print_next(run, c);
}

/// Of other cases the names alone stay, and of the subjects of a lead their number.
void say_masked(nlohmann::ordered_json& json, const ToldCase& told) {
  for (nlohmann::ordered_json& finding : json["all_findings"]) {
    say_withheld(finding, kWithheldOfFinding);
  }
  for (nlohmann::ordered_json& one : json["named"]) one["subject"] = nullptr;
  json["named_without_findings"] = nullptr;
  json["named_without_findings_count"] = told.unknown_unnamed;
  say_withheld(json, kWithheldOfActs);
}

void print_case_json(Invocation& run, const ToldCase& told, bool evidence) {
  nlohmann::ordered_json json = case_json(*told.standing, told.clocks(), run.now());
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const FindingState& finding : told.standing->findings) {
    findings.push_back(finding_json(finding));
  }
  json["all_findings"] = findings;
  nlohmann::ordered_json listed = nlohmann::ordered_json::array();
  for (const PolicyHere& here : told.policies) {
    if (!here.hits.asks) continue;
    listed.push_back({{"policy", here.id},
                      {"finding", here.last.id},
                      {"parties", hits_json(here.hits, evidence)}});
  }
  json["listed"] = listed;
  json["lists"] = issues_json(told, run.now());
  nlohmann::ordered_json acts = nlohmann::ordered_json::array();
  for (const ToldAct& act : told.acts) {
    nlohmann::ordered_json one = act_json(act.act);
    one["confidential"] = nullptr;
    if (act.content) one["confidential"] = *act.content;
    one["words_missing"] = act.sealed;
    one["words_withheld"] = act.withheld;
    acts.push_back(one);
  }
  json["acts"] = acts;
  nlohmann::ordered_json named = nlohmann::ordered_json::array();
  for (const Case* const c : told.named)
    named.push_back({{"case", c->id}, {"subject", c->subject}});
  json["reports"] = reports_about_json(*told.reports, *told.book, *told.standing);
  json["named"] = named;
  json["named_without_findings"] = told.unknown;
  if (told.masked) say_masked(json, told);
  if (evidence) {
    nlohmann::ordered_json records = nlohmann::ordered_json::array();
    for (const LogEntry& entry : told.evidence) {
      std::string line;
      if (const auto* record = std::get_if<Record>(&entry.body)) write_record_json(*record, line);
      records.push_back(
          {{"seq", entry.seq}, {"record", nlohmann::ordered_json::parse(line, nullptr, false)}});
    }
    json["evidence_records"] = records;
    json["evidence_gone"] = told.evidence_gone;
  }
  json["records_error"] = nullptr;
  if (told.damage) json["records_error"] = to_text(*told.damage);
  print_json(run, json);
}

/// Who looks at evidence is in the ledger before it is shown.
int record_view(Invocation& run, const Stores& stores, const CaseShowOptions& options,
                const Case& c) {
  Act act;
  act.case_id = c.id;
  act.body = EvidenceViewed{c.standing_findings()};
  return hand_in(run, stores, options.act, std::move(act), {}, true);
}

int show_case(Invocation& run, const CaseShowOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kMasked);
  if (stores == nullptr) return status;
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<const Case*> found = book->lookup(options.act.case_id);
  if (!found) return fail_with(run, found.error());
  if (options.leads_only && !(*found)->is_lead()) {
    return fail_with(run, ExitStatus::kUsage,
                     "`" + (*found)->id + "` is no lead: `tidewaiter case show` has it");
  }
  if (options.evidence) {
    const int recorded = record_view(run, *stores, options, **found);
    if (recorded != code(ExitStatus::kOk)) return recorded;
  }
  Result<ToldCase> told = tell(*stores, *book, **found, options.evidence);
  if (!told) return fail_with(run, told.error());
  if (stores->masked) mask_case(*told);
  if (options.act.json) {
    print_case_json(run, *told, options.evidence);
  } else {
    print_case(run, *told, options);
  }
  // Told last, where it is not overlooked.
  return told->damage ? fail_with(run, *told->damage) : code(ExitStatus::kOk);
}

}  // namespace

void add_case_show(CLI::App& verb, Selection& selection) {
  CLI::App* show = add_verb(
      verb, "show", "shows one case on one page",
      "Prints where the case stands and what may be done next, its findings, the policies with\n"
      "their bases and what may be innocent, the subject's requests over time, what could not be\n"
      "told, all that was found and done, in order, and the reports about it. With --evidence also "
      "the records that\n"
      "the findings name: who looks at them is an entry of the ledger first.",
      "  tidewaiter case show c-4f8e12ab\n"
      "  tidewaiter case show c-4f8e12ab --evidence --as jo-ng");
  auto options = std::make_shared<CaseShowOptions>();
  add_act_options(*show, options->act);
  show->add_flag("--evidence", options->evidence, "Show the records that the findings name");
  show->add_flag("--all", options->all, "Show all findings, not the last 20");
  show->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_case(run, *options); };
  });
}

void add_lead_show(CLI::App& lead, Selection& selection) {
  CLI::App* show = add_verb(lead, "show", "shows one lead on one page",
                            "Prints what `case show` prints of its case: where it stands, what the "
                            "tip says and who gave\n"
                            "it, which of the subjects that it names have a case and which have no "
                            "finding, and all that\n"
                            "was done.",
                            "  tidewaiter lead show l-4f8e12ab");
  auto options = std::make_shared<CaseShowOptions>();
  options->leads_only = true;
  add_act_options(*show, options->act);
  show->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_case(run, *options); };
  });
}

}  // namespace tidewaiter
