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

/// One subject that fares otherwise under the new version, and why.
struct ExplainedChange {
  SubjectChange change;
  std::string reason;  ///< empty: not looked into, for there were too many
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

/// Runs both sets over the history in one reading, and reads it once more for the reasons of the
/// first `most_reasons` changes of each policy. Errors: those of reading and of explain().
[[nodiscard]] Result<DiffReport> run_diff(const PolicySet& before, const PolicySet& after,
                                          const History& history, const HistoryWatch& watch,
                                          const std::optional<Interval>& reported,
                                          std::size_t most_reasons);

}  // namespace tidewaiter
