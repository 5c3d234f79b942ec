// tidewaiter-verify: checks a ledger offline. docs/ledger-format.md has its exit codes.
#include <cstddef>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "storage/files/durable_file.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/tiles.h"
#include "storage/ledger/trust_policy.h"
#include "storage/timestamp/timestamp_authorities.h"
#include "storage/verify/bundle_check.h"
#include "storage/verify/ledger_place.h"
#include "storage/verify/plain_text.h"
#include "storage/verify/proof.h"
#include "storage/verify/report.h"
#include "storage/verify/tile_log.h"
#include "storage/verify/verifier_options.h"
#include "storage/verify/verify.h"

namespace {

using tidewaiter::LedgerPlace;
using tidewaiter::Result;
using tidewaiter::VerifierOptions;

constexpr int kUsage = 2;
constexpr int kUnwritten = 5;
constexpr int kNothingChecked = 9;
constexpr int kDefect = 70;  // EX_SOFTWARE of sysexits.h, as the daemon has it

constexpr std::size_t kMostProofBytes = tidewaiter::kMaxNoteBytes + 65'536;

int refuse(const std::string& why) {
  std::cerr << "tidewaiter-verify: " << why << '\n';
  return kUsage;
}

/// `status`, unless the verdict was lost on its way: a pipe that is closed, a disk that is full.
int print(const std::string& verdict, int status) {
  std::cout << verdict << std::flush;
  if (std::cout) return status;
  std::cerr << "tidewaiter-verify: cannot write the verdict to standard output\n";
  return kUnwritten;
}

/// There is nothing to give a verdict on, which is no verdict.
int tell_nothing_checked(const std::string& why, bool json) {
  const std::string message = "nothing was checked: " + why;
  std::cerr << "tidewaiter-verify: " << message << '\n';
  return json ? print(tidewaiter::nothing_checked_json(message), kNothingChecked) : kNothingChecked;
}

/// A vkey as given, or the first line of the file that is named. What is neither may be secret, and
/// is not repeated.
Result<std::string> read_key(const std::string& argument) {
  using tidewaiter::ErrorCode;
  using tidewaiter::fail;
  std::string key = argument;
  if (std::ifstream file(argument); file.is_open()) {
    if (!std::getline(file, key)) {
      return fail(
          ErrorCode::kInvalidInput,
          "the file is empty, or cannot be read: expected a verifier key in its first line");
    }
    key.erase(key.find_last_not_of(" \r") + 1);
  } else if (argument.empty()) {
    return fail(ErrorCode::kInvalidInput, "expected a verifier key or a file with it, got nothing");
  } else if (argument.find('+') == std::string::npos) {
    return fail(ErrorCode::kNotFound,
                "there is no such file that can be read, and a verifier key "
                "`<name>+<id>+<base64>` has another form");
  }
  const auto parsed = tidewaiter::parse_verifier_key(key);
  if (!parsed) return tl::unexpected(parsed.error());
  return key;
}

/// The policy in a file, with the log of `--key` in one that lists none.
Result<tidewaiter::TrustPolicy> read_policy(const std::string& path, const std::string& key) {
  using tidewaiter::ErrorCode;
  using tidewaiter::fail;
  const Result<std::string> text =
      tidewaiter::read_whole_file(path, tidewaiter::kMaxTrustPolicyBytes);
  if (!text) return tl::unexpected(text.error());
  Result<tidewaiter::TrustPolicy> policy = tidewaiter::parse_trust_policy(*text);
  if (!policy) {
    return fail(ErrorCode::kInvalidInput, tidewaiter::plain_text(to_text(policy.error())));
  }
  if (policy->logs.empty() == key.empty()) {
    return fail(ErrorCode::kInvalidInput, key.empty()
                                              ? "it lists no log: give the log's key with --key"
                                              : "it lists the logs itself: leave out --key");
  }
  if (!key.empty()) policy->logs.push_back({*tidewaiter::parse_verifier_key(key), ""});
  return policy;
}

const char* kind_words(LedgerPlace::Kind kind) {
  switch (kind) {
    case LedgerPlace::Kind::kProof:
      return "a proof";
    case LedgerPlace::Kind::kBundle:
      return "a report";
    case LedgerPlace::Kind::kTiles:
      return "a folder of tiles";
    case LedgerPlace::Kind::kDatabase:
      break;
  }
  return "a database";
}

/// Whether options go together with what PATH is; 0, or the status of a refusal.
int check_options(const CLI::App& app, const VerifierOptions& options, LedgerPlace::Kind kind) {
  const bool proof = kind == LedgerPlace::Kind::kProof;
  // An option whose value is empty, as an unset variable leaves it, was given all the same: a
  // ledger must not pass because what it was to be held against is missing.
  if (app.count("--lock") > 0) {
    if (options.lock.empty()) return refuse("--lock: expected the path of lock.db, got nothing");
    if (kind != LedgerPlace::Kind::kDatabase) {
      return refuse("--lock belongs to a ledger.db; `" + options.path + "` is " + kind_words(kind));
    }
  }
  if (app.count("--witnessed") > 0) {
    if (options.witnessed.empty()) {
      return refuse("--witnessed: expected the path of a cosigned checkpoint, got nothing");
    }
    if (app.count("--policy") == 0) return refuse("--witnessed belongs to --policy");
    if (kind != LedgerPlace::Kind::kDatabase) {
      return refuse("--witnessed belongs to a ledger.db; `" + options.path +
                    "` has its checkpoint in itself");
    }
  }
  if (proof && options.all_signed)
    return refuse("--all-signed belongs to a ledger, not to a proof");
  if (proof && app.count("--tsa-ca") > 0) {
    return refuse("--tsa-ca belongs to a ledger, not to a proof");
  }
  if (proof && app.count("--key") == 0 && app.count("--policy") == 0) {
    return refuse("a proof is checked with the log's verifier key: give --key, or --policy");
  }
  // Its own log would name a key that whoever made it up has.
  if (kind == LedgerPlace::Kind::kBundle && app.count("--key") == 0 && app.count("--policy") == 0) {
    return refuse("a report is checked with the log's verifier key: give --key, or --policy");
  }
  if (kind == LedgerPlace::Kind::kBundle && options.all_signed) {
    return refuse("--all-signed belongs to a ledger, not to a report");
  }
  if (proof != (app.count("--entry") > 0)) {
    return refuse(proof ? "a proof is about an entry: give its bytes with --entry"
                        : "--entry belongs to a proof; `" + options.path + "` is none");
  }
  return 0;
}

using Policy = std::optional<tidewaiter::TrustPolicy>;

int check_proof(const VerifierOptions& options, const std::string& key, const Policy& policy) {
  const Result<std::string> proof = tidewaiter::read_whole_file(options.path, kMostProofBytes);
  if (!proof) return tell_nothing_checked(proof.error().message, options.json);
  const Result<std::string> entry =
      tidewaiter::read_whole_file(options.entry, tidewaiter::kMaxTileEntryBytes);
  if (!entry) return tell_nothing_checked("--entry: " + entry.error().message, options.json);
  const tidewaiter::ProofReport report =
      policy ? tidewaiter::verify_entry_proof(*proof, *entry, *policy)
             : tidewaiter::verify_entry_proof(*proof, *entry, *tidewaiter::parse_verifier_key(key));
  return print(options.json ? tidewaiter::proof_json(report) : tidewaiter::proof_text(report),
               tidewaiter::proof_exit_code(report));
}

int check_ledger(const VerifierOptions& options, const LedgerPlace& place, const std::string& key,
                 const Policy& policy, const tidewaiter::TimestampAuthorities* authorities) {
  tidewaiter::VerifyInput input;
  input.database = place.path;
  if (!options.lock.empty()) input.lock = options.lock;
  input.verifier_key = key;
  input.all_signed = options.all_signed;
  input.policy = policy;
  if (!options.witnessed.empty()) input.witnessed = options.witnessed;
  input.authorities = authorities;
  const tidewaiter::VerifyReport report =
      place.kind == LedgerPlace::Kind::kTiles
          ? tidewaiter::verify_tile_log(place.path, key, policy, authorities)
          : tidewaiter::verify_ledger(input);
  return print(options.json ? tidewaiter::verdict_json(report) : tidewaiter::verdict_text(report),
               tidewaiter::verify_exit_code(report));
}

int check_bundle(const VerifierOptions& options, const std::string& key, const Policy& policy,
                 const tidewaiter::TimestampAuthorities* authorities) {
  const tidewaiter::BundleReport report =
      tidewaiter::verify_bundle(options.path, key, policy, authorities);
  return print(options.json ? tidewaiter::bundle_json(report) : tidewaiter::bundle_text(report),
               tidewaiter::bundle_exit_code(report));
}

int run(int argc, char** argv) {
  CLI::App app;
  VerifierOptions options;
  tidewaiter::describe_verifier(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? print("", 0) : kUsage;
  }
  std::string key;
  if (app.count("--key") > 0) {
    const Result<std::string> read = read_key(options.key);
    if (!read) return refuse("--key: " + read.error().message);
    key = *read;
  }
  Policy policy;
  if (app.count("--policy") > 0) {
    if (options.policy.empty()) return refuse("--policy: expected the path of a file, got nothing");
    Result<tidewaiter::TrustPolicy> read = read_policy(options.policy, key);
    if (!read) return refuse("--policy `" + options.policy + "`: " + read.error().message);
    policy = std::move(*read);
  }
  std::optional<tidewaiter::TimestampAuthorities> authorities;
  if (app.count("--tsa-ca") > 0) {
    auto read = tidewaiter::TimestampAuthorities::from_file(options.tsa_ca);
    if (!read) return refuse("--tsa-ca: " + read.error().message);
    authorities = std::move(*read);
  }
  const Result<LedgerPlace> place = tidewaiter::find_ledger(options.path);
  if (!place) return tell_nothing_checked(place.error().message, options.json);
  if (const int status = check_options(app, options, place->kind); status != 0) return status;
  if (place->kind == LedgerPlace::Kind::kBundle) {
    return check_bundle(options, key, policy, authorities ? &*authorities : nullptr);
  }
  return place->kind == LedgerPlace::Kind::kProof
             ? check_proof(options, key, policy)
             : check_ledger(options, *place, key, policy, authorities ? &*authorities : nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "tidewaiter-verify: a defect of this program: " << e.what() << '\n';
  } catch (...) {
    std::cerr << "tidewaiter-verify: a defect of this program\n";
  }
  return kDefect;
}
