#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/backtest_run.h"
#include "daemon/cli/backtest_svg.h"
#include "daemon/cli/history_choice.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/junit.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/review_labels.h"
#include "daemon/cli/set_to_try.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/written_text.h"
#include "policies/authoring/expectations.h"
#include "storage/files/shown_file.h"

namespace tidewaiter {
namespace {

struct BacktestOptions {
  std::vector<std::string> paths;
  HistoryOptions history;
  TimeOptions times;
  std::string svg;
  std::string labels;
  std::string expect;
  std::string unexpected = "allow";
  std::string format = "text";
  std::int64_t top = 5;
  std::int64_t threads = 1;
  bool no_cost = false;
};

/// Of labels or expectations: a few hundred bytes for each finding.
constexpr std::size_t kMostReferenceBytes = std::size_t{256} << 20U;

/// What a backtest is compared with. Either may not be asked for.
struct Reference {
  std::vector<ReviewLabel> labels;
  std::vector<HistoryExpectation> expectations;
};

Result<Reference> read_reference(Invocation& run, const BacktestOptions& options) {
  Reference reference;
  const std::filesystem::path& folder = run.environment.working_folder;
  if (!options.labels.empty()) {
    const Result<std::string> text = read_shown_file(folder / options.labels, kMostReferenceBytes);
    if (!text) return tl::unexpected(text.error());
    Result<std::vector<ReviewLabel>> labels = read_review_labels(*text, options.labels);
    if (!labels) return tl::unexpected(labels.error());
    reference.labels = *std::move(labels);
  }
  if (!options.expect.empty()) {
    const Result<std::string> text = read_shown_file(folder / options.expect, kMostReferenceBytes);
    if (!text) return tl::unexpected(text.error());
    ExpectationsOutcome read = read_expectations(options.expect, *text);
    print_diagnostics(run.err, read.diagnostics);
    if (has_errors(read.diagnostics)) {
      return fail(ErrorCode::kInvalidInput, "the expectations have errors: nothing was tried");
    }
    reference.expectations = std::move(read.expectations);
  }
  return reference;
}

Result<BacktestReport> try_policies(Invocation& run, const BacktestOptions& options,
                                    const PolicySet& policies,
                                    const std::optional<Interval>& reported) {
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const HistoryWatch watch{interrupt.token(),
                           [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
  const Result<ChosenHistory> chosen = choose_history(run, options.history, policies, watch);
  progress.clear();
  if (!chosen) return tl::unexpected(chosen.error());
  warn_of_bad_lines(run, *chosen);
  Result<BacktestReport> report = run_backtest(policies, *chosen->history, watch,
                                               {reported,
                                                options.no_cost ? 0 : kCostEntries,
                                                static_cast<std::size_t>(options.threads),
                                                {}});
  if (report) report->stored = chosen->stored();
  return report;
}

void label_findings(Invocation& run, BacktestReport& report, const std::vector<ReviewLabel>& labels,
                    const std::string& path) {
  std::vector<std::string_view> tried;
  for (PolicyBacktest& one : report.policies) {
    one.labels = match_labels(one.policy->id, one.findings, labels);
    tried.emplace_back(one.policy->id);
  }
  for (const std::string& line : labels_of_no_policy(labels, tried, path)) {
    run.err << "tidewaiter: warning: " << printable(line) << '\n';
  }
}

std::vector<ExpectationResult> compare(const BacktestReport& report, const Reference& reference,
                                       bool fail_unexpected) {
  std::vector<std::string> tried;
  std::vector<SettledFinding> findings;
  for (const PolicyBacktest& one : report.policies) {
    tried.push_back(one.policy->id);
    findings.insert(findings.end(), one.findings.begin(), one.findings.end());
  }
  std::vector<ExpectationResult> results =
      check_expectations(reference.expectations, tried, findings);
  if (!fail_unexpected) return results;
  const auto place = [&report](const std::string& id) {
    const auto found = std::ranges::find(report.policies, id,
                                         [](const PolicyBacktest& one) { return one.policy->id; });
    return found->policy->span;
  };
  std::ranges::move(check_unexpected(reference.expectations, tried, findings, place),
                    std::back_inserter(results));
  return results;
}

std::string junit_text(const std::vector<ExpectationResult>& results) {
  std::vector<JunitCase> cases;
  cases.reserve(results.size());
  for (const ExpectationResult& result : results) {
    cases.push_back({result.policy, "history at line " + std::to_string(result.span.line),
                     result.span.file, result.span.line, result.failures});
  }
  return junit_report("tidewaiter policy backtest", cases);
}

void print(Invocation& run, const BacktestOptions& options, const BacktestReport& report,
           const std::vector<ExpectationResult>& results) {
  if (options.format == "junit") {
    run.out << junit_text(results);
  } else if (options.format == "json") {
    nlohmann::ordered_json document = backtest_json(report);
    if (!options.expect.empty()) document["expectations"] = expectations_json(results);
    print_json(run, document);
  } else {
    run.out << backtest_text(report, static_cast<std::size_t>(options.top), run.terminal);
    if (!results.empty()) run.out << '\n' << expectations_text(results, run.terminal);
  }
}

int backtest(Invocation& run, const BacktestOptions& options) {
  if (options.format == "junit" && options.expect.empty()) {
    return fail_with(run, ExitStatus::kUsage, "--format junit tells of --expect: give it a file");
  }
  if (options.unexpected == "fail" && options.expect.empty()) {
    return fail_with(run, ExitStatus::kUsage,
                     "--unexpected fail is about policies that --expect does not name: give it a "
                     "file");
  }
  const Result<std::optional<Interval>> reported = interval_of(options.times);
  if (!reported) return fail_with(run, reported.error());
  const Result<Reference> reference = read_reference(run, options);
  if (!reference) return fail_with(run, reference.error());
  const Result<PolicyFiles> files = policy_files(run, options.paths);
  if (!files) return fail_with(run, files.error());
  if (has_errors(files->loaded.diagnostics)) {
    print_diagnostics(run.err, files->loaded.diagnostics);
    return fail_with(run, ExitStatus::kConfiguration,
                     "the policies have errors: nothing was tried");
  }
  const Result<PolicySet> tried = set_to_try(run, files->texts, files->loaded);
  if (!tried) return fail_with(run, tried.error());
  Result<BacktestReport> report = try_policies(run, options, *tried, *reported);
  if (!report) return fail_with(run, report.error());
  if (!options.labels.empty()) label_findings(run, *report, reference->labels, options.labels);
  if (!options.svg.empty()) {
    const auto path = run.environment.working_folder / options.svg;
    if (auto written = write_text(path, backtest_svg(*report)); !written) {
      return fail_with(run, written.error());
    }
  }
  const std::vector<ExpectationResult> results =
      compare(*report, *reference, options.unexpected == "fail");
  print(run, options, *report, results);
  const bool as_expected =
      std::ranges::all_of(results, [](const ExpectationResult& r) { return r.failures.empty(); });
  return code(as_expected ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_policy_backtest(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "backtest", "tells what policies would have done over history",
      "Judges stored history, or files, with the engine that judges live, as if the policies had\n"
      "been in force from the beginning; drafts too. Prints by policy the findings, hits a day,\n"
      "the subjects with most, what could not be told, and the cost. Writes to no store.\n"
      "Exit status 1 if something that --expect asks for did not come, or with --unexpected fail\n"
      "if a policy that it does not name has findings. docs/backtest.md has the rules, the forms "
      "of --labels and --expect, and worked examples.",
      "  tidewaiter policy backtest\n"
      "  tidewaiter policy backtest policies/burst.yaml --from 2026-01-01 --svg hits.svg\n"
      "  tidewaiter policy backtest drafts/ --over usage-2026-01.jsonl.gz\n"
      "  tidewaiter policy backtest drafts/ --over export.csv --as gateway --threads 4\n"
      "  tidewaiter policy backtest --expect history.yaml --format junit > backtest.xml");
  auto options = std::make_shared<BacktestOptions>();
  verb->add_option("path", options->paths, "Policies: files, folders or globs")->type_name("PATH");
  add_history_options(*verb, options->history);
  add_time_options(*verb, options->times, "Tell findings that begin");
  verb->add_option("--svg", options->svg, "Write hits a day as a picture to this file")
      ->type_name("FILE");
  verb->add_option("--labels", options->labels,
                   "Compare with reviewers' decisions, CSV or JSON Lines: gives the precision")
      ->type_name("FILE");
  verb->add_option("--expect", options->expect, "Check what this file expects of the policies")
      ->type_name("FILE");
  verb->add_option("--unexpected", options->unexpected,
                   "Whether findings of a policy that --expect does not name are a failure")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"allow", "fail"}));
  add_number(*verb, "--top", options->top, 0, "How many subjects to name for each policy");
  add_number(*verb, "--threads", options->threads, 1,
             "How many threads judge; what is told does not depend on it", kMostThreads);
  verb->add_flag("--no-cost", options->no_cost, "Do not measure what each policy costs");
  verb->add_option("--format", options->format, "How to print")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "junit"}));
  verb->add_flag_callback(
      "--json", [options] { options->format = "json"; }, "Same as --format json");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return backtest(run, *options); };
  });
}

}  // namespace tidewaiter
