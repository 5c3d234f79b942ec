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

struct WitnessInitOptions {
  std::string folder;
  std::string name;
  bool json = false;
};

int init_witness(Invocation& run, const WitnessInitOptions& options) {
  const auto made =
      WitnessStore::create(run.environment.working_folder / options.folder, options.name);
  if (!made && made.error().code == ErrorCode::kInvalidInput) {
    return fail_with(run, ExitStatus::kUsage, made.error().message);
  }
  if (!made) return fail_with(run, made.error());
  const std::string key = format_witness_key(*made);
  if (options.json) {
    print_json(run, {{"folder", options.folder}, {"name", made->name}, {"verifier_key", key}});
    return code(ExitStatus::kOk);
  }
  run.out << "made a witness in " << printable(options.folder) << '\n'
          << "verifier key  " << key << '\n'
          << "\nGive the verifier key to whoever verifies; a trust policy has it in a line\n"
             "`witness NAME VKEY`. Next: `tidewaiter witness add-log`, then `witness serve`.\n";
  return code(ExitStatus::kOk);
}

}  // namespace

void add_witness_init(CLI::App& witness, Selection& selection) {
  CLI::App* verb =
      add_verb(witness, "init", "makes a witness: its key, and an empty list of logs",
               "Makes FOLDER with witness.key, witness.vkey and witness.db. Prints the witness's\n"
               "verifier key. Never put witness.db back from an older copy: a witness that\n"
               "forgets can be deceived.",
               "  tidewaiter witness init /var/lib/witness --name witness.example.net/audit");
  auto options = std::make_shared<WitnessInitOptions>();
  verb->add_option("folder", options->folder, "Where to; made if it is not there")
      ->type_name("FOLDER")
      ->required();
  verb->add_option("--name", options->name, "Its name in cosignatures, without blanks and +")
      ->type_name("NAME")
      ->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return init_witness(run, *options); };
  });
}

}  // namespace tidewaiter
