#include <memory>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/coverage_text.h"
#include "daemon/cli/cycle_run.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/verbs.h"
#include "storage/ledger/root_text.h"

namespace tidewaiter {
namespace {

struct RunOptions {
  bool once = false;
  bool json = false;
};

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
                const TreeHead& head, const std::optional<Checkpoint>& checkpoint) {
  run.out << painted("Read", Tone::kStrong, run.terminal) << '\n'
          << reading_text(cycle, run.terminal);
  print_heading(run, "Findings");
  if (findings.empty()) {
    run.out << (cycle.report.interrupted ? "none so far\n"
                                         : "none; what could not be judged stands below\n");
  } else {
    run.out << findings_table(findings).render(run.terminal) << findings_summary(findings) << '\n';
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
  const Result<TreeHead> head = ledger.head();
  if (!head) return fail_with(run, head.error());
  const Result<std::optional<Checkpoint>> checkpoint = ledger.signed_head();
  if (!checkpoint) return fail_with(run, checkpoint.error());
  if (json) {
    nlohmann::ordered_json document = cycle_json(*cycle);
    document["findings"] = nlohmann::ordered_json::array();
    for (const FindingState& finding : *findings) {
      document["findings"].push_back(finding_json(finding));
    }
    document["coverage"] = coverage_json(cycle->app->cycle().coverage());
    document["ledger"] = {{"origin", ledger.origin()},
                          {"size", head->size},
                          {"root", to_hex(head->root)},
                          {"signed_size", *checkpoint ? (*checkpoint)->head.size : 0}};
    print_json(run, document);
  } else {
    print_text(run, *cycle, *findings, *head, *checkpoint);
  }
  return code(cycle_status(cycle->report));
}

}  // namespace

void add_run(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "run", "pulls every source once, judges, records and signs",
      "Prints what it read from each source, the findings, what each policy could and could not\n"
      "tell, and the ledger's head. Makes the state folder if it is not there. Findings do not\n"
      "change the exit status. Stopped by SIGINT or SIGTERM it ends with status 5, since what it\n"
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
