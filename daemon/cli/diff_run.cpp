#include "daemon/cli/diff_run.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "policies/engine/explain.h"
#include "policies/language/interval_set.h"

namespace tidewaiter {
namespace {

const SettledFinding* first_met(const std::vector<SettledFinding>& some, const Interval& run) {
  const auto met = std::ranges::find_if(
      some, [&run](const SettledFinding& finding) { return overlap(finding.run, run); });
  return met == some.end() ? nullptr : &*met;
}

std::string figure_change(const SettledFinding& before, const SettledFinding& after) {
  std::string text;
  for (const Figure& now : after.figures) {
    const auto old = std::ranges::find(before.figures, now.name, &Figure::name);
    if (old == before.figures.end() || old->value == now.value) continue;
    text += (text.empty() ? "" : ", ") + now.name + " " + format_value(old->value, old->type) +
            " → " + format_value(now.value, now.type);
  }
  if (before.run != after.run) {
    text += (text.empty() ? "" : "; ") + std::to_string(before.windows) + " → " +
            std::to_string(after.windows) + " windows";
  }
  return text.empty() ? "other measures" : text;
}

/// A run whose reason the version that stays silent has to give.
struct OpenQuestion {
  RunDifference* run = nullptr;
  std::unique_ptr<Explainer> explainer;
};

/// The sets that were tried.
struct Sides {
  std::shared_ptr<const PolicySet> before;
  std::shared_ptr<const PolicySet> after;
};

bool have_same_windows(const Policy& a, const Policy& b) {
  return !a.window.session && span_text(a.window) == span_text(b.window);
}

/// What is asked of which version; nothing where figures say it all.
std::optional<OpenQuestion> question_of(const PolicyDiff& diff, const std::string& subject,
                                        RunDifference& run, const Sides& sides,
                                        const History& history) {
  if (run.before && run.after) {
    run.reason = figure_change(*run.before, *run.after);
    return std::nullopt;
  }
  const bool is_lost = run.before.has_value();
  const std::optional<Policy>& silent = is_lost ? diff.after : diff.before;
  if (!silent) {
    run.reason = is_lost ? "the policy is gone" : "the policy is new";
    return std::nullopt;
  }
  const bool same_windows =
      diff.before && diff.after && have_same_windows(*diff.before, *diff.after);
  OpenQuestion question{&run, nullptr};
  question.explainer =
      std::make_unique<Explainer>(*silent, subject, run.shown().run, history.dropped_before(),
                                  is_lost ? sides.after : sides.before,
                                  same_windows ? WindowChoice::kWithin : WindowChoice::kMeeting);
  return question;
}

Result<void> answer(OpenQuestion& question, const PolicyDiff& diff) {
  const Result<Explanation> explanation = question.explainer->explain();
  if (!explanation) return tl::unexpected(explanation.error());
  RunDifference& run = *question.run;
  run.reason = run.before ? "now " : "before ";
  if (explanation->any_holds()) {
    // Its own run is not among those that are compared, or is as it was.
    run.reason += "in another run: the window of " +
                  format_time(explanation->windows[*explanation->shown].span.from) + " holds";
  } else {
    run.reason += why_not(question.explainer->policy(), *explanation);
  }
  if (diff.before && diff.after && diff.before->for_each != diff.after->for_each) {
    run.reason += "; the versions count by other fields";
  }
  return {};
}

Result<void> add_reasons(DiffReport& report, const Sides& sides, const History& history,
                         const HistoryWatch& watch, std::size_t most_reasons) {
  std::vector<std::pair<OpenQuestion, const PolicyDiff*>> open;
  for (PolicyDiff& diff : report.policies) {
    for (std::size_t i = 0; i < std::min(most_reasons, diff.changes.size()); ++i) {
      std::vector<RunDifference>& runs = diff.changes[i].runs;
      for (std::size_t j = 0; j < std::min(ExplainedChange::kMostReasons, runs.size()); ++j) {
        auto question = question_of(diff, diff.changes[i].change.subject, runs[j], sides, history);
        if (question) open.emplace_back(*std::move(question), &diff);
      }
    }
  }
  if (open.empty()) return {};
  auto read = history.read(watch, [&open](std::span<const LogEntry> entries) {
    for (auto& [question, diff] : open) question.explainer->take(entries);
  });
  if (!read) return read;
  for (auto& [question, diff] : open) {
    if (auto answered = answer(question, *diff); !answered) return answered;
  }
  return {};
}

std::vector<SettledFinding> findings_of(const std::vector<SettledFinding>& all,
                                        const std::optional<Policy>& policy) {
  std::vector<SettledFinding> some;
  if (!policy) return some;
  std::ranges::copy_if(all, std::back_inserter(some),
                       [&](const SettledFinding& finding) { return finding.policy == policy->id; });
  return some;
}

}  // namespace

std::vector<PolicyDiff> pair_policies(const PolicySet& before, const PolicySet& after) {
  std::map<std::string, PolicyDiff> by_id;
  const bool single = before.policies.size() == 1 && after.policies.size() == 1;
  for (const Policy& policy : before.policies) by_id[policy.id].before = policy;
  for (const Policy& policy : after.policies) {
    by_id[single ? before.policies.front().id : policy.id].after = policy;
  }
  std::vector<PolicyDiff> diffs;
  for (auto& [id, diff] : by_id) {
    if (diff.before && diff.after) diff.meaning = compare_meaning(*diff.before, *diff.after);
    diffs.push_back(std::move(diff));
  }
  return diffs;
}

std::vector<RunDifference> run_differences(const SubjectChange& change) {
  std::vector<RunDifference> lost;
  std::vector<RunDifference> gained;
  std::vector<RunDifference> altered;
  std::set<const SettledFinding*> paired;
  for (const SettledFinding& after : change.after) {
    const SettledFinding* before = first_met(change.before, after.run);
    if (before == nullptr) {
      gained.push_back({std::nullopt, after, ""});
    } else {
      paired.insert(before);
      altered.push_back({*before, after, ""});
    }
  }
  for (const SettledFinding& before : change.before) {
    if (paired.contains(&before)) continue;
    const SettledFinding* after = first_met(change.after, before.run);
    if (after == nullptr) {
      lost.push_back({before, std::nullopt, ""});
    } else {
      altered.push_back({before, *after, ""});
    }
  }
  std::vector<RunDifference> runs;
  for (std::vector<RunDifference>* some : {&lost, &gained, &altered}) {
    std::ranges::stable_sort(*some, {},
                             [](const RunDifference& run) { return run.shown().run.from; });
    std::ranges::move(*some, std::back_inserter(runs));
  }
  return runs;
}

Result<DiffReport> run_diff(const PolicySet& before, const PolicySet& after, const History& history,
                            const HistoryWatch& watch, const std::optional<Interval>& reported,
                            std::size_t most_reasons) {
  Backtest old(tried_policies(before), history.log_id(), history.dropped_before());
  Backtest now(tried_policies(after), history.log_id(), history.dropped_before());
  HistorySpan seen;
  auto read = history.read(watch, [&](std::span<const LogEntry> entries) {
    seen.note(entries);
    old.take(entries);
    now.take(entries);
  });
  if (!read) return tl::unexpected(read.error());
  DiffReport report{history.title(), seen.entries, seen.span, pair_policies(before, after)};
  const std::vector<SettledFinding> old_findings = findings_within(old.findings(), reported);
  const std::vector<SettledFinding> new_findings = findings_within(now.findings(), reported);
  for (PolicyDiff& diff : report.policies) {
    diff.findings_before = findings_of(old_findings, diff.before);
    diff.findings_after = findings_of(new_findings, diff.after);
    FindingsComparison compared = compare_settled(diff.findings_before, diff.findings_after);
    diff.unchanged = compared.unchanged;
    for (SubjectChange& change : compared.changes) {
      std::vector<RunDifference> runs = run_differences(change);
      diff.changes.push_back({std::move(change), std::move(runs)});
    }
  }
  const Sides sides{old.policies(), now.policies()};
  if (auto added = add_reasons(report, sides, history, watch, most_reasons); !added) {
    return tl::unexpected(added.error());
  }
  return report;
}

}  // namespace tidewaiter
