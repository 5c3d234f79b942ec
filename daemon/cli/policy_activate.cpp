#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/activation_outlook.h"
#include "daemon/cli/backtest_run.h"
#include "daemon/cli/confirmation.h"
#include "daemon/cli/history_choice.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/status_choice.h"
#include "daemon/cli/verbs.h"
#include "policies/language/policy_status.h"

namespace tidewaiter {
namespace {

/// What two people look at in a day beside their other work; --at-most says another number.
constexpr std::int64_t kMostCasesADay = 10;

struct ActivateOptions {
  std::vector<std::string> words;
  HistoryOptions history;
  std::int64_t at_most = kMostCasesADay;
  bool yes = false;
  bool json = false;
};

std::int64_t count_of(const StatusChoice& choice) {
  return static_cast<std::int64_t>(choice.ids.size());
}

/// The chosen policies, and where one reads findings those that will be active beside it and make
/// them: findings come from active policies alone.
PolicySet tried_of(const StatusChoice& choice) {
  PolicySet tried = choice.set;
  const bool reads_findings = std::ranges::any_of(tried.policies, [&](const Policy& policy) {
    return choice.ids.contains(policy.id) && policy.reads == RecordKind::kFinding;
  });
  std::erase_if(tried.policies, [&](const Policy& policy) {
    if (choice.ids.contains(policy.id)) return false;
    return !reads_findings || policy.status != PolicyStatus::kActive ||
           policy.reads == RecordKind::kFinding;
  });
  return tried;
}

Result<ActivationOutlook> look_ahead(Invocation& run, const ActivateOptions& options,
                                     const StatusChoice& choice) {
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const HistoryWatch watch{interrupt.token(),
                           [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
  const PolicySet tried = tried_of(choice);
  const Result<ChosenHistory> chosen = choose_history(run, options.history, tried, watch);
  if (!chosen) return tl::unexpected(chosen.error());
  Result<BacktestReport> report =
      run_backtest(tried, *chosen->history, watch, {std::nullopt, 0, 1, choice.ids});
  progress.clear();
  if (!report) return tl::unexpected(report.error());
  warn_of_bad_lines(run, *chosen);
  report->stored = chosen->stored();
  return activation_outlook(*report, options.at_most);
}

nlohmann::ordered_json status_change_json(const StatusChoice& choice, PolicyStatus status,
                                          bool changed) {
  nlohmann::ordered_json already = nlohmann::ordered_json::array();
  for (const Policy& policy : choice.already) already.push_back(policy.id);
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const ChangedFile& file : choice.files) files.push_back(file.before.path);
  return {{"status", policy_status_name(status)},
          {"changed", changed},
          {"chosen", choice.ids},
          {"already", already},
          {"files", files}};
}

void tell_already(Invocation& run, const StatusChoice& choice, PolicyStatus status) {
  for (const Policy& policy : choice.already) {
    run.err << "note: " << printable(policy.id) << " is " << policy_status_name(status)
            << " already\n";
  }
}

void tell_next(Invocation& run, const StatusChoice& choice, PolicyStatus status) {
  for (const ChangedFile& file : choice.files) {
    run.out << "changed " << printable(file.before.path) << '\n';
  }
  run.out << counted(count_of(choice), "policy", "policies") << " now "
          << policy_status_name(status) << '\n';
  const std::string come =
      choice.config.published_only
          ? "two people publish it: `tidewaiter policy publish --as HANDLE "
            "--title TEXT`"
          : "it comes into force when the daemon next reads its policies, if these files are "
            "among them: `systemctl reload tidewaiterd`, or `tidewaiter run "
            "--once`";
  run.out << wrapped("next: `tidewaiter policy test` runs the tests of the set; then " + come,
                     run.terminal.width, 0)
          << '\n';
}

/// Asks, writes if the answer is yes, and tells. `document`, with --json, is printed with it.
int settle(Invocation& run, const StatusChoice& choice, PolicyStatus status,
           const ActivateOptions& options, nlohmann::ordered_json document) {
  Confirmation answer = Confirmation::kYes;
  if (!options.yes) {
    const std::string question = "Make " + counted(count_of(choice), "policy", "policies") + ' ' +
                                 std::string(policy_status_name(status)) + "?";
    answer = confirm(run, std::cin, !options.json && somebody_is_there(run.terminal), question);
  }
  const bool write = answer == Confirmation::kYes;
  if (write) {
    if (auto written = write_status(choice); !written) return fail_with(run, written.error());
  }
  if (options.json) {
    document.update(status_change_json(choice, status, write));
    print_json(run, document);
  } else if (write) {
    tell_next(run, choice, status);
  }
  if (write) return code(ExitStatus::kOk);
  return fail_with(run, ExitStatus::kCheckFailed,
                   answer == Confirmation::kNo ? "nothing was changed"
                                               : "nothing was changed: add --yes to change it");
}

int nothing_to_do(Invocation& run, const StatusChoice& choice, PolicyStatus status, bool json) {
  if (json) {
    print_json(run, status_change_json(choice, status, false));
  } else {
    run.out << "nothing to change: all that was named is " << policy_status_name(status) << '\n';
  }
  return code(ExitStatus::kOk);
}

int activate(Invocation& run, const ActivateOptions& options) {
  const Result<StatusChoice> choice = choose_status(run, options.words, PolicyStatus::kActive);
  if (!choice) return fail_with(run, choice.error());
  if (choice->ids.empty()) {
    return nothing_to_do(run, *choice, PolicyStatus::kActive, options.json);
  }
  tell_already(run, *choice, PolicyStatus::kActive);
  print_diagnostics(run.err, choice->warnings);
  const Result<ActivationOutlook> outlook = look_ahead(run, options, *choice);
  if (!outlook) return fail_with(run, outlook.error());
  if (options.json)
    return settle(run, *choice, PolicyStatus::kActive, options, outlook_json(*outlook));
  run.out << outlook_text(*outlook, run.terminal) << '\n' << std::flush;
  return settle(run, *choice, PolicyStatus::kActive, options, {});
}

int deactivate(Invocation& run, const ActivateOptions& options) {
  const Result<StatusChoice> choice = choose_status(run, options.words, PolicyStatus::kShadow);
  if (!choice) return fail_with(run, choice.error());
  if (choice->ids.empty()) {
    return nothing_to_do(run, *choice, PolicyStatus::kShadow, options.json);
  }
  tell_already(run, *choice, PolicyStatus::kShadow);
  if (!options.json) {
    for (const std::string& id : choice->ids) run.out << printable(id) << '\n';
    run.out << wrapped(
                   "What they have found is withdrawn, with the reason `policy-changed`, when "
                   "the set comes into force; the ledger keeps it.",
                   run.terminal.width, 0)
            << '\n'
            << std::flush;
  }
  return settle(run, *choice, PolicyStatus::kShadow, options, nlohmann::ordered_json::object());
}

void add_change_options(CLI::App& verb, ActivateOptions& options) {
  verb.add_option("what", options.words,
                  "Policies: ids, or files, folders or globs, of which all are meant")
      ->type_name("PATH|ID")
      ->required();
  verb.add_flag("--yes", options.yes, "Change it without asking");
  add_json_flag(verb, options.json);
}

}  // namespace

void add_policy_activate(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "activate", "makes policies active, after a look at what they would find",
      "Judges the stored history, or files, by the chosen policies, as `policy backtest` does.\n"
      "Prints by policy the findings, subjects and new cases a day, what could not be told and\n"
      "why, how long the history is, the cases a day to expect of all together, and which\n"
      "policies would flood. Then asks, and changes `status` in the files, in place; without a\n"
      "terminal it changes nothing and exits with status 1, unless --yes. Refused if the set has\n"
      "errors.",
      "  tidewaiter policy activate distillation.dealt-load\n"
      "  tidewaiter policy activate policies/packs/sanctions --yes\n"
      "  tidewaiter policy activate drafts/burst.yaml --over usage-2026-01.jsonl.gz\n"
      "  tidewaiter policy activate policies --json | jq '.together.cases_a_day'");
  auto options = std::make_shared<ActivateOptions>();
  add_change_options(*verb, *options);
  add_history_options(*verb, options->history);
  add_number(*verb, "--at-most", options->at_most, 1,
             "New cases a day that people can look at: above it a policy floods (10)");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return activate(run, *options); };
  });
}

void add_policy_deactivate(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "deactivate", "puts policies back in shadow",
      "Prints which, and that what they have found is withdrawn. Then asks, and changes `status`\n"
      "to `shadow` in the files, in place; without a terminal it changes nothing and exits with\n"
      "status 1, unless --yes.",
      "  tidewaiter policy deactivate distillation.dealt-load\n"
      "  tidewaiter policy deactivate policies/packs/sanctions --yes");
  auto options = std::make_shared<ActivateOptions>();
  add_change_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return deactivate(run, *options); };
  });
}

}  // namespace tidewaiter
