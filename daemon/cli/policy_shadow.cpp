#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/app.h"
#include "daemon/cli/backtest_run.h"
#include "daemon/cli/history_choice.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/set_to_try.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

struct ShadowOptions {
  std::string policy;
  std::string since;
  std::int64_t top = 5;
  bool json = false;
};

/// The policies that the daemon has, published ones where it asks for that. Faults are told.
std::optional<PolicySet> configured_policies(Invocation& run, int& status) {
  const std::optional<Config> config = configuration(run);
  if (!config) {
    status = code(ExitStatus::kConfiguration);
    return std::nullopt;
  }
  std::vector<Diagnostic> diagnostics;
  Result<LoadedPolicies> loaded = load_configured_policies(*config, run.now(), diagnostics);
  if (loaded) return set_to_try(run, *config, loaded->texts, loaded->set, loaded->published);
  print_diagnostics(run.err, diagnostics);
  status =
      fail_with(run, ExitStatus::kConfiguration, "the policies have errors: nothing was tried");
  return std::nullopt;
}

/// Those in shadow, or the one that is named. Errors: kNotFound if that is not in shadow.
Result<PolicySet> in_shadow(PolicySet set, const std::string& id) {
  std::vector<std::string_view> known;
  for (const Policy& policy : set.policies) known.push_back(policy.id);
  const auto named = std::ranges::find(set.policies, id, &Policy::id);
  if (!id.empty() && named == set.policies.end()) {
    const std::optional<std::string> near = did_you_mean(id, known);
    return fail(ErrorCode::kNotFound, "there is no policy `" + id + "`" +
                                          (near ? ": did you mean `" + *near + "`?"
                                                : ": `tidewaiter policy list` has them"));
  }
  if (!id.empty() && named->status != PolicyStatus::kShadow) {
    return fail(ErrorCode::kNotFound, "`" + id +
                                          "` is not in shadow: write `status: shadow`, or try it "
                                          "with `tidewaiter policy backtest`");
  }
  std::erase_if(set.policies, [&id](const Policy& policy) {
    return policy.status != PolicyStatus::kShadow || (!id.empty() && policy.id != id);
  });
  return set;
}

/// With one that reads findings are tried those that make them: the active ones, and all in shadow.
PolicySet with_findings(const PolicySet& shadows, const PolicySet& all) {
  const bool reads_findings = std::ranges::any_of(
      shadows.policies, [](const Policy& policy) { return policy.reads == RecordKind::kFinding; });
  if (!reads_findings) return shadows;
  PolicySet tried = all;
  std::erase_if(tried.policies, [&shadows](const Policy& policy) {
    if (std::ranges::find(shadows.policies, policy.id, &Policy::id) != shadows.policies.end()) {
      return false;
    }
    return policy.reads == RecordKind::kFinding || policy.status == PolicyStatus::kDraft ||
           policy.status == PolicyStatus::kRetired;
  });
  return tried;
}

Result<std::optional<Interval>> since_of(const ShadowOptions& options) {
  if (options.since.empty()) return std::optional<Interval>();
  const Result<UtcTime> from = instant_of("--since", options.since);
  if (!from) return tl::unexpected(from.error());
  return std::optional(Interval{*from, UtcTime{std::numeric_limits<std::int64_t>::max()}});
}

Result<BacktestReport> look(Invocation& run, const PolicySet& shadows, const PolicySet& all,
                            const std::optional<Interval>& reported) {
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const HistoryWatch watch{interrupt.token(),
                           [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
  const Result<ChosenHistory> chosen = choose_history(run, {}, shadows, watch);
  if (!chosen) return tl::unexpected(chosen.error());
  BacktestPlan plan{reported, kCostEntries, 1, {}};
  for (const Policy& policy : shadows.policies) plan.told.insert(policy.id);
  Result<BacktestReport> report =
      run_backtest(with_findings(shadows, all), *chosen->history, watch, plan);
  progress.clear();
  if (report) report->stored = true;
  return report;
}

void print_document(Invocation& run, const BacktestReport& report) {
  nlohmann::ordered_json document = {{"shadow", true}};
  document.update(backtest_json(report));
  for (auto& finding : document["findings"]) finding["shadow"] = true;
  print_json(run, document);
}

int shadow(Invocation& run, const ShadowOptions& options) {
  const Result<std::optional<Interval>> reported = since_of(options);
  if (!reported) return fail_with(run, reported.error());
  int status = 0;
  std::optional<PolicySet> set = configured_policies(run, status);
  if (!set) return status;
  const Result<PolicySet> shadows = in_shadow(*set, options.policy);
  if (!shadows) return fail_with(run, shadows.error());
  if (shadows->policies.empty() && !options.json) {
    run.out << "no policy is in shadow: `status: shadow` puts one there\n";
    return code(ExitStatus::kOk);
  }
  const Result<BacktestReport> report = look(run, *shadows, *set, *reported);
  if (!report) return fail_with(run, report.error());
  if (options.json) {
    print_document(run, *report);
    return code(ExitStatus::kOk);
  }
  run.out << "shadow: none of these findings is in the ledger, and nobody was told\n\n"
          << backtest_text(*report, static_cast<std::size_t>(options.top), run.terminal);
  return code(ExitStatus::kOk);
}

}  // namespace

void add_policy_shadow(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "shadow", "tells what policies in shadow have found so far",
      "Judges the stored history by the policies with `status: shadow`, or by the one named, with\n"
      "the daemon's own engine. Prints findings, hits a day, subjects and cost as `policy\n"
      "backtest` does. Nothing is written: a policy in shadow opens no findings and notifies\n"
      "nobody.",
      "  tidewaiter policy shadow\n"
      "  tidewaiter policy shadow account.burst --since 2026-10-01\n"
      "  tidewaiter policy shadow --json | jq '.findings | length'");
  auto options = std::make_shared<ShadowOptions>();
  verb->add_option("policy", options->policy, "One policy; otherwise all in shadow")
      ->type_name("POLICY");
  verb->add_option("--since", options->since, "Tell findings that begin from then on")
      ->type_name("TIME");
  add_number(*verb, "--top", options->top, 0, "How many subjects to name for each policy");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return shadow(run, *options); };
  });
}

}  // namespace tidewaiter
