#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/ledger_in_file.h"
#include "storage/ledger/signed_note.h"
#include "storage/timestamp/timestamp_authorities.h"
#include "storage/timestamp/timestamp_folder.h"
#include "storage/verify/report.h"
#include "storage/verify/verify.h"

namespace tidewaiter {
namespace {

struct VerifyOptions {
  std::optional<std::string> key;       ///< --key, also if its value is empty
  std::optional<std::string> key_file;  ///< --key-file, likewise
  std::optional<std::string> tsa_ca;    ///< --tsa-ca, likewise
  bool all_signed = false;
  bool json = false;
};

struct KeyChoice {
  std::string key;  ///< empty: the verifier takes the one that the ledger names for itself
  bool from_outside = false;
};

/// The key to verify with: from outside if one is given, else the state folder's `ledger.vkey`.
/// The ledger itself is not opened for it: a damaged one gets its verdict from the verifier.
Result<KeyChoice> choose_key(const VerifyOptions& options, const LedgerPaths& paths) {
  if (!options.key && !options.key_file) {
    return KeyChoice{read_verifier_key_line(verifier_key_file(paths.key)).value_or(""), false};
  }
  std::string key = options.key.value_or("");
  if (options.key_file) {
    const Result<std::string> line = read_verifier_key_line(*options.key_file);
    if (!line) return tl::unexpected(line.error());
    if (line->empty()) {
      return fail(ErrorCode::kNotFound, "the first line of `" + *options.key_file +
                                            "` is empty: expected a verifier key there");
    }
    key = *line;
  }
  if (const auto parsed = parse_verifier_key(key); !parsed) {
    return fail(ErrorCode::kNotFound,
                options.key_file ? "`" + *options.key_file + "`: " + parsed.error().message
                                 : parsed.error().message + "; a file with it is --key-file");
  }
  return KeyChoice{key, true};
}

/// The authorities that --tsa-ca names; nothing without it.
Result<std::optional<TimestampAuthorities>> named_authorities(const VerifyOptions& options) {
  std::optional<TimestampAuthorities> authorities;
  if (!options.tsa_ca) return authorities;
  Result<TimestampAuthorities> read = TimestampAuthorities::from_file(*options.tsa_ca);
  if (!read) return fail(ErrorCode::kNotFound, "--tsa-ca: " + read.error().message);
  authorities = std::move(*read);
  return authorities;
}

int verify(Invocation& run, const VerifyOptions& options) {
  int status = 0;
  const std::optional<Config> config = config_with_ledger(run, status);
  if (!config) return status;
  const LedgerPaths paths = state_paths(*config).ledger;
  const Result<KeyChoice> key = choose_key(options, paths);
  if (!key) return fail_with(run, key.error());
  const Result<std::optional<TimestampAuthorities>> authorities = named_authorities(options);
  if (!authorities) return fail_with(run, authorities.error());
  // Before the entries that they are about, of which a daemon goes on writing more.
  auto tokens = std::make_shared<const Result<std::vector<StoredTimestamp>>>(
      TimestampFolder(state_paths(*config).timestamps).tokens());
  // The lock store counts even if it is gone: without it an older copy looks like the present one.
  const Result<LedgerInFile> file = LedgerInFile::of(paths);
  if (!file) return fail_with(run, file.error());
  VerifyInput input{file->paths().database, file->paths().lock, key->key, options.all_signed};
  input.tokens = std::move(tokens);
  if (*authorities) input.authorities = &**authorities;
  const VerifyReport report = verify_ledger(input);
  run.out << (options.json ? verdict_json(report) : verdict_text(report));
  if (!key->from_outside) {
    run.err
        << "the key came from the state folder itself: that shows damage, not forgery; give the "
           "one you keep elsewhere with --key\n";
  }
  return verify_exit_code(report);
}

}  // namespace

void add_ledger_verify(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "verify", "recomputes the whole ledger from its entries",
      "Prints a verdict, and each thing that does not hold. The configured lock store is "
      "compared,\n"
      "and must be there. Without a key the state folder's ledger.vkey is taken. The exit status "
      "is\n"
      "0, or that of the worst failure, as tidewaiter-verify gives it (docs/ledger-format.md). "
      "Entries\n"
      "that the daemon has not signed yet are told in the first line, and fail with --all-signed.",
      "  tidewaiter ledger verify --key-file ~/ledger.vkey\n"
      "  tidewaiter ledger verify --all-signed --json | jq -r .verdict");
  auto options = std::make_shared<VerifyOptions>();
  auto* key = verb->add_option_function<std::string>(
                      "--key", [options](const std::string& given) { options->key = given; },
                      "The verifier key, kept outside the state folder")
                  ->type_name("VKEY");
  verb->add_option_function<std::string>(
          "--key-file", [options](const std::string& given) { options->key_file = given; },
          "A file whose first line is the verifier key")
      ->type_name("FILE")
      ->excludes(key);
  verb->add_option_function<std::string>(
          "--tsa-ca", [options](const std::string& given) { options->tsa_ca = given; },
          "Certificates (PEM) of the time-stamping authorities that you trust")
      ->type_name("FILE");
  verb->add_flag("--all-signed", options->all_signed,
                 "Fail if entries at the end are not signed yet");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return verify(run, *options); };
  });
}

}  // namespace tidewaiter
