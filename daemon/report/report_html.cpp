#include "daemon/report/report_html.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/report/certificate_html.h"
#include "daemon/report/figure_words.h"
#include "daemon/report/html_table.h"
#include "daemon/report/html_writer.h"
#include "daemon/report/models_plot.h"
#include "daemon/report/page_style.h"
#include "daemon/report/plots.h"
#include "daemon/report/report_files.h"
#include "daemon/report/screening_html.h"
#include "daemon/report/site_html.h"
#include "daemon/report/source_reach.h"
#include "daemon/report/statements_html.h"
#include "daemon/report/travelling_verifier.h"
#include "daemon/report/usual_plot.h"
#include "policies/model/ascii.h"
#include "policies/model/day_text.h"
#include "policies/model/finding.h"
#include "storage/review/report_kinds.h"
#include "storage/review/report_recipient.h"
#include "storage/verify/bag_manifest.h"
#include "storage/verify/report_statement.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kShortId = 8;

std::string span_text(const Interval& span) {
  return format_time(span.from) + " to " + format_time(span.to);
}

/// The heading, the site's where it has one: the title of the kind stands below it in any case.
void write_heading(HtmlWriter& page, const Report& report) {
  const auto words = report.words.find("heading");
  if (words == report.words.end() || words->second.empty()) {
    page.element("h1", report.title);
    return;
  }
  page.open("h1");
  for (std::size_t i = 0; i < words->second.size(); ++i) {
    if (i > 0) page.text(" ");
    write_pieces(page, words->second[i]);
  }
  page.close();
}

/// By which day it is due, and who has said from which day on.
std::string deadline_text(const ReportedDeadline& deadline) {
  return day_text(deadline.due) + ": " + deadline.what + " (" + deadline.citation +
         "), counted from " + day_text(deadline.from) + ", recorded by " + deadline.by +
         ", entry " + std::to_string(deadline.entry);
}

/// Which document it is, so that who has it can tell.
std::string document_text(const ReportedDocument& document) {
  return (document.name.empty() ? "" : document.name + ", ") + std::to_string(document.bytes) +
         " bytes, SHA-256 " + to_hex(document.sha256);
}

/// What the house has settled that this recipient is given.
std::string given_text(const ReportedRecipient& to) {
  std::string text = "the profile " + to.profile + " at most";
  for (const std::string& part : to.withholds) {
    text.append("; no ").append(recipient_part_text(part));
  }
  if (!to.handling_at_most.empty()) text += "; " + to.handling_at_most + " at most";
  return text + " (recipient " + to.id + ")";
}

/// A name such as `legal_basis` as a label for people: "Legal basis".
std::string label_of(std::string_view name) {
  std::string label(name);
  std::ranges::replace(label, '_', ' ');
  label.front() = ascii_upper(label.front());
  return label;
}

void write_head(HtmlWriter& page, const Report& report) {
  page.open("p").element("span", report.handling, {{"class", "handling"}}).close();
  page.element("p",
               "Drawn from the ledger. It is issued only if its bundle holds: the verifier names "
               "the entry that issued it, and who approved it. HOW-TO-CHECK.html says how.");
  if (report.policy_mode == kUnsignedPolicyMode) {
    page.open("p").element("strong", "Unsigned policy mode.");
    page.text(
        " When this report was drawn fewer than two people of the house could sign its "
        "policies: the rules by which it was found had no second pair of eyes. A site in "
        "this mode issues no report.");
    page.close();
  }
  write_site_part(page, report, "introduction");
  page.open("dl");
  item(page, "Report", report.id + ", " + report.title);
  if (report.follows) {
    item(page, report.follows->as == "corrects" ? "Corrects" : "Supplements",
         report.follows->report + ", issued on " + format_time(report.follows->issued));
  }
  item(page, "Covers",
       span_text(report.period) + (report.case_id.empty() ? "" : ", case " + report.case_id));
  if (is_partly_unseen(report)) {
    item(page, "Of that, not seen", "what sources had not told of: see what could not be told");
  }
  item(page, "Drawn by", report.author + ", " + format_time(report.drawn));
  if (!report.request.empty()) item(page, "Answers the request", report.request);
  if (report.request_document) {
    item(page, "Document of the request", document_text(*report.request_document));
  }
  if (report.deadline) item(page, "Due", deadline_text(*report.deadline));
  for (const ReportElement& element : report_elements()) {
    const auto said = report.statements.find(std::string(element.name));
    if (said != report.statements.end()) item(page, label_of(element.name), said->second);
  }
  item(page, "Ledger",
       report.origin + ", " + std::to_string(report.ledger_entries) + " entries when it was drawn");
  item(page, "Redaction profile", report.profile + ": lets through " + report.profile_text);
  if (report.recipient) item(page, "What the recipient is given", given_text(*report.recipient));
  page.close();
}

/// What the report has to do with an earlier one: whoever has that one reads this first.
void write_following(HtmlWriter& page, const Report& report) {
  if (!report.follows) return;
  const ReportedFollowing& follows = *report.follows;
  const bool corrects = follows.as == "corrects";
  heading(page, corrects ? "What it corrects, and why" : "What it supplements, and why");
  page.element("p", corrects ? "It takes the place of an earlier report, which holds no more in "
                               "what this one says otherwise."
                             : "The earlier report stands; this one adds to it.");
  page.open("dl");
  item(page, "Earlier report", follows.report);
  item(page, "Why", follows.why);
  item(page, "Drawn, issued", format_time(follows.drawn) + ", " + format_time(follows.issued));
  item(page, "Issued by entry", std::to_string(follows.issued_entry));
  item(page, "SHA-256 of its manifest-sha256.txt", to_hex(follows.manifest));
  page.close();
  if (follows.changes.empty()) {
    page.element("p", "No finding that it cites has changed since.");
    return;
  }
  HtmlTable table(page, "Findings that it cites, and that have changed since",
                  {{"Finding"}, {"What"}, {"Was"}, {"Is"}});
  for (const ReportedChange& one : follows.changes) {
    table.row({one.finding.substr(0, kShortId), one.what, one.was, one.is});
  }
  table.end();
}

std::string figures_line(const ReportedFinding& finding) {
  std::string line;
  for (const ReportedFigure& figure : finding.figures) {
    line += (line.empty() ? "" : "; ") + figure_text(figure);
  }
  return line.empty() ? line : line + of_which_windows(finding);
}

std::string entries_line(const std::vector<std::int64_t>& entries) {
  std::string line;
  for (const std::int64_t entry : entries) {
    line += (line.empty() ? "" : ", ") + std::to_string(entry);
  }
  return line;
}

/// By which of its names the party is hit.
std::string listed_by(const ReportedParty& party) {
  if (!party.is_alias) return party.listed;
  return party.listed + (party.is_weak ? ", a weak alias" : ", an alias");
}

/// What follows from being listed, and what the list says of licences.
std::string asked_by(const ReportedParty& party) {
  std::string text;
  for (const std::string& line : follows_lines(party.follows)) {
    text += (text.empty() ? "" : ". ") + line;
  }
  if (party.licence.is_empty()) return text;
  return text + ". Licences: " + licence_text(party.licence);
}

void write_listed_parties(HtmlWriter& page, const Report& report) {
  HtmlTable table(page, "Listed parties that findings hit, by how like a name is, up to 1",
                  {{"Finding"},
                   {"Entry", true},
                   {"Party", true},
                   {"By", true},
                   {"Score"},
                   {"What the list asks", true},
                   {"Issue of the list", true},
                   {"Name of the account", true}});
  for (const ReportedFinding& finding : report.findings) {
    if (!finding.listing) continue;
    for (const ReportedParty& party : finding.listing->parties) {
      const std::string account =
          party.name.empty() ? "(withheld)" : party.field + ": " + party.name;
      table.row({finding.id.substr(0, kShortId), party.entry, party.party, listed_by(party),
                 score_text(party.score) + (party.is_told ? "" : ", cannot be told"),
                 asked_by(party), party.issue_text, account});
    }
  }
  table.end();
}

/// How old the lists were into which the policies of findings looked.
void write_list_ages(HtmlWriter& page, const Report& report) {
  const bool any = std::ranges::any_of(
      report.findings, [](const ReportedFinding& finding) { return !finding.lists.empty(); });
  if (!any) return;
  HtmlTable table(page, "Lists that were looked into, as they were when the finding was recorded",
                  {{"Finding"}, {"List", true}, {"Issue", true}, {"How old", true}});
  for (const ReportedFinding& finding : report.findings) {
    for (const ListAge& age : finding.lists) {
      table.row({finding.id.substr(0, kShortId),
                 age.list + (age.written ? ", among the policies" : ""),
                 age.issue.empty() ? "none" : age.issue, list_age_words(age)});
    }
  }
  table.end();
}

/// Whom findings hit, and what could not be told of that.
void write_listings(HtmlWriter& page, const Report& report) {
  const auto has = [&report](auto what) {
    return std::ranges::any_of(report.findings, [what](const ReportedFinding& finding) {
      return finding.listing && what(*finding.listing);
    });
  };
  if (has([](const ReportedListing& one) { return !one.parties.empty(); })) {
    write_listed_parties(page, report);
  }
  if (!has([](const ReportedListing& one) {
        return !one.grounds.empty() || !one.unknown.empty();
      })) {
    return;
  }
  page.open("dl");
  for (const ReportedFinding& finding : report.findings) {
    if (!finding.listing) continue;
    const std::string id = finding.id.substr(0, kShortId);
    for (const std::string& ground : finding.listing->grounds) item(page, id + " rests on", ground);
    if (!finding.listing->unknown.empty()) {
      item(page, id + ", whom it hits is not told in full", finding.listing->unknown);
    }
  }
  page.close();
}

/// Why a report has no finding; one that tells of lists leaves out what other policies found.
const char* no_finding_text(const Report& report) {
  if (!report.screening) {
    return "No finding lies in what the report covers. That is no clearance.";
  }
  if (report.screening->screens.empty()) {
    return "No policy held anything against a list, so that there is no finding to tell of. What "
           "other policies found is not in a report of this kind. That is no clearance.";
  }
  return "No finding of a policy that held something against a list lies in what the report "
         "covers. What other policies found is not in a report of this kind. That is no clearance.";
}

void write_findings(HtmlWriter& page, const Report& report) {
  heading(page, "What was found");
  if (report.findings.empty()) {
    page.element("p", no_finding_text(report));
    return;
  }
  page.element("p",
               "Each finding is a potential violation until a person has confirmed it. Times are "
               "UTC.");
  HtmlTable table(page, "Findings, in the order of the ledger",
                  {{"Finding"},
                   {"Standing"},
                   {"Severity"},
                   {"About", true},
                   {"Policy", true, true},
                   {"Time"},
                   {"Figures", true},
                   {"Entries"}});
  for (const ReportedFinding& f : report.findings) {
    table.row({f.id.substr(0, kShortId) + (f.historical ? ", from stored history" : ""), f.standing,
               std::string(severity_name(f.severity)), f.subject,
               f.policy + ", version " + std::to_string(f.policy_version), span_text(f.run),
               figures_line(f), entries_line(f.entries)});
  }
  table.end();
  write_list_ages(page, report);
  write_listings(page, report);
}

/// Who belongs together by what, and what is not drawn by itself.
void write_cluster(HtmlWriter& page, const Report& report) {
  if (!report.cluster) return;
  page.open("figure").element("figcaption", report.cluster->graph.title);
  page.markup(cluster_graph_plot(*report.cluster, "cluster")).close();
  if (report.cluster->aggregated.empty()) return;
  page.open("ul");
  for (const std::string& remark : report.cluster->aggregated) page.element("li", remark);
  page.close();
}

void write_plots(HtmlWriter& page, const Report& report) {
  const std::string policies = policies_plot(report, "policies");
  if (report.series.empty() && policies.empty() && !report.cluster && !report.models &&
      !report.usual) {
    return;
  }
  heading(page, "In pictures");
  write_cluster(page, report);
  std::size_t number = 0;
  for (const ReportedSeries& series : report.series) {
    page.open("figure").element("figcaption", series.title);
    page.markup(series_plot(series, "series" + std::to_string(++number))).close();
  }
  write_usual(page, report.usual);
  write_models(page, report.models);
  if (policies.empty()) return;
  page.open("figure").element("figcaption", "Findings by policy").markup(policies).close();
}

void write_decisions(HtmlWriter& page, const Report& report) {
  heading(page, "What people decided");
  if (report.decisions.empty()) {
    page.element("p", report.findings.empty()
                          ? "Where the report has no finding there is nothing to decide about."
                          : "Nobody has decided yet: all of it is a potential violation.");
    return;
  }
  HtmlTable table(page, "Decisions",
                  {{"Case"}, {"Outcome"}, {"By", true}, {"Approved by", true}, {"Entries"}});
  for (const ReportedDecision& d : report.decisions) {
    std::string approved = d.waits ? "waits for a second person" : "nobody had to";
    std::string entries = std::to_string(d.entry);
    if (d.approved_by) {
      approved = *d.approved_by + ", " + format_time(*d.approved_at);
      entries += ", " + std::to_string(*d.approval_entry);
    }
    table.row({d.case_id, d.outcome, d.by + ", " + format_time(d.at), approved, entries});
  }
  table.end();
}

void write_policies(HtmlWriter& page, const Report& report) {
  if (report.policies.empty()) return;
  heading(page, "By which policies");
  for (const ReportedPolicy& policy : report.policies) {
    page.open("h3").foreign(policy.id).text(", version " + std::to_string(policy.version)).close();
    if (!policy.known) {
      page.element("p", "Its words as they were then are not stored, or cannot be read.");
    }
    if (!policy.title.empty()) page.open("p").foreign(policy.title).close();
    if (!policy.description.empty()) page.open("p").foreign(policy.description).close();
    page.open("dl");
    for (const ReportedBasis& basis : policy.basis) {
      std::string text = basis.text;
      for (const std::string* part : {&basis.jurisdiction, &basis.citation}) {
        if (!part->empty()) text += ", " + *part;
      }
      if (!basis.settled.empty()) text += ", settled: " + basis.settled;
      item(page, basis.in_force ? "Basis: " + basis.type : "Not in force then: " + basis.type,
           text);
    }
    for (const std::string& innocent : policy.may_be_innocent) {
      item(page, "May be innocent", innocent);
    }
    item(page, "SHA-256 of the policy", to_hex(policy.hash));
    page.close();
  }
}

void write_subjects(HtmlWriter& page, const Report& report) {
  if (report.subjects.empty()) return;
  heading(page, "Whom it is about");
  HtmlTable table(page, "Subjects; the ids are withheld where the name is a number",
                  {{"Subject", true}, {"Cases"}, {"Findings"}});
  for (const ReportedSubject& subject : report.subjects) {
    std::string cases;
    for (const std::string& one : subject.cases) cases += (cases.empty() ? "" : ", ") + one;
    table.row({subject.name, cases, std::to_string(subject.findings)});
  }
  table.end();
}

void write_licences(HtmlWriter& page, const Report& report) {
  if (report.licences.empty()) return;
  heading(page, "Licences and exemptions");
  HtmlTable table(page, "As people recorded them; days are those of UTC",
                  {{"Kind"},
                   {"Number", true},
                   {"Authority", true},
                   {"Holds"},
                   {"Case"},
                   {"Recorded by", true},
                   {"Entry"}});
  for (const ReportedLicence& licence : report.licences) {
    std::string holds = "from " + day_text(licence.from);
    if (licence.until) holds += " until " + day_text(*licence.until);
    if (licence.ended) holds += ": ended when the report was drawn";
    table.row({licence.kind, licence.number, licence.authority, holds, licence.case_id, licence.by,
               std::to_string(licence.entry)});
  }
  table.end();
}

void write_timeline(HtmlWriter& page, const Report& report) {
  if (report.timeline.empty()) return;
  heading(page, "What happened");
  HtmlTable table(page, "In the order of the ledger, UTC",
                  {{"Entry"}, {"Time"}, {"Who", true}, {"What", true}});
  for (const ReportedEvent& event : report.timeline) {
    table.row({std::to_string(event.entry), format_time(event.at),
               event.who.empty() ? "the program" : event.who, event.what});
  }
  table.end();
}

void write_sources(HtmlWriter& page, const Report& report) {
  if (!report.sources) {
    page.element("p", "What sources have told of cannot be said: the record log cannot be read.");
    return;
  }
  HtmlTable table(
      page, "For what time sources have told that their records are complete",
      {{"Source", true}, {"Told of", true}, {"Not told of what the report covers", true}});
  for (const ReportedSource& source : *report.sources) {
    const std::string told = source.covered ? span_text(*source.covered) : "nothing";
    table.row({source.name + (source.configured ? "" : ", configured no more"), told,
               stretches_text(source.missing, "nothing")});
  }
  table.end();
}

void write_not_told(HtmlWriter& page, const Report& report) {
  heading(page, "What could not be told");
  if (report.coverage.empty()) {
    page.element("p", "What these policies could tell is not recorded.");
  } else {
    HtmlTable table(page, "Windows and records over all subjects; not evaluable is never a pass",
                    {{"Policy", true, true},
                     {"Windows told"},
                     {"Not evaluable"},
                     {"Records unknown"},
                     {"Records too late"}});
    for (const ReportedCoverage& c : report.coverage) {
      table.row({c.policy, std::to_string(c.windows_told), std::to_string(c.windows_not_evaluable),
                 std::to_string(c.records_unknown), std::to_string(c.records_too_late)});
    }
    table.end();
  }
  write_sources(page, report);
  if (report.gaps.empty()) return;
  HtmlTable table(page, "Gaps, each an entry of the ledger",
                  {{"Entry"}, {"Recorded"}, {"Policy", true, true}, {"Count"}, {"Reason", true}});
  for (const ReportedGap& gap : report.gaps) {
    table.row({std::to_string(gap.entry), format_time(gap.recorded), gap.policy,
               std::to_string(gap.count), gap.reason});
  }
  table.end();
}

void write_withheld(HtmlWriter& page, const Report& report) {
  heading(page, "What is withheld, and why");
  if (report.withheld.empty()) page.element("p", "Nothing that the report could have said.");
  page.open("dl");
  for (const WithheldPart& part : report.withheld) {
    item(page, label_of(part.what) + " (" + std::to_string(part.count) + ")",
         part.why + " (by " + part.by + ")");
  }
  page.close();
  heading(page, "What its kind asks for");
  HtmlTable table(page, "Elements of this kind of report",
                  {{"Element"}, {"Question", true}, {"State"}});
  for (const CheckedElement& element : report.elements) {
    table.row(
        {label_of(element.name), element.question, std::string(element_state_name(element.state))});
  }
  table.end();
  if (report.words.contains("standing")) {
    heading(page, "What the house says of every report of this kind");
    write_site_part(page, report, "standing");
  }
  heading(page, "Limits");
  page.open("ul");
  for (const std::string& limit : report.limits) page.element("li", limit);
  page.close();
}

}  // namespace

std::string report_html(const Report& report) {
  HtmlWriter page;
  begin_page(page, report.title);
  write_heading(page, report);
  write_head(page, report);
  write_following(page, report);
  write_screening(page, report);
  write_findings(page, report);
  write_plots(page, report);
  write_decisions(page, report);
  write_statements(page, report);
  write_policies(page, report);
  write_subjects(page, report);
  write_members(page, report.members);
  write_clusters(page, report.clusters);
  write_licences(page, report);
  write_timeline(page, report);
  write_not_told(page, report);
  write_withheld(page, report);
  if (report.words.contains("footer")) {
    page.open("footer");
    write_site_part(page, report, "footer");
    page.close();
  }
  return page.take();
}

std::string how_to_check_html(const Report& report) {
  HtmlWriter page;
  begin_page(page, "How to check this report");
  page.element("h1", "How to check this report");
  page.element("p",
               "You need the program tidewaiter-verify, which uses no network, and the verifier "
               "key of the log below, which you had before this folder reached you: a key that "
               "comes with a report proves nothing.");
  page.element("pre", "tidewaiter-verify FOLDER --key ledger.vkey");
  page.element("p",
               "Without the program: " + std::string(kTravellingVerifierFile) +
                   " needs Python 3.8 or later and nothing else, and ends with the same exit "
                   "status. Read it before you run it, or take it from where you have the key "
                   "from: it came with the folder, and a folder that somebody made up may have "
                   "another one. It says at its end what it leaves to the program.");
  page.element("pre", "python3 FOLDER/" + std::string(kTravellingVerifierFile) +
                          " FOLDER --key ledger.vkey");
  page.open("p").text("The log is ").foreign(report.origin).text(". Its key begins with ");
  page.foreign(report.verifier_key.substr(
      0, report.verifier_key.find('+', report.verifier_key.find('+') + 1)));
  page.text(".").close();
  page.open("ol");
  for (const char* const step :
       {"Each file is held against manifest-sha256.txt and tagmanifest-sha256.txt; a file that was "
        "changed, is missing or was added is named.",
        "The SHA-256 of manifest-sha256.txt is the one in the entry report.issued, and in the "
        "entry report.drafted that was approved before it by another person than the author.",
        "All entries are derived again from the folder log, up to the head that the log's key has "
        "signed; the entries named in the report are among them.",
        "Each value in data/disclosures.json hashes to a digest in the entry that it belongs "
        "to.",
        "attestation.dsse.json, a statement of in-toto in an envelope of DSSE, is signed by the "
        "log's key, and has the SHA-256 of each file, this report and this head of the log.",
        "Where data/members.json is there, its SHA-256 is `confidential` of the entry "
        "report.drafted, so that the ids of accounts in it are those that the report was approved "
        "with."}) {
    page.element("li", step);
  }
  page.close();
  page.element("p",
               "By hand: sha256sum --check manifest-sha256.txt does the first step, and sha256sum "
               "manifest-sha256.txt gives the number of the second. The format of entries, tree "
               "and signatures is public, so that nobody has to trust one program.");
  page.element("h2", "What the files are");
  page.open("dl");
  item(page, "data/report.html, data/report.json", "the report, for people and for programs");
  item(page, std::string(kPrintedReportFile), "where it is there: the same page, for paper");
  item(page, "data/report.stix.json", "the report for platforms of threat intelligence: STIX 2.1");
  item(page, "data/findings.csv, data/timeline.csv", "its tables; no cell is a formula");
  if (report.models)
    item(page, "data/models.csv", "the models before and after a release; the same");
  if (report.members && !report.members->members.empty()) {
    item(page, "data/members.csv", "the accounts of the cluster; the same");
  }
  if (report.members && report.members->named) {
    item(page, std::string(kMembersFile), "their ids, as the draft is sealed with them");
  }
  if (report.usual) item(page, "data/usual.csv", "usage by day beside what is usual; the same");
  if (report.screening) item(page, "data/lists.csv", "the lists and their issues; the same");
  if (report.certificate) {
    item(page, std::string(kCertificateFile),
         "a draft of the certificate of a custodian of records: unsigned, with blanks");
  }
  item(page, "data/templates/",
       "where it is there: the words that the house has chosen for the page; all else is the "
       "program's");
  item(page, "data/disclosures.json",
       "values that entries hold as salted digests, as far as they are let through");
  item(page, "custody.json, custody.txt",
       "who drew, approved and issued it, and who was given what it follows, as entries say");
  item(page, std::string(kTravellingVerifierFile), "checks the folder, with Python alone");
  item(page, "log/", "all entries of the ledger under its signed head, without names");
  item(page, std::string(kAttestationFile), "what the log's key states of all the others");
  page.close();
  page.element("h2", "What it does not prove");
  page.element("p",
               "That what was recorded is true, or that nothing else happened. It proves what was "
               "written, in which order, by whom it was signed, and that none of it was changed.");
  return page.take();
}

}  // namespace tidewaiter
