#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/command_line.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_version(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "version", "prints the program's version",
                            "Prints the name and the version in one line.", "  tidewaiter version");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) {
      if (*json) {
        print_json(run, {{"name", "tidewaiter"}, {"version", program_version()}});
      } else {
        run.out << "tidewaiter " << program_version() << '\n';
      }
      return code(ExitStatus::kOk);
    };
  });
}

}  // namespace tidewaiter
