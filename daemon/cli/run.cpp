#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/coverage_text.h"
#include "daemon/cli/cycle_run.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/notify_verbs.h"
#include "daemon/cli/verbs.h"
#include "storage/ledger/root_text.h"

namespace tidewaiter {
namespace {

struct RunOptions {
  bool once = false;
  bool json = false;
};

/// What a channel has not sent when the run ends.
struct Undelivered {
  std::string channel;
  std::int64_t waiting = 0;
  std::string reason;  ///< of the last try; empty: there was none, or it has no answer
};

Result<std::vector<Undelivered>> undelivered(const CycleRun& cycle, UtcTime now) {
  const Result<NoticesAtHand> notices =
      notices_at_hand(cycle.app->ledger(), cycle.app->config(), now);
  if (!notices) return tl::unexpected(notices.error());
  std::map<std::string, Undelivered> by_channel;
  for (const NoticeView& view : notices->views) {
    const bool unclaimed = view.state == NoticeState::kUnclaimed;
    if (!unclaimed && view.state != NoticeState::kWaiting) continue;
    Undelivered& one = by_channel[view.message.channel];
    one.channel = view.message.channel;
    ++one.waiting;
    if (unclaimed) one.reason = "the channel is not configured";
  }
  for (const auto& [channel, reason] : cycle.app->outbox().failing()) {
    const auto found = by_channel.find(channel);
    if (found != by_channel.end() && found->second.reason.empty()) found->second.reason = reason;
  }
  std::vector<Undelivered> all;
  for (auto& [name, one] : by_channel) all.push_back(std::move(one));
  return all;
}

/// This process has no log that would say so.
void warn_of(Invocation& run, const std::vector<Undelivered>& undelivered) {
  for (const Undelivered& one : undelivered) {
    run.err << "tidewaiter: warning: channel " << printable(one.channel) << ": "
            << counted(one.waiting, "message waits", "messages wait") << " to be sent"
            << (one.reason.empty() ? std::string(", by a later run") : ": " + printable(one.reason))
            << '\n';
  }
}

nlohmann::ordered_json undelivered_json(const std::vector<Undelivered>& undelivered) {
  auto all = nlohmann::ordered_json::array();
  for (const Undelivered& one : undelivered) {
    all.push_back({{"channel", one.channel}, {"waiting", one.waiting}, {"reason", nullptr}});
    if (!one.reason.empty()) all.back()["reason"] = one.reason;
  }
  return all;
}

void print_heading(Invocation& run, std::string_view text) {
  run.out << '\n' << painted(text, Tone::kStrong, run.terminal) << '\n';
}

void print_next_steps(Invocation& run, const std::vector<FindingState>& findings) {
  print_heading(run, "Next");
  if (!findings.empty()) {
    run.out << "  tidewaiter finding show " << findings.front().id.substr(0, 8)
            << "   why, in plain words\n";
  }
  run.out << "  tidewaiter ledger verify          recompute the ledger from its entries\n"
             "  tidewaiter status                 sources, coverage, what cannot be told\n";
}

void print_text(Invocation& run, const CycleRun& cycle, const std::vector<FindingState>& findings,
                const FindingOutcomes& outcomes, const TreeHead& head,
                const std::optional<Checkpoint>& checkpoint) {
  run.out << painted("Read", Tone::kStrong, run.terminal) << '\n'
          << reading_text(cycle, run.terminal);
  print_heading(run, "Findings");
  if (findings.empty()) {
    run.out << (cycle.report.interrupted ? "none so far\n"
                                         : "none; what could not be judged stands below\n");
  } else {
    run.out << findings_table(findings, outcomes).render(run.terminal)
            << findings_summary(findings, outcomes) << '\n';
  }
  if (cycle.report.interrupted) {
    run.out << painted("incomplete", Tone::kBad, run.terminal)
            << "  the run was stopped before everything was read and judged\n";
  }
  run.out << "this run: " << grouped(cycle.report.opened) << " opened, "
          << grouped(cycle.report.restated) << " restated, " << grouped(cycle.report.withdrawn)
          << " withdrawn, " << grouped(cycle.report.closed) << " ended\n";
  print_heading(run, "Coverage");
  run.out << coverage_text(cycle.app->cycle().coverage(), run.terminal);
  print_heading(run, "Ledger");
  run.out << printable(cycle.app->ledger().origin()) << ": "
          << counted(head.size, "entry", "entries") << ", signed up to "
          << grouped(checkpoint ? checkpoint->head.size : 0) << ", root " << root_text(head.root)
          << '\n';
  print_next_steps(run, findings);
}

int once(Invocation& run, bool json) {
  std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  int status = 0;
  const std::unique_ptr<CycleRun> cycle = run_cycle(run, std::move(*config), nullptr, status);
  if (cycle == nullptr) return status;
  Ledger& ledger = cycle->app->ledger();
  const Result<std::vector<FindingState>> findings = ledger.findings({});
  if (!findings) return fail_with(run, findings.error());
  const Result<FindingOutcomes> outcomes = read_outcomes(ledger, *findings);
  if (!outcomes) return fail_with(run, outcomes.error());
  const Result<TreeHead> head = ledger.head();
  if (!head) return fail_with(run, head.error());
  const Result<std::optional<Checkpoint>> checkpoint = ledger.signed_head();
  if (!checkpoint) return fail_with(run, checkpoint.error());
  const auto waiting = undelivered(*cycle, run.now());
  if (!waiting) return fail_with(run, waiting.error());
  if (json) {
    nlohmann::ordered_json document = cycle_json(*cycle);
    document["findings"] = nlohmann::ordered_json::array();
    for (const FindingState& finding : *findings) {
      document["findings"].push_back(listed_finding_json(finding, *outcomes));
    }
    document["coverage"] = coverage_json(cycle->app->cycle().coverage());
    document["ledger"] = {{"origin", ledger.origin()},
                          {"size", head->size},
                          {"root", to_hex(head->root)},
                          {"signed_size", *checkpoint ? (*checkpoint)->head.size : 0}};
    document["undelivered"] = undelivered_json(*waiting);
    print_json(run, document);
  } else {
    print_text(run, *cycle, *findings, *outcomes, *head, *checkpoint);
  }
  warn_of(run, *waiting);
  return code(cycle_status(cycle->report));
}

}  // namespace

void add_run(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "run", "pulls every source once, judges, records and signs",
      "Prints what it read from each source, the findings, what each policy could and could not\n"
      "tell, and the ledger's head. Makes the state folder if it is not there. Standard error has\n"
      "what channels of kind `log` are told, and for each channel how many messages wait and why\n"
      "the last one was not sent. Findings and messages do not change the exit status. Stopped by "
      "SIGINT or SIGTERM it ends with status 5, since what it\n"
      "tells is incomplete. To run for good, start tidewaiterd.",
      "  tidewaiter run --once\n"
      "  tidewaiter run --once --config site.yaml --state /tmp/trial --json");
  auto options = std::make_shared<RunOptions>();
  verb->add_flag("--once", options->once, "One cycle, then exit (required)")->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return once(run, options->json); };
  });
}

}  // namespace tidewaiter
