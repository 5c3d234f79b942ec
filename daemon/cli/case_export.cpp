#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/exhibits.h"
#include "daemon/app/state.h"
#include "daemon/cli/act_submission.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/evidence_view.h"
#include "daemon/cli/exhibit_files.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/verbs.h"
#include "daemon/report/csv_text.h"
#include "policies/model/ascii.h"
#include "storage/files/durable_file.h"
#include "storage/review/case_statements.h"
#include "storage/review/report_changes.h"

namespace tidewaiter {
namespace {

constexpr mode_t kExportMode = 0600;

struct CaseExportOptions {
  ActOptions act;
  std::string to;
  bool exhibits = false;
};

/// An act, and its words as far as they leave the house.
struct ExportedAct {
  RecordedAct act;
  std::optional<Confidential> words;
  std::string missing;  ///< why words are not there; empty: they are, or there were none
};

Result<std::vector<ExportedAct>> exported_acts(const Stores& stores, const Case& c) {
  std::vector<ExportedAct> all;
  all.reserve(c.acts.size());
  for (const RecordedAct& act : c.acts) {
    ExportedAct one{act, std::nullopt, {}};
    if (is_privileged(act.act.act)) {
      one.missing = "privileged";
    } else if (act.act.act.confidential) {
      auto words = confidential_of(stores.paths.folder, act.act.act);
      if (!words) return tl::unexpected(words.error());
      one.words = std::move(*words);
      if (!one.words) one.missing = "erased, or not here";
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string joined_numbers(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (const std::int64_t number : numbers) {
    text += (text.empty() ? "" : " ") + std::to_string(number);
  }
  return text;
}

/// A part of an act's words; empty where there is none.
std::string words_of(const ExportedAct& one, const std::string& name) {
  if (!one.words) return {};
  const auto found = one.words->find(name);
  return found == one.words->end() ? std::string() : found->second;
}

/// Those that have no column of their own, each with its name.
std::string other_words(const ExportedAct& one) {
  std::string text;
  if (!one.words) return text;
  for (const auto& [name, said] : *one.words) {
    if (name == "reason" || name == "text") continue;
    if (!text.empty()) text += "; ";
    text.append(name).append(": ").append(said);
  }
  return text;
}

std::string acts_table(const std::vector<ExportedAct>& acts) {
  std::string text = csv_row({"entry", "recorded", "at", "by", "type", "what", "reason", "text",
                              "other_words", "missing"});
  for (const ExportedAct& one : acts) {
    const Act& act = one.act.act.act;
    text +=
        csv_row({std::to_string(one.act.index), format_time(one.act.recorded), format_time(act.at),
                 act.by, std::string(act_type(act)), act_words(act), words_of(one, "reason"),
                 words_of(one, "text"), other_words(one), one.missing});
  }
  return text;
}

/// Evidence by its places in the record log, which who may look at it finds there.
std::string findings_with_evidence(const Case& c) {
  std::string text = csv_row({"finding", "policy", "version", "severity", "standing", "from", "to",
                              "entries", "evidence", "evidence_total"});
  for (const FindingState& finding : c.findings) {
    text += csv_row({finding.id, finding.policy, std::to_string(finding.policy_version),
                     std::string(severity_name(finding.severity)), finding_standing(c, finding),
                     format_time(finding.run.from), format_time(finding.run.to),
                     joined_numbers(finding.entries), joined_numbers(finding.evidence),
                     std::to_string(finding.evidence_total)});
  }
  return text;
}

std::string exported_json(const Case& c, const CaseClocks& clocks,
                          const std::vector<ExportedAct>& acts, UtcTime now) {
  nlohmann::ordered_json json = case_json(c, clocks, now);
  json["all_findings"] = nlohmann::ordered_json::array();
  for (const FindingState& finding : c.findings) {
    json["all_findings"].push_back(finding_json(finding));
  }
  json["acts"] = nlohmann::ordered_json::array();
  for (const ExportedAct& one : acts) {
    nlohmann::ordered_json act = act_json(one.act);
    act["confidential"] = nullptr;
    if (one.words) act["confidential"] = *one.words;
    act["missing"] = nullptr;
    if (!one.missing.empty()) act["missing"] = one.missing;
    json["acts"].push_back(std::move(act));
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<void> write_export(const std::filesystem::path& folder, const Case& c,
                          const CaseClocks& clocks, const std::vector<ExportedAct>& acts,
                          UtcTime now) {
  if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  for (const auto& [name, text] : {std::pair("acts.csv", acts_table(acts)),
                                   std::pair("findings.csv", findings_with_evidence(c)),
                                   std::pair("case.json", exported_json(c, clocks, acts, now))}) {
    if (auto made = create_file(folder / name, kExportMode, text); !made) return made;
  }
  return {};
}

/// "17-invoice.pdf": what of a name can stand in any file system behind the entry's number.
std::string exhibit_file(std::int64_t entry, const std::string& name) {
  constexpr std::size_t kMostName = 80;
  std::string file = std::to_string(entry) + "-";
  for (const char sign : name.substr(0, kMostName)) {
    const bool plain = begins_name(sign) || is_digit(sign) || sign == '.' || sign == '-';
    file += plain ? sign : '_';
  }
  return file;
}

/// An exhibit that leaves the house.
struct LeavingExhibit {
  std::int64_t entry = 0;
  StoredPayload stored;
  std::optional<Digest> content;  ///< that was signed; nothing where the words are gone
  std::string file;
};

struct ExportedExhibits {
  std::vector<LeavingExhibit> leaving;
  std::vector<std::pair<std::int64_t, std::string>> left_out;  ///< by its entry, why
};

/// Why one does not leave; empty: its bytes are what its entry says. Errors: kUnavailable.
Result<std::string> why_left_out(const PayloadFolder& exhibits, const Act& act) {
  if (is_privileged(act)) return std::string("privileged");
  const std::optional<StoredPayload> stored = payload_of(act);
  if (!stored) return std::string(whereabouts_name(Whereabouts::kElsewhere));
  const Result<Whereabouts> where = whereabouts(exhibits, *stored, exhibits.check(*stored));
  if (!where) return tl::unexpected(where.error());
  return std::string(*where == Whereabouts::kKept ? "" : whereabouts_name(*where));
}

Result<LeavingExhibit> leaving_exhibit(const ExportedAct& one, const StoredPayload& stored) {
  const std::string name = words_of(one, "name");
  const std::string file = exhibit_file(one.act.index, name.empty() ? "exhibit" : name);
  LeavingExhibit exhibit{one.act.index, stored, std::nullopt, file};
  if (!one.words) return exhibit;
  const Result<Digest> digest = digest_from_hex(words_of(one, "sha256"));
  if (!digest) {
    return fail(ErrorCode::kCorruption,
                "the words of entry " + std::to_string(one.act.index) +
                    " have no digest of the exhibit: " + digest.error().message);
  }
  exhibit.content = *digest;
  return exhibit;
}

/// What leaves, each looked at to its last byte, and what does not: counsel's, what was never
/// copied, and what is not there as it was.
Result<ExportedExhibits> look_at_exhibits(const Stores& stores,
                                          const std::vector<ExportedAct>& acts) {
  const PayloadFolder folder = exhibits_of(stores.paths.folder, stores.paths.ledger);
  ExportedExhibits all;
  for (const ExportedAct& one : acts) {
    const Act& act = one.act.act.act;
    if (!std::holds_alternative<Exhibit>(act.body)) continue;
    Result<std::string> why = why_left_out(folder, act);
    if (!why) return tl::unexpected(why.error());
    if (!why->empty()) {
      all.left_out.emplace_back(one.act.index, std::move(*why));
      continue;
    }
    auto leaving = leaving_exhibit(one, *payload_of(act));
    if (!leaving) return tl::unexpected(leaving.error());
    all.leaving.push_back(std::move(*leaving));
  }
  return all;
}

Result<void> write_exhibits(const Stores& stores, const std::filesystem::path& folder,
                            const std::vector<LeavingExhibit>& all) {
  if (all.empty()) return {};
  const PayloadFolder exhibits = exhibits_of(stores.paths.folder, stores.paths.ledger);
  if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  for (const LeavingExhibit& one : all) {
    const auto taken = exhibits.take_out(one.stored, one.content, folder / one.file);
    if (!taken) return tl::unexpected(taken.error());
  }
  return {};
}

/// What the entry about an export says of it; empty without exhibits.
std::string exported_exhibits(const std::vector<LeavingExhibit>& all) {
  std::string text;
  for (const LeavingExhibit& one : all) {
    text +=
        (text.empty() ? "the case, and exhibits of entries " : ", ") + std::to_string(one.entry);
  }
  return text;
}

void tell_export(Invocation& run, const CaseExportOptions& options, const Case& c,
                 std::int64_t acts, const ExportedExhibits& exhibits) {
  const auto findings = static_cast<std::int64_t>(c.findings.size());
  const auto taken = static_cast<std::int64_t>(exhibits.leaving.size());
  if (options.act.json) {
    nlohmann::ordered_json left_out = nlohmann::ordered_json::array();
    for (const auto& [entry, why] : exhibits.left_out) {
      left_out.push_back({{"entry", entry}, {"why", why}});
    }
    print_json(run, {{"case", c.id},
                     {"folder", options.to},
                     {"acts", acts},
                     {"findings", findings},
                     {"exhibits", taken},
                     {"left_out", left_out}});
    return;
  }
  run.out << "Case " << c.id << ": " << counted(acts, "act", "acts") << " and "
          << counted(findings, "finding", "findings") << " in " << printable(options.to) << '\n';
  if (taken > 0) run.out << counted(taken, "exhibit") << " in its folder `exhibits`\n";
  for (const auto& [entry, why] : exhibits.left_out) {
    run.out << "left out: the exhibit of entry " << entry << ", " << why << '\n';
  }
}

int export_case(Invocation& run, const CaseExportOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<ReportBook> reports = ReportBook::read(*stores->ledger);
  if (!reports) return fail_with(run, reports.error());
  const Result<const Case*> found = book->lookup(options.act.case_id);
  if (!found) return fail_with(run, found.error());
  const std::filesystem::path folder = run.environment.working_folder / options.to;
  if (auto may = may_be_made(*stores, folder); !may) return fail_with(run, may.error());
  const Result<bool> there = is_there(folder);
  if (!there) return fail_with(run, there.error());
  if (*there) {
    return fail_with(run, ExitStatus::kRefused,
                     "`" + options.to + "` is there already: name another");
  }
  // Who takes a case out of the house is in the ledger before it is out.
  const auto acts = exported_acts(*stores, **found);
  if (!acts) return fail_with(run, acts.error());
  Result<ExportedExhibits> exhibits = ExportedExhibits{};
  if (options.exhibits) exhibits = look_at_exhibits(*stores, *acts);
  if (!exhibits) return fail_with(run, exhibits.error());
  const int recorded = record_look(
      run, *stores, options.act,
      {(*found)->id, (*found)->standing_findings(), 0, exported_exhibits(exhibits->leaving)});
  if (recorded != code(ExitStatus::kOk)) return recorded;
  if (auto written = write_export(folder, **found, {*book, *reports}, *acts, run.now()); !written) {
    return fail_with(run, written.error());
  }
  if (auto written = write_exhibits(*stores, folder / "exhibits", exhibits->leaving); !written) {
    return fail_with(run, written.error());
  }
  tell_export(run, options, **found, static_cast<std::int64_t>(acts->size()), *exhibits);
  return code(ExitStatus::kOk);
}

}  // namespace

void add_case_export(CLI::App& verb, Selection& selection) {
  CLI::App* exported = add_verb(
      verb, "export", "writes a case's acts, comments and evidence references to a folder",
      "Prints what was written: case.json, acts.csv and findings.csv, of which no cell is a\n"
      "formula. Evidence is named by its places in the record log; no record is copied. With\n"
      "--exhibits also the exhibits that are kept, into its folder `exhibits`, verified. Words\n"
      "and exhibits that counsel has marked as privileged are left out, and what else of exhibits\n"
      "is not there as it was; each that is left out is told, and why. Who exports is an entry of\n"
      "the ledger first, as who looks at evidence is. Exit status 4 if the rules refuse it.",
      "  tidewaiter case export c-4f8e12ab --to case-17 --as jo-ng\n"
      "  tidewaiter case export c-4f8e12ab --to case-17 --exhibits --as jo-ng");
  auto options = std::make_shared<CaseExportOptions>();
  add_act_options(*exported, options->act);
  exported->add_option("--to", options->to, "The folder to make")->type_name("FOLDER")->required();
  exported->add_flag("--exhibits", options->exhibits, "The exhibits that are kept, too, decrypted");
  exported->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return export_case(run, *options); };
  });
}

}  // namespace tidewaiter
