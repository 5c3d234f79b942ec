#include "daemon/cli/diff_run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "policies/engine/explain.h"
#include "policies/language/interval_set.h"

namespace tidewaiter {
namespace {

/// The first finding of `some` whose run meets none of `others`.
const SettledFinding* unmet(const std::vector<SettledFinding>& some,
                            const std::vector<SettledFinding>& others) {
  for (const SettledFinding& finding : some) {
    const bool met = std::ranges::any_of(
        others, [&](const SettledFinding& other) { return overlap(finding.run, other.run); });
    if (!met) return &finding;
  }
  return nullptr;
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

/// Findings on both sides meet: the first pair that does says what changed.
std::string changed_text(const SubjectChange& change) {
  for (const SettledFinding& after : change.after) {
    for (const SettledFinding& before : change.before) {
      if (overlap(before.run, after.run)) return figure_change(before, after);
    }
  }
  return {};
}

/// A change whose reason the version that stays silent has to give.
struct OpenQuestion {
  ExplainedChange* change = nullptr;
  bool new_is_silent = false;
  std::unique_ptr<Explainer> explainer;
};

/// The sets that were tried.
struct Sides {
  std::shared_ptr<const PolicySet> before;
  std::shared_ptr<const PolicySet> after;
};

/// What is asked of which version; nothing where figures say it all.
std::optional<OpenQuestion> question_of(PolicyDiff& diff, ExplainedChange& explained,
                                        const Sides& sides, const History& history) {
  const SubjectChange& change = explained.change;
  const SettledFinding* gained = unmet(change.after, change.before);
  const SettledFinding* lost = unmet(change.before, change.after);
  if (gained == nullptr && lost == nullptr) {
    explained.reason = changed_text(change);
    return std::nullopt;
  }
  const bool new_is_silent = gained == nullptr;
  const std::optional<Policy>& silent = new_is_silent ? diff.after : diff.before;
  if (!silent) {
    explained.reason = new_is_silent ? "the policy is gone" : "the policy is new";
    return std::nullopt;
  }
  const Interval run = (new_is_silent ? lost : gained)->run;
  OpenQuestion question{&explained, new_is_silent, nullptr};
  question.explainer =
      std::make_unique<Explainer>(*silent, change.subject, run, history.dropped_before(),
                                  new_is_silent ? sides.after : sides.before);
  return question;
}

Result<void> answer(OpenQuestion& question, const PolicyDiff& diff) {
  const Result<Explanation> explanation = question.explainer->explain();
  if (!explanation) return tl::unexpected(explanation.error());
  const std::string who = question.new_is_silent ? "now " : "before ";
  question.change->reason = who + why_not(question.explainer->policy(), *explanation);
  if (diff.before && diff.after && diff.before->for_each != diff.after->for_each) {
    question.change->reason += "; the versions count by other fields";
  }
  return {};
}

Result<void> add_reasons(DiffReport& report, const Sides& sides, const History& history,
                         const HistoryWatch& watch, std::size_t most_reasons) {
  std::vector<std::pair<OpenQuestion, const PolicyDiff*>> open;
  for (PolicyDiff& diff : report.policies) {
    for (std::size_t i = 0; i < std::min(most_reasons, diff.changes.size()); ++i) {
      auto question = question_of(diff, diff.changes[i], sides, history);
      if (question) open.emplace_back(*std::move(question), &diff);
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
    for (SubjectChange& change : compared.changes) diff.changes.push_back({std::move(change), ""});
  }
  const Sides sides{old.policies(), now.policies()};
  if (auto added = add_reasons(report, sides, history, watch, most_reasons); !added) {
    return tl::unexpected(added.error());
  }
  return report;
}

}  // namespace tidewaiter
