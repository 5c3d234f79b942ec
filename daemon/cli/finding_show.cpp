#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/case_text.h"
#include "daemon/cli/condition_text.h"
#include "daemon/cli/evidence_view.h"
#include "daemon/cli/explained_finding.h"
#include "daemon/cli/finding_hits.h"
#include "daemon/cli/finding_lookup.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/list_use.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/prose.h"
#include "daemon/cli/record_table.h"
#include "daemon/cli/stored_evidence.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "policies/language/times_in_force.h"
#include "storage/review/case_book.h"

namespace tidewaiter {
namespace {

struct ShowOptions {
  std::string id;
  bool evidence = false;
  bool json = false;
};

/// "Potential violation: a person decides", or what was decided.
std::string verdict_text(const ExplainedFinding& e) {
  if (is_withdrawn(e.finding)) return "Withdrawn: no longer a potential violation";
  const std::optional<Outcome> outcome = outcome_of(e.its_case, e.finding);
  if (!outcome) return "Potential violation: a person decides";
  std::string text =
      "Decided: " + std::string(outcome_name(*outcome)) + ", by " + e.its_case.decision->act.act.by;
  if (e.its_case.second) text += ", approved by " + e.its_case.second->act.act.by;
  return text;
}

void print_figures(Invocation& run, const FindingState& f) {
  for (const Figure& figure : f.figures) {
    run.out << "  " << printable(figure.name) << " = " << printable(figure_value_text(figure))
            << (figure.exact ? "" : " (a sketch, not exact)") << '\n';
  }
}

/// What the finding rests on: the bases in force in its interval; the others are told apart.
void print_bases(Invocation& run, const Policy& policy, const FindingState& f) {
  bool red_flags = true;
  for (const Basis& basis : policy.basis) {
    const bool carries = is_in_force(basis, f.run);
    print_prose(run, carries ? "  basis: " : "  not in force then: ", basis_text(basis), 4);
    red_flags = red_flags && (!carries || basis.type == "red_flag");
  }
  if (red_flags) print_prose(run, "  ", "It rests on red flags alone: it is no breach.", 2);
}

void print_policy(Invocation& run, const ExplainedFinding& e) {
  const FindingState& f = e.finding;
  run.out << "\nPolicy " << printable(f.policy) << ", version " << e.policy.version << '\n';
  if (f.policy_hash != e.policy.hash) {
    print_prose(run, "  ",
                "Version " + std::to_string(f.policy_version) +
                    " withdrew the finding. What follows is the policy under which its figures "
                    "were stated.",
                2);
  }
  if (!e.policy.text) {
    print_prose(run, "  ",
                "Its words as they were then are not stored, or cannot be read any more (hash " +
                    to_hex(e.policy.hash).substr(0, 16) + ").",
                2);
    run.out << "\nFigures of the first window\n";
    print_figures(run, f);
    return;
  }
  const Policy& policy = *e.policy.text;
  print_prose(run, "  ", policy.title, 2);
  print_prose(run, "  ", one_line(policy.description), 2);
  print_bases(run, policy, f);
  for (const std::string& innocent : policy.false_positives) {
    print_prose(run, "  may be innocent: ", innocent, 4);
  }
  print_prose(run, "  reports when ", condition_text(policy), 4);
  for (const IssueStanding& issue : issues_looked_into(policy)) {
    print_prose(run, "  looked into list `" + issue.published + "`: ", issue_text(issue), 4);
  }
  run.out << "\nFigures of the first window\n";
  print_prose(run, "  ", condition_text(policy, f.figures), 4);
  print_figures(run, f);
}

void print_volume(Invocation& run, const ExplainedFinding& e) {
  if (!e.volume) return;
  run.out << "\nRequests of the subject\n"
          << render(e.volume->chart, e.finding.run, "requests", run.terminal);
  if (!e.volume->complete) {
    run.out << "  (from the first " << grouped(kFindingChartEntries)
            << " entries of the log alone)\n";
  }
}

/// "the largest by output_tokens": how the records shown were chosen.
std::string choice_text(const ExplainedFinding& e) {
  switch (e.finding.evidence_choice) {
    case EvidenceChoice::kFirst:
      return "the first by time";
    case EvidenceChoice::kLast:
      return "the last by time, latest first";
    case EvidenceChoice::kLargest:
      break;
  }
  const bool by = e.policy.text && e.policy.text->evidence.size;
  return by ? "the largest by " + to_text(*e.policy.text->evidence.size) : "the largest";
}

const char* evidence_head(const FindingState& finding) {
  return finding.windows > 1 ? "Evidence of the first window: " : "Evidence: ";
}

void print_findings_read(Invocation& run, const ExplainedFinding& e) {
  print_prose(run, evidence_head(e.finding),
              std::to_string(e.findings.size()) + " of " +
                  counted(e.finding.evidence_total, "finding") + ", " + choice_text(e),
              2);
  for (const FindingState& f : e.findings) {
    print_prose(run, "  " + f.id.substr(0, 8) + "  ",
                f.policy + ", " + std::string(severity_name(f.severity)) + ", " +
                    (f.subject.empty() ? "(erased)" : f.subject) + ", " + interval_text(f.run) +
                    (is_withdrawn(f) ? ", withdrawn since" : ""),
                12);
  }
}

void print_evidence_records(Invocation& run, const ExplainedFinding& e) {
  std::vector<FieldId> fields;
  if (e.policy.text) fields = e.policy.text->evidence.fields;
  if (!e.evidence.empty()) {
    run.out << record_table(e.evidence, fields).render(run.terminal);
    print_prose(run, "  ",
                "`tidewaiter records show " + std::to_string(e.evidence.front().seq) +
                    "` has all that is stored of a record.",
                2);
  }
  if (e.evidence_gone > 0) {
    run.out << "  " << counted(e.evidence_gone, "record") << " no longer stored\n";
  }
}

void print_evidence(Invocation& run, const ExplainedFinding& e, bool evidence) {
  run.out << '\n';
  if (!e.findings.empty()) return print_findings_read(run, e);
  if (e.masked) {
    run.out << evidence_head(e.finding) << counted(e.finding.evidence_total, "contributing record")
            << ", withheld\n";
    return;
  }
  print_prose(run, evidence_head(e.finding),
              std::to_string(e.finding.evidence.size()) + " of " +
                  counted(e.finding.evidence_total, "contributing record") + ", " + choice_text(e),
              2);
  if (evidence) {
    print_evidence_records(run, e);
  } else if (!e.finding.evidence.empty()) {
    print_prose(run, "  ",
                "`tidewaiter finding show " + e.finding.id.substr(0, 8) +
                    " --evidence --as HANDLE` shows them: who looks at them is an entry of the "
                    "ledger first.",
                2);
  }
  const bool all_shown =
      static_cast<std::int64_t>(e.finding.evidence.size()) == e.finding.evidence_total;
  if (e.finding.windows > 1 || !all_shown) {
    print_prose(run, "  ",
                "The finding rests on all records of its " + counted(e.finding.windows, "window") +
                    ": `tidewaiter policy explain " + e.finding.id.substr(0, 8) +
                    " --records` lists them, with the figures of each window.",
                2);
  }
}

void print_ledger(Invocation& run, const Stores& stores, const FindingState& f) {
  run.out << "\nLedger " << printable(stores.ledger->origin()) << '\n';
  for (const std::int64_t index : f.entries) {
    std::string type = "entry";
    if (const Result<std::string> bytes = stores.ledger->entry(index)) {
      const auto entry = nlohmann::json::parse(*bytes, nullptr, false);
      if (entry.is_object()) type = entry.value("typ", type);
    }
    run.out << "  entry " << index << "  " << printable(type) << "  (`tidewaiter ledger proof "
            << index << "`)\n";
  }
  run.out << "  `tidewaiter ledger verify` recomputes the whole ledger from its entries\n";
}

void print_text(Invocation& run, const Stores& stores, const ExplainedFinding& e, bool evidence) {
  const FindingState& f = e.finding;
  run.out << painted(printable(verdict_text(e)), Tone::kStrong, run.terminal) << '\n';
  run.out << "  finding   " << f.id << '\n';
  run.out << "  state     " << state_text(f, outcomes_of(e.its_case))
          << (f.reason.empty() ? "" : " (" + printable(f.reason) + ")") << '\n';
  run.out << "  severity  "
          << painted(severity_name(f.severity), severity_tone(f.severity), run.terminal) << '\n';
  run.out << "  subject   " << (f.subject.empty() ? "(erased)" : printable(f.subject)) << '\n';
  run.out << "  case      " << e.its_case.id << ", " << printable(case_state_text(e.its_case))
          << '\n';
  run.out << "  time      " << interval_text(f.run) << " UTC, " << counted(f.windows, "window")
          << '\n';
  run.out << "  recorded  " << format_time(f.recorded)
          << (f.historical ? ", from stored history" : "") << '\n';
  print_policy(run, e);
  if (evidence) {
    print_hits(run, e.hits);
  } else {
    print_hit_lines(run, e.hits, false);
  }
  for (const std::string& line : e.cleared) print_prose(run, "  ", line, 4);
  print_volume(run, e);
  print_evidence(run, e, evidence);
  print_ledger(run, stores, f);
  if (e.masked) print_withheld(run);
}

nlohmann::ordered_json policy_text_json(const StatedPolicy& stated, const FindingState& f) {
  const Policy& policy = *stated.text;
  nlohmann::ordered_json basis = nlohmann::ordered_json::array();
  for (const Basis& b : policy.basis) {
    basis.push_back({{"type", b.type},
                     {"text", b.text},
                     {"jurisdiction", b.jurisdiction},
                     {"citation", b.citation},
                     {"settled", b.settled},
                     {"in_force", is_in_force(b, f.run)}});
  }
  nlohmann::ordered_json lists = nlohmann::ordered_json::array();
  for (const IssueStanding& issue : issues_looked_into(policy)) {
    lists.push_back({{"list", issue.published},
                     {"issue", issue.id},
                     {"parties", to_hex(issue.digest)},
                     {"retrieved", format_time(issue.retrieved)}});
  }
  return {{"version", stated.version},
          {"hash", to_hex(stated.hash)},
          {"title", policy.title},
          {"description", policy.description},
          {"basis", basis},
          {"false_positives", policy.false_positives},
          {"report_when", condition_text(policy)},
          {"with_figures", condition_text(policy, f.figures)},
          {"lists", std::move(lists)}};
}

void print_document(Invocation& run, const Stores& stores, const ExplainedFinding& e,
                    bool evidence) {
  nlohmann::ordered_json document = finding_json(e.finding);
  const std::optional<Outcome> outcome = outcome_of(e.its_case, e.finding);
  document["potential_violation"] = !is_withdrawn(e.finding) && outcome != Outcome::kFalsePositive;
  document["case"] = {
      {"id", e.its_case.id}, {"state", case_state_name(e.its_case.state)}, {"outcome", nullptr}};
  if (outcome) document["case"]["outcome"] = outcome_name(*outcome);
  document["origin"] = stores.ledger->origin();
  document["policy_text"] = nullptr;
  if (e.policy.text) document["policy_text"] = policy_text_json(e.policy, e.finding);
  document["listed"] = hits_json(e.hits, evidence);
  document["clearances"] = e.cleared;
  if (evidence) {
    document["evidence_records"] = evidence_json(e.evidence);
    document["evidence_gone"] = e.evidence_gone;
  }
  document["records_error"] = nullptr;
  if (e.damage) document["records_error"] = to_text(*e.damage);
  if (e.masked) say_withheld(document, kWithheldOfEvidence);
  print_json(run, document);
}

/// Who looks is in the ledger, as about the finding's case, before any of it is shown.
int record_look_at(Invocation& run, const Stores& stores, const ExplainedFinding& e) {
  return record_look(run, stores, EvidenceLook{e.its_case.id, 1, 0, "finding " + e.finding.id});
}

int show(Invocation& run, const ShowOptions& options) {
  int status = 0;
  // Who looks at evidence is judged with the entry about it, under its name.
  const std::unique_ptr<Stores> stores =
      open_stores(run, status, options.evidence ? Shows::kNothingPersonal : Shows::kMasked);
  if (stores == nullptr) return status;
  Result<FindingState> finding = find_finding(*stores->ledger, options.id);
  if (!finding) return fail_with(run, finding.error());
  Result<ExplainedFinding> explained = explained_finding(*stores, std::move(*finding));
  if (!explained) return fail_with(run, explained.error());
  if (options.evidence) {
    const int recorded = record_look_at(run, *stores, *explained);
    if (recorded != code(ExitStatus::kOk)) return recorded;
  }
  if (stores->masked) mask_finding(*explained);
  if (options.json) {
    print_document(run, *stores, *explained, options.evidence);
  } else {
    print_text(run, *stores, *explained, options.evidence);
  }
  // Told last, where it is not overlooked.
  return explained->damage ? fail_with(run, *explained->damage) : code(ExitStatus::kOk);
}

}  // namespace

void add_finding_show(CLI::App& finding, Selection& selection) {
  CLI::App* verb = add_verb(
      finding, "show", "explains one finding in plain words",
      "Prints what the policy says, its basis and what may be innocent, the figures beside the\n"
      "threshold, which listed parties are hit, the subject's requests over time, how many "
      "records\n"
      "it rests on and the ledger's entries. With --evidence also the records, and by which names\n"
      "parties are hit: who looks at them is an entry of the ledger first. Exit status 4 if the\n"
      "rules refuse it.\n"
      "The policy is the one under which the figures were stated, also where a newer one withdrew\n"
      "the finding.",
      "  tidewaiter finding show 4f8e12ab\n"
      "  tidewaiter finding show 4f8e12ab --evidence --as jo-ng");
  auto options = std::make_shared<ShowOptions>();
  verb->add_option("id", options->id, "The finding's id, or its first digits")
      ->type_name("ID")
      ->required();
  verb->add_flag("--evidence", options->evidence, "Show the records that the finding names");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show(run, *options); };
  });
}

}  // namespace tidewaiter
