// tidewaiter-verify: checks a ledger offline. docs/ledger-format.md has its exit codes.
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include "storage/ledger/signed_note.h"
#include "storage/verify/report.h"
#include "storage/verify/tile_log.h"
#include "storage/verify/verifier_options.h"
#include "storage/verify/verify.h"

namespace {

constexpr int kUsage = 2;
constexpr int kDefect = 70;  // EX_SOFTWARE of sysexits.h, as the daemon has it

int refuse(const std::string& why) {
  std::cerr << "tidewaiter-verify: " << why << '\n';
  return kUsage;
}

/// A vkey as given, or the first line of the file that is named.
std::string read_key(const std::string& argument) {
  std::ifstream file(argument);
  std::string line;
  if (file && std::getline(file, line)) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
  }
  return argument;
}

int run(int argc, char** argv) {
  CLI::App app;
  tidewaiter::VerifierOptions options;
  tidewaiter::describe_verifier(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kUsage;
  }

  tidewaiter::VerifyInput input;
  input.database = options.path;
  std::error_code failure;  // what cannot be looked at is reported when it is opened
  const bool tiles = tidewaiter::is_tile_log(input.database);
  if (!tiles && std::filesystem::is_directory(input.database, failure)) {
    input.database /= "ledger.db";
  }
  // An option whose value is empty, as an unset variable leaves it, was given all the same: a
  // ledger must not pass because what it was to be held against is missing.
  if (app.count("--lock") > 0) {
    if (options.lock.empty()) return refuse("--lock: expected the path of lock.db, got nothing");
    if (tiles) {
      return refuse("--lock belongs to a ledger.db; `" + options.path + "` is a folder of tiles");
    }
    input.lock = options.lock;
  }
  if (app.count("--key") > 0) {
    input.verifier_key = read_key(options.key);
    const auto parsed = tidewaiter::parse_verifier_key(input.verifier_key);
    if (!parsed) return refuse("--key: " + parsed.error().message);
  }
  input.all_signed = options.all_signed;
  const tidewaiter::VerifyReport report =
      tiles ? tidewaiter::verify_tile_log(input.database, input.verifier_key)
            : tidewaiter::verify_ledger(input);
  std::cout << (options.json ? tidewaiter::verdict_json(report) : tidewaiter::verdict_text(report))
            << std::flush;
  return tidewaiter::verify_exit_code(report);
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
