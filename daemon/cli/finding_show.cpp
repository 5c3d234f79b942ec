#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/condition_text.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/record_table.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/subject_volume.h"
#include "daemon/cli/verbs.h"
#include "daemon/pipeline/policy_documents.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kChartEntries = 500'000;
constexpr std::size_t kChartSlots = 72;

struct ShowOptions {
  std::string id;
  bool json = false;
};

/// A finding with what could be found to explain it.
struct Explained {
  FindingState finding;
  std::optional<Policy> policy;  ///< as it was when the finding was last stated
  std::vector<LogEntry> evidence;
  std::int64_t evidence_gone = 0;  ///< named, but no longer stored
};

Result<FindingState> find_one(const Ledger& ledger, const std::string& id) {
  FindingQuery query;
  query.id_prefix = id;
  Result<std::vector<FindingState>> found = ledger.findings(query);
  if (!found) return tl::unexpected(found.error());
  if (found->empty()) {
    return fail(ErrorCode::kNotFound, "there is no finding whose id begins with `" + id +
                                          "`: `tidewaiter finding list` shows them");
  }
  if (found->size() > 1) {
    return fail(ErrorCode::kNotFound, "`" + id + "` begins the ids of " +
                                          std::to_string(found->size()) +
                                          " findings: give more digits");
  }
  return std::move(found->front());
}

/// The policy of this hash, from the documents in force that the record log keeps.
std::optional<Policy> policy_in_force(const Stores& stores, const FindingState& finding) {
  if (stores.records == nullptr) return std::nullopt;
  const Result<std::optional<Digest>> active = stores.records->active_policy_set();
  if (!active || !*active) return std::nullopt;
  const Result<std::string> documents = stores.records->policy_documents(**active);
  if (!documents) return std::nullopt;
  Result<PolicySet> set = compile_documents(*documents, **active);
  if (!set) return std::nullopt;
  for (Policy& policy : set->policies) {
    if (policy.id == finding.policy && policy.hash == finding.policy_hash) return std::move(policy);
  }
  return std::nullopt;
}

Explained explain(const Stores& stores, FindingState finding) {
  Explained result;
  result.finding = std::move(finding);
  result.policy = policy_in_force(stores, result.finding);
  for (const std::int64_t seq : result.finding.evidence) {
    if (stores.records == nullptr) break;
    if (Result<LogEntry> entry = stores.records->entry(seq)) {
      result.evidence.push_back(std::move(*entry));
    }
  }
  result.evidence_gone = static_cast<std::int64_t>(result.finding.evidence.size()) -
                         static_cast<std::int64_t>(result.evidence.size());
  return result;
}

void print_policy(Invocation& run, const Explained& e) {
  const FindingState& f = e.finding;
  run.out << "\nPolicy " << f.policy << ", version " << f.policy_version << '\n';
  if (!e.policy) {
    run.out << "  No longer in force as it was then (hash " << to_hex(f.policy_hash).substr(0, 16)
            << "): its words cannot be shown.\n";
    run.out << "\nFigures\n  " << printable(figures_text(f.figures)) << '\n';
    return;
  }
  const std::size_t width = run.terminal.width;
  run.out << "  " << wrapped(printable(e.policy->title), width, 2) << '\n';
  for (const Basis& basis : e.policy->basis) {
    run.out << "  basis: " << wrapped(basis.type + ", " + printable(basis.text), width, 4) << '\n';
  }
  run.out << "  reports when " << wrapped(condition_text(*e.policy), width, 4) << "\n";
  run.out << "\nFigures of the first window\n  "
          << wrapped(printable(condition_text(*e.policy, f.figures)), width, 4) << '\n';
  for (const Figure& figure : f.figures) {
    run.out << "  " << figure.name << " = " << printable(figure_value_text(figure))
            << (figure.exact ? "" : " (a sketch, not exact)") << '\n';
  }
}

void print_volume(Invocation& run, const Stores& stores, const Explained& e) {
  if (!e.policy || stores.records == nullptr || e.finding.subject.empty()) return;
  const Duration around{std::max(e.policy->window.length.us, kDay.us)};
  const Interval span{e.finding.run.from - around, e.finding.run.to + around};
  const Result<SubjectVolume> volume = subject_volume(*stores.records, *e.policy, e.finding.subject,
                                                      span, kChartSlots, kChartEntries);
  if (!volume) return;
  run.out << "\nRequests of the subject\n"
          << render(volume->chart, e.finding.run, "requests", run.terminal);
  if (!volume->complete) {
    run.out << "  (from the first " << grouped(kChartEntries) << " entries of the log alone)\n";
  }
}

void print_evidence(Invocation& run, const Explained& e) {
  run.out << "\nEvidence: " << e.finding.evidence.size() << " of "
          << counted(e.finding.evidence_total, "contributing record") << ", the first by time\n";
  std::vector<FieldId> fields;
  if (e.policy) fields = e.policy->evidence.fields;
  if (!e.evidence.empty()) run.out << record_table(e.evidence, fields).render(run.terminal);
  if (e.evidence_gone > 0) {
    run.out << "  " << counted(e.evidence_gone, "record") << " no longer stored\n";
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

void print_text(Invocation& run, const Stores& stores, const Explained& e) {
  const FindingState& f = e.finding;
  run.out << painted("Potential violation: a person decides", Tone::kStrong, run.terminal) << '\n';
  run.out << "  finding   " << f.id << '\n';
  run.out << "  state     " << state_text(f)
          << (f.reason.empty() ? "" : " (" + printable(f.reason) + ")") << '\n';
  run.out << "  severity  "
          << painted(severity_name(f.severity), severity_tone(f.severity), run.terminal) << '\n';
  run.out << "  subject   " << (f.subject.empty() ? "(erased)" : printable(f.subject)) << '\n';
  run.out << "  time      " << interval_text(f.run) << " UTC, " << counted(f.windows, "window")
          << '\n';
  run.out << "  recorded  " << format_time(f.recorded)
          << (f.historical ? ", from stored history" : "") << '\n';
  print_policy(run, e);
  print_volume(run, stores, e);
  print_evidence(run, e);
  print_ledger(run, stores, f);
}

void print_document(Invocation& run, const Stores& stores, const Explained& e) {
  nlohmann::ordered_json document = finding_json(e.finding);
  document["potential_violation"] = true;
  document["origin"] = stores.ledger->origin();
  document["policy_text"] = nullptr;
  if (e.policy) {
    nlohmann::ordered_json basis = nlohmann::ordered_json::array();
    for (const Basis& b : e.policy->basis) basis.push_back({{"type", b.type}, {"text", b.text}});
    document["policy_text"] = {{"title", e.policy->title},
                               {"basis", basis},
                               {"report_when", condition_text(*e.policy)},
                               {"with_figures", condition_text(*e.policy, e.finding.figures)}};
  }
  nlohmann::ordered_json records = nlohmann::ordered_json::array();
  for (const LogEntry& entry : e.evidence) {
    std::string line;
    if (const auto* record = std::get_if<Record>(&entry.body)) write_record_json(*record, line);
    records.push_back(
        {{"seq", entry.seq}, {"record", nlohmann::ordered_json::parse(line, nullptr, false)}});
  }
  document["evidence_records"] = records;
  document["evidence_gone"] = e.evidence_gone;
  print_json(run, document);
}

int show(Invocation& run, const ShowOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  Result<FindingState> finding = find_one(*stores->ledger, options.id);
  if (!finding) return fail_with(run, finding.error());
  const Explained explained = explain(*stores, std::move(*finding));
  if (options.json) {
    print_document(run, *stores, explained);
  } else {
    print_text(run, *stores, explained);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_finding_show(CLI::App& finding, Selection& selection) {
  CLI::App* verb = add_verb(
      finding, "show", "explains one finding in plain words",
      "Prints what the policy says and its basis, the figures beside the threshold, the subject's\n"
      "requests over time, the evidence records and the ledger's entries.",
      "  tidewaiter finding show 4f8e12ab");
  auto options = std::make_shared<ShowOptions>();
  verb->add_option("id", options->id, "The finding's id, or its first digits")
      ->type_name("ID")
      ->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show(run, *options); };
  });
}

}  // namespace tidewaiter
