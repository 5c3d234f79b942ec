#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "storage/verify/report.h"
#include "storage/verify/verify.h"

namespace tidewaiter {
namespace {

struct VerifyOptions {
  std::string key;
  std::string key_file;
  bool json = false;
};

/// The key to verify with: from outside if one is given, else the state folder's own.
Result<std::string> verifier_key(const VerifyOptions& options, const Config& config,
                                 bool& from_outside) {
  from_outside = true;
  if (!options.key.empty()) return options.key;
  if (!options.key_file.empty()) {
    std::ifstream file(options.key_file);
    std::string line;
    if (!std::getline(file, line) || line.empty()) {
      return fail(ErrorCode::kNotFound,
                  "cannot read a verifier key from `" + options.key_file + "`");
    }
    return line;
  }
  from_outside = false;
  const auto ledger = Ledger::open(state_paths(config).ledger, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  return (*ledger)->verifier_key();
}

int verify(Invocation& run, const VerifyOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const LedgerPaths paths = state_paths(*config).ledger;
  if (!std::filesystem::exists(paths.database)) {
    return fail_with(run, ExitStatus::kUsage,
                     "there is no ledger at `" + paths.database.string() + "`");
  }
  bool from_outside = false;
  const Result<std::string> key = verifier_key(options, *config, from_outside);
  if (!key) return fail_with(run, key.error());
  VerifyInput input{paths.database, std::nullopt, *key};
  if (std::filesystem::exists(paths.lock)) input.lock = paths.lock;
  const VerifyReport report = verify_ledger(input);
  run.out << (options.json ? verdict_json(report) : verdict_text(report));
  if (!from_outside) {
    run.err
        << "the key came from the state folder itself: that shows damage, not forgery; give the "
           "one you keep elsewhere with --key\n";
  }
  if (!input.lock) run.err << "there is no lock store to compare with\n";
  return verify_exit_code(report);
}

}  // namespace

void add_ledger_verify(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "verify", "recomputes the whole ledger from its entries",
      "Prints a verdict, and each thing that does not hold. The exit status is 0, or that of the\n"
      "worst failure, as tidewaiter-verify gives it (docs/ledger-format.md).",
      "  tidewaiter ledger verify --key-file ~/ledger.vkey");
  auto options = std::make_shared<VerifyOptions>();
  auto* key =
      verb->add_option("--key", options->key, "The verifier key, kept outside the state folder")
          ->type_name("VKEY");
  verb->add_option("--key-file", options->key_file, "A file whose first line is the verifier key")
      ->type_name("FILE")
      ->excludes(key);
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return verify(run, *options); };
  });
}

}  // namespace tidewaiter
