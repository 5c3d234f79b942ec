#include "daemon/cli/cluster_outlook.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/link_report.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/text_table.h"
#include "policies/authoring/backtest.h"
#include "policies/language/interval_set.h"

namespace tidewaiter {
namespace {

/// Behind all that a log has.
constexpr std::int64_t kBehindAll = std::numeric_limits<std::int64_t>::max();

LogEntry entry_of_ruling(const LinkRuled& ruled) {
  LogEntry entry;
  entry.seq = kBehindAll;
  entry.body = Control{ruled};
  return entry;
}

/// The clusters that get or lose accounts. What they were follows from what they are and who moved.
void compare_clusters(Linker& linker, const LogEntry& entry, RulingOutlook& outlook) {
  std::map<LinkedAccount, std::int64_t> left;  // how many more have left it than have come
  for (const ClusterMove& move : linker.take(entry)) {
    ++left[move.from];
    --left[move.to];
  }
  for (const auto& [name, more] : left) {
    const bool is_one = linker.cluster_of(name) == name;
    const std::int64_t now = is_one ? linker.size_around(name) : 0;
    if (now + more > 0) outlook.before.push_back({name, now + more});
    if (now > 0) outlook.after.push_back({name, now});
  }
}

/// The policies in force that are about clusters.
std::shared_ptr<const PolicySet> judging_policies(const PolicySet& set) {
  auto judging = std::make_shared<PolicySet>();
  judging->hash = set.hash;
  for (const Policy& policy : set.policies) {
    if (policy.status == PolicyStatus::kActive && policy.linkage) {
      judging->policies.push_back(policy);
    }
  }
  return judging;
}

/// The ledger's finding that a step is about: the standing one of its policy, subject and run.
std::string finding_of(const std::vector<FindingState>& findings, const Step& step) {
  const std::string subject = to_text(step.subject);
  for (const FindingState& finding : findings) {
    const bool meets = overlap(finding.run, step.run);
    const bool same = finding.policy == step.policy && finding.subject == subject && meets;
    if (same && !is_withdrawn(finding)) return finding.id;
  }
  return {};
}

Result<std::vector<Step>> steps_of_ruling(Invocation& run,
                                          const std::shared_ptr<const PolicySet>& set,
                                          const LogEntry& entry) {
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const HistoryWatch watch{interrupt.token(),
                           [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
  const Result<ChosenHistory> history = choose_history(run, {}, *set, watch);
  if (!history) return tl::unexpected(history.error());
  std::vector<Step> steps;
  bool ruled = false;
  Backtest backtest(set, history->history->log_id(), history->history->dropped_before(),
                    EngineKind::kColumnar, [&](std::span<const Step> all) {
                      if (ruled) steps.insert(steps.end(), all.begin(), all.end());
                    });
  const auto read = history->history->read(
      watch, [&](std::span<const LogEntry> entries) { backtest.take(entries); });
  progress.clear();
  if (!read) return tl::unexpected(read.error());
  ruled = true;
  backtest.take(std::span(&entry, 1));
  return steps;
}

std::string_view step_word(StepKind kind) {
  switch (kind) {
    case StepKind::kWithdrawn:
      return "withdrawn";
    case StepKind::kRestated:
      return "restated";
    case StepKind::kOpened:
      return "opened";
    case StepKind::kClosed:
    case StepKind::kGap:
      break;
  }
  return "ended";
}

std::string touched_text(const std::vector<TouchedCluster>& clusters) {
  std::string text;
  for (const TouchedCluster& cluster : clusters) {
    text += (text.empty() ? "" : "; ") + printable(name_of(cluster.name)) +
            (cluster.accounts == 1 ? ", alone" : " of " + counted(cluster.accounts, "account"));
  }
  return text;
}

nlohmann::ordered_json touched_json(const std::vector<TouchedCluster>& clusters) {
  auto all = nlohmann::ordered_json::array();
  for (const TouchedCluster& cluster : clusters) {
    all.push_back({{"cluster", name_of(cluster.name)}, {"size", cluster.accounts}});
  }
  return all;
}

}  // namespace

Result<RulingOutlook> ruling_outlook(Invocation& run, const Stores& stores, StoredClusters& stored,
                                     const LinkRuled& ruled) {
  RulingOutlook outlook;
  const LogEntry entry = entry_of_ruling(ruled);
  compare_clusters(stored.history.linker, entry, outlook);
  const Result<PolicySet> in_force = set_in_force(*stores.records);
  if (!in_force) return tl::unexpected(in_force.error());
  const std::shared_ptr<const PolicySet> set = judging_policies(*in_force);
  outlook.judged = !set->policies.empty();
  if (!outlook.judged || outlook.before.empty()) return outlook;
  const Result<std::vector<Step>> steps = steps_of_ruling(run, set, entry);
  if (!steps) return tl::unexpected(steps.error());
  const Result<std::vector<FindingState>> findings = stores.ledger->findings({});
  if (!findings) return tl::unexpected(findings.error());
  for (const Step& step : *steps) {
    if (step.kind == StepKind::kGap) continue;
    const bool is_new = step.kind == StepKind::kOpened;
    outlook.steps.push_back({step.kind, is_new ? std::string() : finding_of(*findings, step),
                             step.policy, step.severity, to_text(step.subject), step.run,
                             step.reason});
  }
  return outlook;
}

std::string outlook_text(const RulingOutlook& outlook, const Terminal& terminal) {
  constexpr std::size_t kOutlookLabel = 10;  // columns of what stands in front
  const auto paragraph = [&](const std::string& label, const std::string& text) {
    return label + std::string(kOutlookLabel - label.size(), ' ') +
           wrapped(text, terminal.width, kOutlookLabel, kOutlookLabel) + '\n';
  };
  if (outlook.before.empty()) {
    return paragraph("changes",
                     "nothing now: no account would be in another cluster. It would hold for what "
                     "comes later");
  }
  std::string out = paragraph("before", touched_text(outlook.before));
  out += paragraph("after", touched_text(outlook.after));
  if (!outlook.judged) return out + "findings  none: no policy in force is about clusters\n";
  if (outlook.steps.empty()) return out + "findings  none would change\n";
  TextTable table({{.header = "FINDING"},
                   {.header = "WOULD BE"},
                   {.header = "SEVERITY"},
                   {.header = "POLICY", .shrinks = true},
                   {.header = "SUBJECT", .folds = true},
                   {.header = "WINDOW (UTC)", .folds = true}});
  for (const OutlookStep& step : outlook.steps) {
    table.add_row({{step.finding.empty() ? "-" : step.finding.substr(0, 8), Tone::kLink},
                   {std::string(step_word(step.kind))},
                   {std::string(severity_name(step.severity)), severity_tone(step.severity)},
                   {step.policy},
                   {step.subject},
                   {interval_text(step.run)}});
  }
  return out + '\n' + table.render(terminal);
}

nlohmann::ordered_json outlook_json(const RulingOutlook& outlook) {
  auto steps = nlohmann::ordered_json::array();
  for (const OutlookStep& step : outlook.steps) {
    steps.push_back({{"finding", step.finding.empty() ? nlohmann::ordered_json()
                                                      : nlohmann::ordered_json(step.finding)},
                     {"would_be", step_word(step.kind)},
                     {"policy", step.policy},
                     {"severity", severity_name(step.severity)},
                     {"subject", step.subject},
                     {"from", format_time(step.run.from)},
                     {"to", format_time(step.run.to)},
                     {"reason", step.reason}});
  }
  return {{"before", touched_json(outlook.before)},
          {"after", touched_json(outlook.after)},
          {"judged", outlook.judged},
          {"findings", std::move(steps)}};
}

}  // namespace tidewaiter
