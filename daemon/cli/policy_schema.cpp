#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "policies/authoring/schema.h"

namespace tidewaiter {

void add_policy_schema(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "schema", "prints the JSON Schema of policy documents, for editors",
      "Prints a JSON Schema (draft-07), made from the tables that the reader is held to. With it\n"
      "an editor completes and explains keys, words and fields; docs/editor.md says how.",
      "  tidewaiter policy schema > policy.schema.json");
  verb->callback([&selection] {
    selection.command = [](Invocation& run) {
      print_json(run, policy_schema());
      return code(ExitStatus::kOk);
    };
  });
}

}  // namespace tidewaiter
