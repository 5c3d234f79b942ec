#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/progress_line.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/witnessed.h"
#include "storage/ledger/log_export.h"
#include "storage/ledger/root_text.h"
#include "storage/timestamp/timestamp_folder.h"

namespace tidewaiter {
namespace {

struct ExportOptions {
  std::string folder;
  bool json = false;
};

void print_text(Invocation& run, const Ledger& ledger, const ExportOptions& options,
                const LogExport& done) {
  const TreeHead& head = done.checkpoint.head;
  run.out << counted(head.size, "entry", "entries") << " of " << printable(ledger.origin())
          << " are in " << printable(options.folder) << '\n'
          << "  root   " << root_text(head.root) << '\n'
          << "  files  " << grouped(done.written) << " written, " << grouped(done.unchanged)
          << " there already\n"
          << "Whoever has the verifier key checks it with\n"
          << "  tidewaiter-verify " << printable(options.folder) << " --key ledger.vkey\n";
  const Result<TreeHead> all = ledger.head();
  if (all && all->size > head.size) {
    run.err << "the last " << counted(all->size - head.size, "entry is", "entries are")
            << " not signed yet, and not exported: sign with `tidewaiter run --once`, or let "
               "tidewaiterd do it\n";
  }
}

int export_to(Invocation& run, const ExportOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const auto witnessed = read_witnessed(run, *stores);
  if (!witnessed) return fail_with(run, witnessed.error());
  const auto cosigned =
      *witnessed ? std::optional((*witnessed)->head) : std::optional<Checkpoint>();
  ProgressLine line(run.err, run.terminal);
  const Result<LogExport> done = export_log(
      *stores->ledger, run.environment.working_folder / options.folder,
      [&line](std::int64_t made, std::int64_t of) {
        line.show("export  " + grouped(made) + " of " + counted(of, "entry", "entries"));
      },
      cosigned);
  line.clear();
  if (!done) return fail_with(run, done.error());
  // After the head: a folder with timestamps and no checkpoint would be nobody's.
  const Result<std::int64_t> stamps =
      TimestampFolder(stores->paths.timestamps)
          .copy_to(run.environment.working_folder / options.folder / "timestamps",
                   done->checkpoint.head.size);
  if (!stamps) return fail_with(run, stamps.error());
  const bool is_witnessed = cosigned && cosigned->head == done->checkpoint.head;
  if (!is_witnessed && !stores->config.ledger.witnesses.witnesses.empty()) {
    run.err << "the exported head is signed, and not witnessed yet: export it again when\n"
               "`tidewaiter ledger head` says so\n";
  }
  if (!options.json) {
    print_text(run, *stores->ledger, options, *done);
    if (*stamps > 0) {
      run.out << grouped(*stamps) << " files of timestamps were added; --tsa-ca checks them\n";
    }
    return code(ExitStatus::kOk);
  }
  print_json(run, {{"origin", stores->ledger->origin()},
                   {"size", done->checkpoint.head.size},
                   {"root", to_hex(done->checkpoint.head.root)},
                   {"folder", options.folder},
                   {"written", done->written},
                   {"unchanged", done->unchanged},
                   {"witnessed", is_witnessed},
                   {"timestamp_files", *stamps}});
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_export(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "export", "writes the signed log as files that anybody can serve and check",
      "Writes the entries under the last signed head, the hashes of the tree and that head into\n"
      "FOLDER, in the layout of c2sp.org/tlog-tiles. Nothing personal is in them. A later export "
      "to\n"
      "the same folder adds what is new; a web server may serve it meanwhile. What "
      "tidewaiter-verify\n"
      "needs besides is the verifier key, which belongs into other hands than the folder. "
      "Timestamps\n"
      "go along. Prints how many files were written.",
      "  tidewaiter ledger export /srv/www/ledger\n"
      "  tidewaiter-verify /srv/www/ledger --key ledger.vkey");
  auto options = std::make_shared<ExportOptions>();
  verb->add_option("folder", options->folder, "Where to; made if it is not there")
      ->type_name("FOLDER")
      ->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return export_to(run, *options); };
  });
}

}  // namespace tidewaiter
