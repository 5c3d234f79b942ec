#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "policies/engine/policy_test.h"

namespace tidewaiter {
namespace {

struct TestOptions {
  std::vector<std::string> paths;
  std::string engine = "columnar";
  bool json = false;
};

Result<std::string> read_fixture(const std::string& policy_file, const std::string& fixture) {
  const std::filesystem::path path = std::filesystem::path(policy_file).parent_path() / fixture;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return fail(ErrorCode::kNotFound, "cannot read the fixture `" + path.string() + "`");
  }
  return text.str();
}

std::vector<PolicyTestResult> run_all(const PolicySet& set, EngineKind engine) {
  std::vector<PolicyTestResult> results;
  for (const Policy& policy : set.policies) {
    std::vector<PolicyTestResult> some = run_policy_tests(policy, read_fixture, engine);
    std::move(some.begin(), some.end(), std::back_inserter(results));
  }
  return results;
}

/// Policies without a test, by id.
std::vector<std::string> untested(const PolicySet& set) {
  std::vector<std::string> ids;
  for (const Policy& policy : set.policies) {
    if (policy.tests.empty()) ids.push_back(policy.id);
  }
  return ids;
}

void print_text(Invocation& run, const PolicySet& set,
                const std::vector<PolicyTestResult>& results) {
  const bool unicode = run.terminal.unicode;
  std::string policy;
  for (const PolicyTestResult& result : results) {
    if (result.policy != policy)
      run.out << painted(result.policy, Tone::kStrong, run.terminal) << '\n';
    policy = result.policy;
    const std::string mark = result.passed ? (unicode ? "✓" : "ok") : (unicode ? "✗" : "FAILED");
    run.out << "  " << painted(mark, result.passed ? Tone::kGood : Tone::kBad, run.terminal) << ' '
            << printable(result.test) << '\n';
    if (!result.passed) {
      run.out << "      " << printable(result.span.file) << ':' << result.span.line << '\n';
    }
    for (const std::string& line : result.failures) {
      run.out << "      " << printable(line) << '\n';
    }
  }
  for (const std::string& id : untested(set)) {
    run.out << painted(id, Tone::kStrong, run.terminal) << "\n  "
            << painted("has no test", Tone::kWarning, run.terminal) << '\n';
  }
  if (results.empty()) {
    run.out << painted("nothing was tested", Tone::kBad, run.terminal)
            << "; policies read: " << grouped(static_cast<std::int64_t>(set.policies.size()))
            << '\n';
    return;
  }
  const auto passed = std::count_if(results.begin(), results.end(),
                                    [](const PolicyTestResult& r) { return r.passed; });
  const auto failed = static_cast<std::int64_t>(results.size()) - passed;
  run.out << counted(static_cast<std::int64_t>(results.size()), "test") << ": " << grouped(passed)
          << " passed, "
          << painted(grouped(failed) + " failed", failed > 0 ? Tone::kBad : Tone::kGood,
                     run.terminal)
          << '\n';
}

void print_document(Invocation& run, const PolicySet& set,
                    const std::vector<PolicyTestResult>& results, bool passed) {
  nlohmann::ordered_json tests = nlohmann::ordered_json::array();
  for (const PolicyTestResult& result : results) {
    tests.push_back({{"policy", result.policy},
                     {"test", result.test},
                     {"file", result.span.file},
                     {"line", result.span.line},
                     {"passed", result.passed},
                     {"failures", result.failures}});
  }
  print_json(run, {{"passed", passed}, {"tests", tests}, {"untested", untested(set)}});
}

int test(Invocation& run, const TestOptions& options) {
  const Result<PolicyFiles> files = policy_files(run, options.paths);
  if (!files) return fail_with(run, files.error());
  print_diagnostics(run.err, files->loaded.diagnostics);
  if (has_errors(files->loaded.diagnostics)) {
    return fail_with(run, ExitStatus::kConfiguration, "the policies have errors: no test was run");
  }
  const EngineKind engine =
      options.engine == "reference" ? EngineKind::kReference : EngineKind::kColumnar;
  const std::vector<PolicyTestResult> results = run_all(files->loaded.set, engine);
  // Where nothing was asked, the answer is not yes.
  const bool passed =
      !results.empty() && std::all_of(results.begin(), results.end(),
                                      [](const PolicyTestResult& r) { return r.passed; });
  if (options.json) {
    print_document(run, files->loaded.set, results, passed);
  } else {
    print_text(run, files->loaded.set, results);
  }
  return code(passed ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_policy_test(CLI::App& policy, Selection& selection) {
  CLI::App* verb =
      add_verb(policy, "test", "runs the tests that policies carry",
               "Prints one line a test, and under a failed one what was expected and what came.\n"
               "Exit status 1 if a test fails, or if there is none.",
               "  tidewaiter policy test policies/\n  tidewaiter policy test --engine reference");
  auto options = std::make_shared<TestOptions>();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  verb->add_option("--engine", options->engine, "Which engine answers: both give the same")
      ->type_name("ENGINE")
      ->check(CLI::IsMember({"columnar", "reference"}));
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return test(run, *options); };
  });
}

}  // namespace tidewaiter
