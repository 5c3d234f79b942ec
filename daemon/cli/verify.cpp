#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "daemon/cli/verify_verb.h"
#include "storage/verify/verifier_options.h"

namespace tidewaiter {
namespace {

constexpr const char* kVerifierName = "tidewaiter-verify";

/// What the command line says, as the verifier reads it: it parses by the same description.
std::vector<std::string> verifier_arguments(const CLI::App& verb) {
  std::vector<std::string> arguments{kVerifierName};
  std::string path;
  for (const CLI::Option* const option : verb.parse_order()) {
    if (!option->nonpositional()) {
      path = option->results().front();
      continue;
    }
    arguments.push_back(option->get_name());
    if (option->get_items_expected_max() == 0) continue;
    const std::string& value = option->results().front();
    // As one word, so that a value that begins with a dash is no option; nothing is one of its own.
    if (value.empty()) {
      arguments.push_back(value);
    } else {
      arguments.back() += "=" + value;
    }
  }
  arguments.insert(arguments.end(), {"--", path});
  return arguments;
}

/// Where the program lies that runs, whatever links lead to it.
Result<std::filesystem::path> own_folder() {
  std::error_code fault;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", fault);
  if (!fault) return program.parent_path();
  return fail(ErrorCode::kUnavailable,
              "/proc/self/exe, which says where this program lies: " + fault.message());
}

/// Becomes the verifier: only a fault is returned from, with its status.
int become_verifier(Invocation& run, std::vector<std::string> arguments) {
  if (run.state || run.config_file) {
    return fail_with(run, ExitStatus::kUsage,
                     "`verify` reads no configuration, and takes neither --config nor --state: "
                     "name the ledger as PATH, and its lock store with --lock; `tidewaiter ledger "
                     "verify` takes both from the configuration");
  }
  const Result<std::filesystem::path> folder = own_folder();
  if (!folder) return fail_with(run, folder.error());
  const std::filesystem::path program = *folder / kVerifierName;
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  run.out.flush();
  ::execv(program.c_str(), pointers.data());
  const int why = errno;
  const std::string place = "`" + program.string() + "`";
  if (why == ENOENT) {
    return fail_with(run, ExitStatus::kUnavailable,
                     "nothing was checked: expected the verifier beside this program, and there is "
                     "no " +
                         place + ": install it there, or run it from where it lies");
  }
  return fail_with(run, ExitStatus::kUnavailable,
                   "nothing was checked: " + place + " cannot be run: " + std::strerror(why));
}

}  // namespace

void add_verify(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "verify", "", "", "");
  auto options = std::make_shared<VerifierOptions>();
  describe_verifier(*verb, *options);
  verb->name("verify");
  verb->set_version_flag();
  verb->footer(
      "Prints the verdict of tidewaiter-verify, a program of its own beside this one that\n"
      "links no network code: it runs with these arguments, and its exit status is this one's\n"
      "(its help has them, from 9 for nothing checked to 21 for a report that was changed). Exit\n"
      "status 5, too, where it is not there. --config and --state are not for it: `ledger verify`\n"
      "has those.\n"
      "\n"
      "Examples:\n"
      "  tidewaiter verify /var/lib/tidewaiter --key ledger.vkey --lock /srv/lock/lock.db\n"
      "  tidewaiter verify r-4f8e12ab09cd --key ledger.vkey --json\n"
      "  tidewaiter verify entry-3.tlog-proof --entry entry-3.json --policy trust.policy");
  verb->callback([options, verb, &selection] {
    const std::vector<std::string> arguments = verifier_arguments(*verb);
    selection.command = [arguments](Invocation& run) { return become_verifier(run, arguments); };
  });
}

}  // namespace tidewaiter
