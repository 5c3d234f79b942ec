#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/act_file.h"
#include "daemon/app/exhibits.h"
#include "daemon/app/report_folder.h"
#include "daemon/app/state.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "storage/backup/restore.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

struct RestoreOptions {
  std::string folder;
  std::string reason;
  std::string vault;
  std::string vault_key;
  std::string lock;
  bool without_keys = false;
  bool json = false;
};

RestoreSource source_of(const Invocation& run, const RestoreOptions& options,
                        const LedgerPaths& configured) {
  const fs::path& here = run.environment.working_folder;
  RestoreSource source;
  source.folder = here / options.folder;
  if (!options.vault.empty()) source.vault = here / options.vault;
  source.vault_key = options.vault_key.empty() ? configured.vault_key : here / options.vault_key;
  if (!options.lock.empty()) source.lock = here / options.lock;
  return source;
}

/// The folders that the parts of a state lie in.
Result<void> make_folders(const StatePaths& paths) {
  const LedgerPaths& ledger = paths.ledger;
  for (const fs::path& folder : {paths.folder, ledger.lock.parent_path(), ledger.key.parent_path(),
                                 ledger.vault.parent_path()}) {
    if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  }
  return {};
}

void print_text(Invocation& run, const std::string& origin, const Restored& done) {
  const TreeHead& former = done.former.head;
  run.out << printable(origin) << " goes on for " << printable(done.former.origin) << '\n'
          << "  former   " << counted(former.size, "signed entry", "signed entries")
          << ", of which " << grouped(done.kept) << " are in the backup";
  if (done.kept < former.size) run.out << ": " << grouped(former.size - done.kept) << " are lost";
  run.out << '\n' << "  records  ";
  if (done.records) {
    run.out << counted(*done.records, "log entry", "log entries")
            << ", which the next run judges anew\n";
  } else {
    run.out << "none in the backup\n";
  }
  run.out << "  keys     ";
  if (done.keys) {
    run.out << counted(*done.keys, "subject's key", "subjects' keys") << " taken over\n";
  } else {
    run.out << "none: subjects get new ones\n";
  }
  for (const std::string& gap : done.gaps) run.out << "  gap      " << printable(gap) << '\n';
  run.out
      << "  verifier key  " << printable(done.verifier_key) << '\n'
      << "Give the new verifier key to all who verify. Keep the backup: it is the former ledger.\n";
}

void print_document(Invocation& run, const std::string& origin, const Restored& done) {
  nlohmann::ordered_json records = nullptr;
  if (done.records) records = *done.records;
  nlohmann::ordered_json keys = nullptr;
  if (done.keys) keys = *done.keys;
  print_json(run, {{"origin", origin},
                   {"verifier_key", done.verifier_key},
                   {"former",
                    {{"origin", done.former.origin},
                     {"size", done.former.head.size},
                     {"root", to_hex(done.former.head.root)},
                     {"kept", done.kept}}},
                   {"records", records},
                   {"keys", keys},
                   {"gaps", done.gaps}});
}

int restore(Invocation& run, const RestoreOptions& options) {
  if (options.vault.empty() && !options.without_keys) {
    return fail_with(run, ExitStatus::kUsage,
                     "name the folder with the subjects' keys, `--vault FOLDER`, or say that they "
                     "are lost: `--without-keys`; it cannot be made good later");
  }
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const StatePaths paths = state_paths(*config);
  if (auto file = require_file(paths.ledger, "a restore",
                               "restore into a state of its own without `ledger.postgres`; the "
                               "database itself is restored by its owner, to its last moment");
      !file) {
    return fail_with(run, file.error());
  }
  if (auto made = make_folders(paths); !made) return fail_with(run, made.error());
  const Result<StateLock> lock = StateLock::take(paths.process_lock);
  if (!lock) return fail_with(run, lock.error());
  ProgressLine line(run.err, run.terminal);
  const RestoreTarget target{
      paths.ledger,
      paths.records,
      paths.restoring,
      {paths.timestamps, paths.witnessed, paths.creating, acts_folder(paths.folder),
       payloads_folder(paths.folder), reports_folder(paths.folder)},
      config->ledger.origin,
      options.reason};
  const Result<Restored> done =
      restore_backup(source_of(run, options, paths.ledger), target, run.now(),
                     [&line](std::string_view doing) { line.show(doing); });
  line.clear();
  if (!done) return fail_with(run, done.error());
  if (options.json) {
    print_document(run, config->ledger.origin, *done);
  } else {
    print_text(run, config->ledger.origin, *done);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_restore(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "restore", "begins a new ledger where one was lost, from a backup",
      "For a state that is lost with its lock store, or a ledger that must not go on: a head may\n"
      "have been signed after the backup, and nobody may contradict it. So the former ledger "
      "ends.\n"
      "A new one begins under the `ledger.origin` of the configuration, which must be another "
      "name,\n"
      "with a key of its own; its first entry commits to the last known head of the former and "
      "says\n"
      "how much of it is kept, and why. The records go on, and the next run judges them anew.\n"
      "Nothing may be left of the former state: move it away. Prints what of the former ledger is\n"
      "kept, and the new verifier key.",
      "  tidewaiter ledger restore /backup/2026-10-05 --vault /sealed/2026-10-05 \\\n"
      "    --reason 'the volume was lost on 2026-10-07'\n"
      "  tidewaiter ledger restore /backup/2026-10-05 --without-keys --reason 'disk failure' \\\n"
      "    --lock /other-volume/lock.db.old");
  auto options = std::make_shared<RestoreOptions>();
  verb->add_option("folder", options->folder, "A folder that `ledger backup` wrote")
      ->type_name("FOLDER")
      ->required();
  verb->add_option("--reason", options->reason, "Why the former ledger does not go on: public")
      ->type_name("TEXT")
      ->required();
  CLI::Option* vault = verb->add_option("--vault", options->vault,
                                        "The folder with the backup of the subjects' keys")
                           ->type_name("FOLDER");
  verb->add_flag(
          "--without-keys", options->without_keys,
          "They are lost: nothing derives from them any more that the former ledger disclosed")
      ->excludes(vault);
  verb->add_option("--vault-key", options->vault_key,
                   "The key that wraps those, if not the configured one")
      ->type_name("FILE");
  verb->add_option("--lock", options->lock,
                   "The former lock store, if it is left: it says how far was signed")
      ->type_name("FILE");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return restore(run, *options); };
  });
}

}  // namespace tidewaiter
