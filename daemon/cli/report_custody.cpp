#include "daemon/cli/report_custody.h"

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
#include "daemon/cli/act_submission.h"
#include "daemon/cli/report_text.h"
#include "daemon/cli/time_options.h"
#include "storage/files/durable_file.h"
#include "storage/files/file_stream.h"
#include "storage/verify/bag_manifest.h"
#include "storage/verify/bundle_check.h"
#include "storage/verify/custody.h"

namespace tidewaiter {
namespace {

struct CustodyOptions {
  ActOptions act;
  std::string id;
  std::string folder;
  std::string archive;
  std::string to;
  std::string channel;
  std::string time;
  std::string note;
  std::int64_t entry = -1;  ///< of what was handed over; -1: the only one that nobody has confirmed
};

/// Whether what is handed over is whole: the ledger says for good that it is what went out.
/// Errors: kRefused, with the first fault.
Result<void> check_folder(const std::filesystem::path& folder, const std::string& verifier_key) {
  const BundleReport verdict = verify_bundle(folder, verifier_key);
  if (verdict.ok()) return {};
  const std::string fault = verdict.faults.empty()
                                ? std::string("its log does not hold")
                                : verdict.faults.front().file + " " + verdict.faults.front().why;
  return fail(ErrorCode::kRefused,
              "`" + folder.string() + "` is not what was issued: " + fault +
                  ". `tidewaiter-verify " + folder.string() +
                  "` tells all; `tidewaiter report issue --to FOLDER` writes it out again");
}

/// The digest of a folder: of the manifest that lists all others, if the report is this one.
/// Errors: kRefused for the folder of another report, and one that is not as it was issued;
/// kNotFound, kUnavailable.
Result<Digest> digest_of_folder(const std::filesystem::path& folder, const ReportFile& report,
                                const std::string& verifier_key) {
  const Result<std::string> manifest = read_whole_file(folder / kManifestFile, kMaxManifestBytes);
  if (!manifest) return tl::unexpected(manifest.error());
  if (sha256(*manifest) != report.drafted().manifest) {
    return fail(ErrorCode::kRefused, "`" + folder.string() + "` is not the folder of `" +
                                         report.id + "`: its manifest is another one");
  }
  // Of one that was not issued the rules refuse the act.
  if (report.issued) {
    if (auto whole = check_folder(folder, verifier_key); !whole) {
      return tl::unexpected(whole.error());
    }
  }
  const Result<std::string> tags = read_whole_file(folder / kTagManifestFile, kMaxManifestBytes);
  if (!tags) return tl::unexpected(tags.error());
  return sha256(*tags);
}

Result<UtcTime> time_or_now(Invocation& run, const std::string& text) {
  return text.empty() ? Result<UtcTime>(run.now()) : instant_of("--at", text);
}

Result<ReportHandedOver> hand_over_meant(Invocation& run, const CustodyOptions& options,
                                         const FoundReport& found) {
  const ReportFile& report = found.report;
  ReportHandedOver handed;
  // Of one that was not issued the rules refuse it, and the ledger has the attempt.
  handed.issued = report.issued ? report.issued->index : 0;
  handed.channel = options.channel;
  const Result<UtcTime> time = time_or_now(run, options.time);
  if (!time) return tl::unexpected(time.error());
  handed.handed = *time;
  if (options.folder.empty() == options.archive.empty()) {
    return fail(ErrorCode::kNotFound, "say what was handed over: --folder, or --archive");
  }
  if (!options.folder.empty()) {
    const Result<Digest> digest = digest_of_folder(run.environment.working_folder / options.folder,
                                                   report, found.stores->ledger->verifier_key());
    if (!digest) return tl::unexpected(digest.error());
    handed.sha256 = *digest;
    return handed;
  }
  const Result<FileMeasure> file =
      measure_file(run.environment.working_folder / options.archive, kMostExhibitBytes);
  if (!file) return tl::unexpected(file.error());
  handed.form = HandedForm::kArchive;
  handed.sha256 = file->sha256;
  return handed;
}

int hand_over(Invocation& run, const CustodyOptions& options) {
  int status = 0;
  const auto found = find_report(run, options.id, status);
  if (!found) return status;
  Result<ReportHandedOver> handed = hand_over_meant(run, options, *found);
  if (!handed) return fail_with(run, handed.error());
  Act act;
  act.case_id = found->report.id;
  act.body = std::move(*handed);
  Confidential words{{"to", options.to}};
  if (!options.note.empty()) words["note"] = options.note;
  const int done = hand_in(run, *found->stores, options.act, std::move(act), words, true);
  return done == code(ExitStatus::kOk) ? tell_report(run, found->report.id, options.act.json)
                                       : done;
}

/// Which hand-over was confirmed. Without any the rules refuse it, and the ledger has the attempt.
Result<std::int64_t> handed_over_meant(const ReportFile& report, const CustodyOptions& options) {
  if (options.entry >= 0) return options.entry;
  std::vector<std::int64_t> open;
  for (const HandOver& one : report.hand_overs) {
    if (!one.received) open.push_back(one.given.index);
  }
  if (open.size() == 1) return open.front();
  if (open.empty()) return 0;
  return fail(ErrorCode::kNotFound, "--entry: `" + report.id + "` was handed over " +
                                        std::to_string(open.size()) +
                                        " times, and nobody has confirmed these: name the one "
                                        "that is meant, as `tidewaiter report show` has it");
}

int receive(Invocation& run, const CustodyOptions& options) {
  int status = 0;
  const auto found = find_report(run, options.id, status);
  if (!found) return status;
  const Result<std::int64_t> handed = handed_over_meant(found->report, options);
  if (!handed) return fail_with(run, handed.error());
  const Result<UtcTime> time = time_or_now(run, options.time);
  if (!time) return fail_with(run, time.error());
  Act act;
  act.case_id = found->report.id;
  act.body = ReportReceived{*handed, *time};
  Confidential words;
  if (!options.note.empty()) words["note"] = options.note;
  const int done = hand_in(run, *found->stores, options.act, std::move(act), words, true);
  return done == code(ExitStatus::kOk) ? tell_report(run, found->report.id, options.act.json)
                                       : done;
}

void add_hand_over(CLI::App& report, Selection& selection) {
  CLI::App* verb = add_verb(
      report, "hand-over", "records to whom an issued report went",
      "Prints where the report stands. It records what left the house: the SHA-256 of the\n"
      "folder's tagmanifest-sha256.txt, which fixes every byte of it, or of the archive that it\n"
      "was packed into; when, by which way, and to whom. All but to whom and the note is open. "
      "Exit\n"
      "status 4 if the rules refuse it.",
      "  tidewaiter report hand-over r-4f8e12ab --folder referral-17 --to \"Agency, unit 4\" \\\n"
      "      --channel courier --as li-wei\n"
      "  tidewaiter report hand-over r-4f8e12ab --archive referral-17.zip --to \"Agency, unit 4\" "
      "\\\n"
      "      --channel portal --at 2026-10-08T09:30Z --as li-wei");
  auto options = std::make_shared<CustodyOptions>();
  add_report_argument(*verb, options->id);
  verb->add_option("--folder", options->folder, "The folder that was handed over")
      ->type_name("FOLDER");
  verb->add_option("--archive", options->archive, "The file that the folder was packed into")
      ->type_name("FILE");
  verb->add_option("--to", options->to, "To whom; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--channel", options->channel, "By which way, as in courier; open: name nobody")
      ->type_name("WORDS")
      ->required();
  verb->add_option("--at", options->time, "When (now)")->type_name("TIME");
  verb->add_option("--note", options->note, "What else there is to say; no outsider reads it")
      ->type_name("TEXT");
  add_act_options(*verb, options->act, false);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return hand_over(run, *options); };
  });
}

void add_received(CLI::App& report, Selection& selection) {
  CLI::App* verb =
      add_verb(report, "received", "records that a report has reached whom it was handed over to",
               "Prints where the report stands. Whoever was given it has confirmed that, at this\n"
               "time; how, the note says. Exit status 4 if the rules refuse it.",
               "  tidewaiter report received r-4f8e12ab --at 2026-10-08T14:00Z --as li-wei \\\n"
               "      --note \"Signed for by the registry\"");
  auto options = std::make_shared<CustodyOptions>();
  add_report_argument(*verb, options->id);
  add_number(*verb, "--entry", options->entry, 0,
             "The entry of the hand-over, where several are not confirmed");
  verb->add_option("--at", options->time, "When it was received (now)")->type_name("TIME");
  verb->add_option("--note", options->note, "How that is known; no outsider reads it")
      ->type_name("TEXT");
  add_act_options(*verb, options->act, false);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return receive(run, *options); };
  });
}

/// What an act says under a name, as far as that is here. What is not needs no error: the entry
/// stands.
std::string words_at_hand(const Stores& stores, const RecordedAct& act, const char* name) {
  const auto words = confidential_of(stores.paths.folder, act.act.act);
  if (!words || !*words || !(*words)->contains(name)) return {};
  return (*words)->at(name);
}

}  // namespace

void add_report_custody(CLI::App& report, Selection& selection) {
  add_hand_over(report, selection);
  add_received(report, selection);
}

Result<void> write_custody(const Stores& stores, const ReportFile& report,
                           const std::filesystem::path& folder) {
  auto acts = recorded_acts(*stores.ledger);
  if (!acts) return tl::unexpected(acts.error());
  std::erase_if(*acts, [](const RecordedAct& act) { return !is_about_report(act.act.act); });
  const std::optional<Custody> custody =
      report.issued ? custody_of(*acts, report.issued->index) : std::nullopt;
  if (!custody) return fail(ErrorCode::kRefused, "`" + report.id + "` is not issued");
  constexpr mode_t kFileMode = 0600;
  if (auto made = create_file(folder / kCustodyFile, kFileMode, custody_json(*custody)); !made) {
    return made;
  }
  return create_file(folder / kCustodyPageFile, kFileMode, custody_page(*custody));
}

void print_hand_overs(Invocation& run, const Stores& stores, const ReportFile& report) {
  for (const HandOver& one : report.hand_overs) {
    const ReportHandedOver& handed = one.handed();
    const std::string to = words_at_hand(stores, one.given, "to");
    run.out << "  given     to " << (to.empty() ? "(its words are not here)" : printable(to))
            << ", by " << printable(handed.channel) << ", " << format_time(handed.handed)
            << ", entry " << one.given.index << '\n'
            << "            " << handed_form_name(handed.form) << ", SHA-256 "
            << to_hex(handed.sha256) << '\n';
    if (!one.received) continue;
    const auto& received = std::get<ReportReceived>(one.received->act.act.body);
    run.out << "  received  " << format_time(received.received) << ", said by "
            << printable(one.received->act.act.by) << ", entry " << one.received->index << '\n';
  }
}

nlohmann::ordered_json hand_overs_json(const ReportFile& report) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const HandOver& one : report.hand_overs) {
    const ReportHandedOver& handed = one.handed();
    nlohmann::ordered_json received = nullptr;
    if (one.received) {
      received = {
          {"entry", one.received->index},
          {"by", one.received->act.act.by},
          {"received", format_time(std::get<ReportReceived>(one.received->act.act.body).received)}};
    }
    list.push_back({{"entry", one.given.index},
                    {"by", one.given.act.act.by},
                    {"handed", format_time(handed.handed)},
                    {"channel", handed.channel},
                    {"form", handed_form_name(handed.form)},
                    {"sha256", to_hex(handed.sha256)},
                    {"received", received}});
  }
  return list;
}

}  // namespace tidewaiter
