#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/key_file.h"
#include "storage/witness/witness_store.h"

namespace tidewaiter {
namespace {

struct AddLogOptions {
  std::string folder;
  std::string key;
  bool json = false;
};

/// A verifier key as it is given, or the first line of the file that is named.
Result<VerifierKey> log_key(const Invocation& run, const std::string& given) {
  const std::filesystem::path path = run.environment.working_folder / given;
  const Result<bool> is_file = given.find('+') == std::string::npos ? is_there(path) : false;
  if (!is_file) return tl::unexpected(is_file.error());
  if (!*is_file && given.find('+') == std::string::npos) {
    return fail(
        ErrorCode::kNotFound,
        "there is no such file, and a verifier key `<name>+<id>+<base64>` has another form");
  }
  if (!*is_file) return parse_verifier_key(given);
  const Result<std::string> line = read_verifier_key_line(path);
  if (!line) return tl::unexpected(line.error());
  return parse_verifier_key(*line);
}

int add_log(Invocation& run, const AddLogOptions& options) {
  const Result<VerifierKey> key = log_key(run, options.key);
  if (!key) return fail_with(run, ExitStatus::kUsage, key.error().message);
  Result<WitnessStore> store = WitnessStore::open(run.environment.working_folder / options.folder);
  if (!store) return fail_with(run, store.error());
  if (auto added = store->add_log(*key); !added) return fail_with(run, added.error());
  if (options.json) {
    print_json(run, {{"origin", key->name}, {"verifier_key", format_verifier_key(*key)}});
  } else {
    run.out << "witnessed: " << printable(key->name) << '\n';
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_witness_add_log(CLI::App& witness, Selection& selection) {
  CLI::App* verb =
      add_verb(witness, "add-log", "names a log whose heads are to be cosigned",
               "KEY is the log's verifier key, or a file whose first line it is; its name is the\n"
               "log's origin. A witness that serves knows the log from then on. Prints the\n"
               "origin. Refused if another key is known for it.",
               "  tidewaiter witness add-log /var/lib/witness ledger.vkey\n"
               "  tidewaiter witness add-log . 'tidewaiter.example.org/ledger+1f2e3d4c+AQ…'");
  auto options = std::make_shared<AddLogOptions>();
  verb->add_option("folder", options->folder, "The witness's folder")
      ->type_name("FOLDER")
      ->required();
  verb->add_option("key", options->key, "The log's verifier key, or a file with it")
      ->type_name("KEY")
      ->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return add_log(run, *options); };
  });
}

}  // namespace tidewaiter
