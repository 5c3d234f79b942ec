#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/exhibits.h"
#include "daemon/app/state.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "policies/model/digest.h"
#include "storage/fsck/state_check.h"
#include "storage/ledger/ledger_in_file.h"

namespace tidewaiter {
namespace {

/// `lead` and the text after it, broken to the terminal's width below its first word.
void print_item(Invocation& run, const std::string& lead, std::string_view text) {
  run.out << lead << wrapped(printable(text), run.terminal.width, 6, lead.size()) << '\n';
}

void print_text(Invocation& run, const StateReport& report) {
  const VerifyReport& ledger = report.ledger;
  run.out << (report.ok() ? "The state holds.\n" : "The state does NOT hold.\n")
          << "  ledger:  " << counted(ledger.head.size, "entry", "entries") << ", of which signed "
          << grouped(ledger.signed_size) << '\n'
          << "  vault:   " << counted(report.keys, "key") << " for "
          << counted(report.subjects, "disclosed subject") << '\n'
          << "  records: ";
  if (report.records) {
    run.out << counted(*report.records, "entry", "entries") << ", of which judged "
            << grouped(report.judged) << '\n';
  } else {
    run.out << (report.records_there ? "not readable\n" : "none\n");
  }
  if (report.exhibits + report.exhibits_erased > 0) {
    run.out << "  exhibits: " << grouped(report.exhibits) << " kept, "
            << grouped(report.exhibits_erased) << " erased\n";
  }
  const std::string* last = nullptr;
  for (const StateProblem& problem : report.problems) {
    // Problems of one kind follow one another, and have one remedy.
    if (last != nullptr && *last != problem.remedy) print_item(run, "    do: ", *last);
    print_item(run,
               "  problem (" + std::string(state_part_name(problem.part)) + "): ", problem.message);
    last = &problem.remedy;
  }
  if (last != nullptr) print_item(run, "    do: ", *last);
  for (const std::string& note : report.notes) print_item(run, "  note: ", note);
}

void print_document(Invocation& run, const StateReport& report) {
  const VerifyReport& ledger = report.ledger;
  nlohmann::ordered_json problems = nlohmann::ordered_json::array();
  for (const StateProblem& problem : report.problems) {
    problems.push_back({{"part", state_part_name(problem.part)},
                        {"message", problem.message},
                        {"remedy", problem.remedy}});
  }
  nlohmann::ordered_json records = nullptr;
  if (report.records) records = {{"entries", *report.records}, {"judged", report.judged}};
  nlohmann::ordered_json root = nullptr;
  if (ledger.head.size > 0) root = to_hex(ledger.head.root);
  print_json(run, {{"verdict", report.ok() ? "holds" : "fails"},
                   {"ledger",
                    {{"origin", ledger.origin},
                     {"size", ledger.head.size},
                     {"root", root},
                     {"signed_size", ledger.signed_size}}},
                   {"vault", {{"keys", report.keys}, {"subjects", report.subjects}}},
                   {"records", records},
                   {"exhibits", {{"kept", report.exhibits}, {"erased", report.exhibits_erased}}},
                   {"problems", problems},
                   {"notes", report.notes}});
}

int fsck(Invocation& run, bool json) {
  int status = 0;
  const std::optional<Config> config = config_with_ledger(run, status);
  if (!config) return status;
  const StatePaths paths = state_paths(*config);
  // Parts that a daemon writes one after the other do not fit each other at every moment.
  const Result<StateLock> lock = StateLock::take(paths.process_lock);
  if (!lock) return fail_with(run, lock.error());
  const Result<LedgerInFile> file = LedgerInFile::of(paths.ledger);
  if (!file) return fail_with(run, file.error());
  ProgressLine line(run.err, run.terminal);
  const StateReport report = check_state(
      {paths.folder, file->paths(), paths.records, paths.creating, payloads_folder(paths.folder)},
      [&line](StatePart part, std::int64_t done) {
        line.show("fsck  " + std::string(state_part_name(part)) +
                  (done > 0 ? "  " + counted(done, "entry", "entries") : std::string()));
      });
  line.clear();
  if (json) {
    print_document(run, report);
  } else {
    print_text(run, report);
  }
  return state_exit_code(report);
}

}  // namespace

void add_ledger_fsck(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "fsck", "checks everything in the state folder that the ledger rests on",
      "Does what `ledger verify` does, and looks at what a verifier does not have: whether the\n"
      "signing key is the ledger's, whether the vault derives the salts of what was disclosed,\n"
      "whether the record log is the one that was judged, and what a crash has left lying there.\n"
      "Prints each thing that does not hold, and what to do about it. The daemon must be stopped.\n"
      "The exit status is 0, that of `ledger verify` where the ledger fails, else 30 for the key,\n"
      "31 for the vault, 32 for the records, 33 for the folder, 34 for exhibits that are kept. "
      "Who\n"
      "signed is not asked: that is `ledger verify --key`.",
      "  tidewaiter ledger fsck\n"
      "  tidewaiter ledger fsck --json | jq -r '.problems[] | .part, .remedy'");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return fsck(run, *json); };
  });
}

}  // namespace tidewaiter
