#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/junit.h"
#include "daemon/cli/policies_around.h"
#include "daemon/cli/policy_test_run.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/test_bench.h"
#include "daemon/cli/verbs.h"
#include "policies/engine/policy_test.h"
#include "policies/language/diagnostic_code.h"

namespace tidewaiter {
namespace {

struct TestOptions {
  std::vector<std::string> paths;
  std::string engine = "columnar";
  std::string format = "text";
  bool coverage = false;
  bool mutate = false;
  bool alone = false;
  std::int64_t least_reached = 0;  ///< per cent of each policy's outcomes; 0: no matter
  std::int64_t least_noticed = 0;  ///< per cent of each policy's mutants
};

/// Policies without a test, by id.
std::vector<std::string> untested(const PolicySet& set) {
  std::vector<std::string> ids;
  for (const Policy& policy : set.policies) {
    if (policy.tests.empty()) ids.push_back(policy.id);
  }
  return ids;
}

/// The logs of a policy's tests; nothing if one cannot be read, which its test has told.
std::optional<std::vector<TestLog>> logs_of(const Policy& policy) {
  std::vector<TestLog> logs;
  for (const PolicyTest& one : policy.tests) {
    Result<TestLog> log = make_test_log(policy, one, fixtures_beside({}));
    if (!log) return std::nullopt;
    logs.push_back(*std::move(log));
  }
  return logs;
}

/// Why no mutants are tried on a policy; nothing if they are.
std::optional<std::string> why_no_mutants(const Policy& policy,
                                          const std::vector<PolicyTestResult>& results) {
  if (policy.tests.empty()) return "it has no test";
  const auto failed = std::ranges::count_if(
      results, [&policy](const PolicyTestResult& r) { return r.policy == policy.id && !r.passed; });
  if (failed == 0) return std::nullopt;
  return counted(failed, "test") + (failed == 1 ? " fails" : " fail") +
         ": mutants are tried on what passes";
}

/// What was asked beside the tests' results.
struct Bench {
  std::vector<TestCoverage> coverage;
  std::vector<MutationReport> mutation;
  std::vector<NotTried> not_covered;
  std::vector<NotTried> not_mutated;
};

MutationReport mutate(const Policy& policy, const std::vector<TestLog>& logs,
                      const std::stop_token& stop, ProgressLine& progress) {
  return run_mutants(policy, logs, [&](std::int64_t done, std::int64_t all) {
    progress.show("mutate " + printable(policy.id) + "  " + grouped(done) + " of " + grouped(all));
    return !stop.stop_requested();
  });
}

/// Mutants are tried on policies whose tests pass: on others every mutant would be noticed.
Bench run_bench(const Invocation& run, const TestOptions& options, const PolicySet& set,
                const std::vector<PolicyTestResult>& results) {
  Bench bench;
  if (!options.coverage && !options.mutate) return bench;
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  for (const Policy& policy : set.policies) {
    const std::optional<std::vector<TestLog>> logs = logs_of(policy);
    if (options.coverage && logs) bench.coverage.push_back(measure_test_coverage(policy, *logs));
    if (options.coverage && !logs) {
      bench.not_covered.push_back({policy.id, "the records of a test cannot be read"});
    }
    if (!options.mutate) continue;
    if (auto reason = why_no_mutants(policy, results)) {
      bench.not_mutated.push_back({policy.id, *std::move(reason)});
    } else if (logs) {
      bench.mutation.push_back(mutate(policy, *logs, interrupt.token(), progress));
    }
  }
  return bench;
}

/// Tells each policy that is below what was asked for, one that could not be tried among them.
bool meets_bars(Invocation& run, const TestOptions& options, const Bench& bench) {
  bool met = true;
  const auto hold = [&](std::int64_t least, std::int64_t part, std::int64_t of,
                        const std::string& policy, std::string_view what) {
    if (part * 100 >= least * of) return;
    met = false;
    run.err << "tidewaiter: " << printable(policy) << ": " << grouped(part) << " of " << grouped(of)
            << ' ' << what << ", less than " << least << " %\n";
  };
  const auto tried = [&](std::int64_t least, const std::vector<NotTried>& others) {
    if (least == 0) return;
    for (const NotTried& one : others) {
      met = false;
      run.err << "tidewaiter: " << printable(one.policy) << ": not tried: " << one.reason << '\n';
    }
  };
  for (const TestCoverage& one : bench.coverage) {
    hold(options.least_reached, one.reached, one.wanted, one.policy, "outcomes are reached");
  }
  for (const MutationReport& one : bench.mutation) {
    hold(options.least_noticed, one.noticed, one.mutants, one.policy, "mutants are noticed");
  }
  tried(options.least_reached, bench.not_covered);
  tried(options.least_noticed, bench.not_mutated);
  return met;
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
    for (const std::string& reason : result.reasons) {
      run.out << "      " << wrapped("why: " + printable(reason), run.terminal.width, 8, 6) << '\n';
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
                    const std::vector<PolicyTestResult>& results, const TestOptions& options,
                    const Bench& bench, bool passed) {
  nlohmann::ordered_json tests = nlohmann::ordered_json::array();
  for (const PolicyTestResult& result : results) {
    tests.push_back({{"policy", result.policy},
                     {"test", result.test},
                     {"file", result.span.file},
                     {"line", result.span.line},
                     {"passed", result.passed},
                     {"failures", result.failures},
                     {"reasons", result.reasons}});
  }
  nlohmann::ordered_json document = {
      {"passed", passed}, {"tests", tests}, {"untested", untested(set)}};
  if (options.coverage) {
    document["coverage"] = nlohmann::ordered_json::array();
    for (const TestCoverage& one : bench.coverage) {
      document["coverage"].push_back(coverage_json(one));
    }
    document["not_covered"] = not_tried_json(bench.not_covered);
  }
  if (options.mutate) {
    document["mutation"] = nlohmann::ordered_json::array();
    for (const MutationReport& one : bench.mutation) {
      document["mutation"].push_back(mutation_json(one));
    }
    document["not_mutated"] = not_tried_json(bench.not_mutated);
  }
  print_json(run, document);
}

std::string junit_text(const PolicySet& set, const std::vector<PolicyTestResult>& results) {
  std::vector<JunitCase> cases;
  cases.reserve(results.size());
  for (const PolicyTestResult& result : results) {
    std::vector<std::string> lines = result.failures;
    for (const std::string& reason : result.reasons) lines.push_back("why: " + reason);
    cases.push_back({result.policy, result.test, result.span.file, result.span.line, lines});
  }
  for (const Policy& policy : set.policies) {
    if (!policy.tests.empty()) continue;
    cases.push_back(
        {policy.id, "has a test", policy.span.file, policy.span.line, {"the policy has no test"}});
  }
  return junit_report("tidewaiter policy test", cases);
}

/// A test judges a draft as if it were active: that it is one is no news here.
std::vector<Diagnostic> told_beside_tests(std::vector<Diagnostic> diagnostics) {
  std::erase_if(diagnostics, [](const Diagnostic& d) { return d.code == kDraftPolicy.code; });
  return diagnostics;
}

int test(Invocation& run, const TestOptions& options) {
  const Result<NamedPolicies> named = named_policies(run, options.paths, options.alone);
  if (!named) return fail_with(run, named.error());
  const PolicyFiles* const files = &named->files;
  print_diagnostics(run.err, told_beside_tests(files->loaded.diagnostics));
  if (has_errors(files->loaded.diagnostics)) {
    return fail_with(run, ExitStatus::kConfiguration, "the policies have errors: no test was run");
  }
  const EngineKind engine =
      options.engine == "reference" ? EngineKind::kReference : EngineKind::kColumnar;
  const std::vector<PolicyTestResult> results = run_tests_of(files->loaded.set, {}, engine);
  // Where nothing was asked, the answer is not yes.
  const bool passed =
      !results.empty() && std::all_of(results.begin(), results.end(),
                                      [](const PolicyTestResult& r) { return r.passed; });
  const Bench bench = run_bench(run, options, files->loaded.set, results);
  if (options.format == "json") {
    print_document(run, files->loaded.set, results, options, bench, passed);
  } else if (options.format == "junit") {
    run.out << junit_text(files->loaded.set, results);
  } else {
    print_text(run, files->loaded.set, results);
    if (options.coverage)
      run.out << '\n'
              << coverage_text(bench.coverage, run.terminal)
              << not_tried_text("coverage not measured", bench.not_covered, run.terminal);
    if (options.mutate)
      run.out << '\n'
              << mutation_text(bench.mutation, run.terminal)
              << not_tried_text("mutants not tried", bench.not_mutated, run.terminal);
  }
  const bool met = meets_bars(run, options, bench);
  return code(passed && met ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_policy_test(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "test", "runs the tests that policies carry",
      "Prints one line a test, and under a failed one what was expected and what came.\n"
      "Exit status 1 if a test fails, or if there is none. --coverage tells which outcomes\n"
      "of selections, items, branches, exemptions, measures and report_when no test\n"
      "reaches. --mutate changes the policy's meaning bit by bit and tells the changes that\n"
      "no test notices. Neither changes the exit status, but where --min-coverage or\n"
      "--min-mutation ask for more than there is.",
      "  tidewaiter policy test policies/\n"
      "  tidewaiter policy test --coverage --mutate policies/burst.yaml\n"
      "  tidewaiter policy test --min-coverage 100 --min-mutation 90\n"
      "  tidewaiter policy test --format junit > tests.xml\n"
      "  tidewaiter policy test --engine reference");
  auto options = std::make_shared<TestOptions>();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  verb->add_option("--engine", options->engine, "Which engine answers: both give the same")
      ->type_name("ENGINE")
      ->check(CLI::IsMember({"columnar", "reference"}));
  verb->add_flag("--coverage", options->coverage, "Tell what of the policies the tests reach");
  verb->add_flag("--mutate", options->mutate, "Tell which changes of meaning no test notices");
  add_number(*verb, "--min-coverage", options->least_reached, 1,
             "Fail if tests reach less of a policy's outcomes; as --coverage", 100)
      ->type_name("PERCENT")
      ->each([options](const std::string&) { options->coverage = true; });
  add_number(*verb, "--min-mutation", options->least_noticed, 1,
             "Fail if tests notice fewer of a policy's mutants; as --mutate", 100)
      ->type_name("PERCENT")
      ->each([options](const std::string&) { options->mutate = true; });
  verb->add_flag("--alone", options->alone, kAloneDescription);
  verb->add_option("--format", options->format, "How to print")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "junit"}));
  verb->add_flag_callback(
      "--json", [options] { options->format = "json"; }, "Same as --format json");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return test(run, *options); };
  });
}

}  // namespace tidewaiter
