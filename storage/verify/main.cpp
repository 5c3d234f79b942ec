// tidewaiter-verify: checks a ledger offline. docs/ledger-format.md has its exit codes.
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include "storage/ledger/signed_note.h"
#include "storage/verify/report.h"
#include "storage/verify/verify.h"

namespace {

constexpr int kUsage = 2;
constexpr int kDefect = 70;  // EX_SOFTWARE of sysexits.h, as the daemon has it

constexpr const char* kFooter = R"(Examples:
  tidewaiter-verify /var/lib/tidewaiter/ledger.db \
      --key ledger.vkey --lock /srv/lock/lock.db
  tidewaiter-verify ledger.db --json \
      --key 'tidewaiter.example.org/ledger+1f2e3d4c+AQ…'

Exit codes: 0 everything holds; 2 wrong usage; 70 a defect of this program; otherwise the worst failure:
10 unreadable, 11 schema, 12 entry, 13 tree, 14 head, 15 signature,
16 lock store, 17 projection.)";

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
  CLI::App app("Checks a Tidewaiter ledger without network and without changing it.");
  std::string path;
  std::string key;
  std::string lock;
  bool json = false;
  app.add_option("PATH", path, "ledger.db, or the folder that holds it")->required();
  app.add_option("--key", key,
                 "the log's verifier key (C2SP vkey), or a file with it; get it from elsewhere "
                 "than the ledger");
  app.add_option("--lock", lock, "the lock store, lock.db, to notice an older copy of the ledger");
  app.add_flag("--json", json, "print the verdict as one JSON object");
  app.footer(kFooter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kUsage;
  }

  tidewaiter::VerifyInput input;
  input.database = path;
  std::error_code failure;  // what cannot be looked at is reported when it is opened
  if (std::filesystem::is_directory(input.database, failure)) input.database /= "ledger.db";
  if (!lock.empty()) input.lock = lock;
  if (!key.empty()) {
    input.verifier_key = read_key(key);
    const auto parsed = tidewaiter::parse_verifier_key(input.verifier_key);
    if (!parsed) {
      std::cerr << "tidewaiter-verify: --key: " << parsed.error().message << '\n';
      return kUsage;
    }
  }
  const tidewaiter::VerifyReport report = tidewaiter::verify_ledger(input);
  std::cout << (json ? tidewaiter::verdict_json(report) : tidewaiter::verdict_text(report))
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
