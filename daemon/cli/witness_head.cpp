#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "storage/witness/witness_store.h"

namespace tidewaiter {
namespace {

struct WitnessHeadOptions {
  std::string folder;
  std::string origin;
  bool json = false;
};

int show_head(Invocation& run, const WitnessHeadOptions& options) {
  const Result<WitnessStore> store =
      WitnessStore::open(run.environment.working_folder / options.folder);
  if (!store) return fail_with(run, store.error());
  const auto log = store->log(options.origin);
  if (!log) return fail_with(run, log.error());
  if (!*log || (*log)->note.empty()) {
    return fail_with(run, ExitStatus::kUsage,
                     (*log ? "no head has been cosigned yet of `"
                           : "no log is witnessed with the "
                             "origin `") +
                         options.origin + "`: `tidewaiter witness list` shows those that are");
  }
  if (options.json) {
    print_json(run, {{"origin", options.origin},
                     {"size", (*log)->head.size},
                     {"root", to_hex((*log)->head.root)},
                     {"note", (*log)->note}});
  } else {
    run.out << (*log)->note;
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_witness_head(CLI::App& witness, Selection& selection) {
  CLI::App* verb =
      add_verb(witness, "head", "gives the head of a log that was cosigned last",
               "Prints the checkpoint with the log's signature and the witness's: what\n"
               "tidewaiter-verify takes as --witnessed.",
               "  tidewaiter witness head . tidewaiter.example.org/ledger > witnessed\n"
               "  tidewaiter-verify ledger.db --policy trust.policy --witnessed witnessed");
  auto options = std::make_shared<WitnessHeadOptions>();
  verb->add_option("folder", options->folder, "The witness's folder")
      ->type_name("FOLDER")
      ->required();
  verb->add_option("origin", options->origin, "The log's name in checkpoints")
      ->type_name("ORIGIN")
      ->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_head(run, *options); };
  });
}

}  // namespace tidewaiter
