#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/backtest_run.h"
#include "daemon/pipeline/history.h"
#include "policies/authoring/comparison.h"
#include "policies/language/policy.h"
#include "policies/language/policy_hash.h"

namespace tidewaiter {

/// One run of windows that one version reports and the other does not, or not just so. One side at
/// least is there: without `before` the run was gained, without `after` it was lost.
struct RunDifference {
  std::optional<SettledFinding> before;
  std::optional<SettledFinding> after;
  std::string reason;  ///< empty: not looked into, for there were too many

  [[nodiscard]] const SettledFinding& shown() const { return after ? *after : *before; }
};

/// One subject that fares otherwise under the new version.
struct ExplainedChange {
  SubjectChange change;
  std::vector<RunDifference> runs;  ///< lost, then gained, then altered ones; each by time
  static constexpr std::size_t kMostReasons = 3;  ///< of how many runs a reason is looked for
};

/// Two versions of one policy over one history. Either may be missing: added or removed.
struct PolicyDiff {
  std::optional<Policy> before;
  std::optional<Policy> after;
  std::vector<PartChange> meaning;  ///< empty: the same meaning
  std::vector<SettledFinding> findings_before;
  std::vector<SettledFinding> findings_after;
  std::vector<ExplainedChange> changes;
  std::int64_t unchanged = 0;  ///< subjects with the same findings under both

  [[nodiscard]] bool same_meaning() const { return before && after && before->hash == after->hash; }
  /// Two meanings under one version: findings that name it could not be told apart.
  [[nodiscard]] bool version_not_raised() const {
    return before && after && before->id == after->id && needs_higher_version(*after, *before);
  }
};

struct DiffReport {
  std::string history;
  std::int64_t entries = 0;
  std::optional<Interval> span;
  std::vector<PolicyDiff> policies;  ///< by id
};

/// Pairs the policies of two sets by id; two sets of one policy each are a pair whatever their ids.
[[nodiscard]] std::vector<PolicyDiff> pair_policies(const PolicySet& before,
                                                    const PolicySet& after);

/// What became of each run: those of the two versions that meet are one that was altered.
[[nodiscard]] std::vector<RunDifference> run_differences(const SubjectChange& change);

/// Runs both sets over the history in one reading, and reads it once more for the reasons of the
/// first `most_reasons` changes of each policy, and of their first runs. Errors: those of reading
/// and of explain().
[[nodiscard]] Result<DiffReport> run_diff(const PolicySet& before, const PolicySet& after,
                                          const History& history, const HistoryWatch& watch,
                                          const std::optional<Interval>& reported,
                                          std::size_t most_reasons);

}  // namespace tidewaiter
