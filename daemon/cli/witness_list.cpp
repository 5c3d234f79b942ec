#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "storage/ledger/root_text.h"
#include "storage/witness/witness_store.h"

namespace tidewaiter {
namespace {

struct WitnessListOptions {
  std::string folder;
  bool json = false;
};

void print_logs(Invocation& run, const WitnessStore& store, const std::vector<WitnessedLog>& logs) {
  run.out << "verifier key  " << format_witness_key(store.key()) << '\n';
  for (const WitnessedLog& log : logs) {
    run.out << "\nlog           " << printable(log.key.name) << '\n';
    if (log.head.size == 0) {
      run.out << "              no head yet\n";
      continue;
    }
    run.out << "entries       " << grouped(log.head.size) << '\n'
            << "root          " << root_text(log.head.root) << '\n';
  }
  if (logs.empty()) run.out << "no log is witnessed: name one with `tidewaiter witness add-log`\n";
}

int list_logs(Invocation& run, const WitnessListOptions& options) {
  const Result<WitnessStore> store =
      WitnessStore::open(run.environment.working_folder / options.folder);
  if (!store) return fail_with(run, store.error());
  const auto logs = store->logs();
  if (!logs) return fail_with(run, logs.error());
  if (!options.json) {
    print_logs(run, *store, *logs);
    return code(ExitStatus::kOk);
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const WitnessedLog& log : *logs) {
    list.push_back({{"origin", log.key.name},
                    {"verifier_key", format_verifier_key(log.key)},
                    {"size", log.head.size},
                    {"root", to_hex(log.head.root)}});
  }
  print_json(run, {{"name", store->key().name},
                   {"verifier_key", format_witness_key(store->key())},
                   {"logs", list}});
  return code(ExitStatus::kOk);
}

}  // namespace

void add_witness_list(CLI::App& witness, Selection& selection) {
  CLI::App* verb =
      add_verb(witness, "list", "shows the logs that are witnessed",
               "Prints the witness's verifier key, and of each log its origin, size and root\n"
               "hash as they were cosigned last.",
               "  tidewaiter witness list /var/lib/witness");
  auto options = std::make_shared<WitnessListOptions>();
  verb->add_option("folder", options->folder, "The witness's folder")
      ->type_name("FOLDER")
      ->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_logs(run, *options); };
  });
}

}  // namespace tidewaiter
