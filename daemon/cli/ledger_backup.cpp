#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/exhibits.h"
#include "daemon/app/report_folder.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "storage/backup/backup.h"
#include "storage/ledger/root_text.h"

namespace tidewaiter {
namespace {

struct BackupOptions {
  std::string folder;
  std::string vault;
  bool json = false;
};

void print_text(Invocation& run, const BackupOptions& options, const Backup& done) {
  run.out << counted(done.head.size, "entry", "entries") << " of "
          << printable(done.checkpoint.origin) << " are in " << printable(options.folder) << '\n'
          << "  signed   " << grouped(done.checkpoint.head.size) << '\n'
          << "  its root " << root_text(done.checkpoint.head.root) << '\n'
          << "  records  ";
  if (done.records) {
    run.out << counted(*done.records, "log entry", "log entries") << '\n';
  } else {
    run.out << "none yet\n";
  }
  if (options.vault.empty()) {
    run.out << "  vault    not copied: name a folder in other hands with --vault\n";
  } else {
    run.out << "  vault    in " << printable(options.vault) << ": seal it\n";
  }
  for (const std::string& gap : done.gaps) run.out << "  gap      " << printable(gap) << '\n';
}

void print_document(Invocation& run, const BackupOptions& options, const Backup& done) {
  nlohmann::ordered_json records = nullptr;
  if (done.records) records = *done.records;
  nlohmann::ordered_json vault = nullptr;
  if (!options.vault.empty()) vault = options.vault;
  print_json(run,
             {{"origin", done.checkpoint.origin},
              {"size", done.head.size},
              {"root", to_hex(done.head.root)},
              {"signed",
               {{"size", done.checkpoint.head.size}, {"root", to_hex(done.checkpoint.head.root)}}},
              {"records", records},
              {"folder", options.folder},
              {"vault", vault},
              {"gaps", done.gaps}});
}

int back_up(Invocation& run, const BackupOptions& options) {
  int status = 0;
  const std::optional<Config> config = config_with_ledger(run, status);
  if (!config) return status;
  const StatePaths paths = state_paths(*config);
  BackupTarget target{run.environment.working_folder / options.folder, std::nullopt};
  if (!options.vault.empty()) target.vault = run.environment.working_folder / options.vault;
  ProgressLine line(run.err, run.terminal);
  const Result<Backup> done = write_backup(
      {paths.ledger, paths.records, paths.timestamps, paths.witnessed, acts_folder(paths.folder),
       payloads_folder(paths.folder), reports_folder(paths.folder)},
      target, [&line](std::string_view doing) { line.show(doing); });
  line.clear();
  if (!done) return fail_with(run, done.error());
  if (options.json) {
    print_document(run, options, *done);
  } else {
    print_text(run, options, *done);
  }
  return code(done->gaps.empty() ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_ledger_backup(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "backup", "copies ledger and records while the daemon runs, and verifies the copy",
      "Writes ledger.db, records.db, the signed head and the verifier key into FOLDER, which is\n"
      "new or empty, and, when the copy was verified, SHA256SUMS. The keys of subjects go into a\n"
      "folder of their own, for other hands, or are not copied: who has both can undo an erasure.\n"
      "Signing key and lock store are never copied. Prints what is in the copy. An\n"
      "exhibit or an issued report that is lost or changed where it lies is named as a gap, with\n"
      "exit status 1; the backup is whole but for it.",
      "  tidewaiter ledger backup /backup/2026-10-05 --vault /sealed/2026-10-05\n"
      "  tidewaiter-verify /backup/2026-10-05 --key ~/ledger.vkey");
  auto options = std::make_shared<BackupOptions>();
  verb->add_option("folder", options->folder, "Where to; made if it is not there")
      ->type_name("FOLDER")
      ->required();
  verb->add_option("--vault", options->vault, "Where the keys of subjects go, a folder of its own")
      ->type_name("FOLDER");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return back_up(run, *options); };
  });
}

}  // namespace tidewaiter
