#include <memory>
#include <optional>
#include <ostream>
#include <string>
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
#include "storage/files/durable_file.h"
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
    const bool plain = (sign >= '0' && sign <= '9') || (sign >= 'a' && sign <= 'z') ||
                       (sign >= 'A' && sign <= 'Z') || sign == '.' || sign == '-' || sign == '_';
    file += plain ? sign : '_';
  }
  return file;
}

/// The exhibits that are kept and leave the house: counsel's do not, nor what is erased.
std::vector<const ExportedAct*> exhibits_among(const std::vector<ExportedAct>& acts) {
  std::vector<const ExportedAct*> all;
  for (const ExportedAct& one : acts) {
    if (one.words && payload_of(one.act.act.act)) all.push_back(&one);
  }
  return all;
}

/// Says how many were written.
Result<std::int64_t> write_exhibits(const Stores& stores, const std::filesystem::path& folder,
                                    const std::vector<ExportedAct>& acts) {
  const auto all = exhibits_among(acts);
  if (all.empty()) return 0;
  const PayloadFolder exhibits = exhibits_of(stores.paths.folder, stores.paths.ledger);
  if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  for (const ExportedAct* const one : all) {
    std::optional<Digest> content;
    if (const auto digest = digest_from_hex(words_of(*one, "sha256"))) content = *digest;
    const auto taken =
        exhibits.take_out(*payload_of(one->act.act.act), content,
                          folder / exhibit_file(one->act.index, words_of(*one, "name")));
    if (!taken) return tl::unexpected(taken.error());
  }
  return static_cast<std::int64_t>(all.size());
}

/// What the entry about an export says of it; empty without exhibits.
std::string exported_exhibits(const CaseExportOptions& options,
                              const std::vector<ExportedAct>& acts) {
  std::string text;
  if (!options.exhibits) return text;
  for (const ExportedAct* const one : exhibits_among(acts)) {
    text += (text.empty() ? "the case, and exhibits of entries " : ", ") +
            std::to_string(one->act.index);
  }
  return text;
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
  const int recorded = record_look(
      run, *stores, options.act,
      {(*found)->id, (*found)->standing_findings(), 0, exported_exhibits(options, *acts)});
  if (recorded != code(ExitStatus::kOk)) return recorded;
  if (auto written = write_export(folder, **found, {*book, *reports}, *acts, run.now()); !written) {
    return fail_with(run, written.error());
  }
  Result<std::int64_t> exhibits = 0;
  if (options.exhibits) exhibits = write_exhibits(*stores, folder / "exhibits", *acts);
  if (!exhibits) return fail_with(run, exhibits.error());
  const auto act_count = static_cast<std::int64_t>(acts->size());
  const auto finding_count = static_cast<std::int64_t>((*found)->findings.size());
  if (options.act.json) {
    print_json(run, {{"case", (*found)->id},
                     {"folder", options.to},
                     {"acts", act_count},
                     {"findings", finding_count},
                     {"exhibits", *exhibits}});
  } else {
    run.out << "Case " << (*found)->id << ": " << counted(act_count, "act", "acts") << " and "
            << counted(finding_count, "finding", "findings") << " in " << printable(options.to)
            << '\n';
    if (*exhibits > 0) run.out << counted(*exhibits, "exhibit") << " in its folder `exhibits`\n";
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_case_export(CLI::App& verb, Selection& selection) {
  CLI::App* exported = add_verb(
      verb, "export", "writes a case's acts, comments and evidence references to a folder",
      "Prints what was written: case.json, acts.csv and findings.csv, of which no cell is a\n"
      "formula. Evidence is named by its places in the record log; no record is copied. With\n"
      "--exhibits also the exhibits that are kept, into its folder `exhibits`, verified. Words "
      "and\n"
      "exhibits that counsel has marked as privileged are left out. Who exports is an entry of the "
      "ledger\n"
      "first, as who looks at evidence is. Exit status 4 if the rules refuse it.",
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
