#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/authoring/settled_set.h"
#include "policies/engine/evaluation.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// The policies of `set` that a backtest tries: all but retired ones, drafts as if they were
/// active. Their hashes stay what they are.
[[nodiscard]] std::shared_ptr<const PolicySet> tried_policies(const PolicySet& set);

/// Tries a policy set over a log as if it had been in force from the log's first entry on. It is
/// the engine that judges live: over a log that began with the activation of the same set, the
/// steps are the very steps of the live evaluation, finding ids and ordinals included. Activations
/// in the log are passed over. Pure; one thread at a time.
class Backtest {
 public:
  /// `set` as tried_policies() gives it. `log_id` and `dropped_before` are those of the log.
  /// `on_steps`, if there is one, sees all steps in order. `threads` as in make_evaluation().
  Backtest(std::shared_ptr<const PolicySet> set, const std::string& log_id,
           std::optional<UtcTime> dropped_before, EngineKind engine = EngineKind::kColumnar,
           std::function<void(std::span<const Step>)> on_steps = {}, std::size_t threads = 1);

  /// Takes the next entries of the log, in order; cutting it otherwise gives the same steps.
  void take(std::span<const LogEntry> entries);

  [[nodiscard]] const std::shared_ptr<const PolicySet>& policies() const { return set_; }
  [[nodiscard]] std::vector<SettledFinding> findings() const { return settled_.findings(); }
  [[nodiscard]] std::int64_t steps(StepKind kind) const { return settled_.steps(kind); }
  [[nodiscard]] std::vector<PolicyCoverage> coverage() const { return evaluation_->coverage(); }

 private:
  void apply(std::span<const LogEntry> entries);

  std::shared_ptr<const PolicySet> set_;  // shared with the evaluation, which points into it
  std::unique_ptr<Evaluation> evaluation_;
  std::function<void(std::span<const Step>)> on_steps_;
  SettledSet settled_;
};

/// Findings a UTC day, by the day on which their runs begin; days without one are left out.
[[nodiscard]] std::map<UtcTime, std::int64_t> hits_by_day(std::span<const SettledFinding> findings);

/// A subject and what it was found with.
struct SubjectHits {
  std::string subject;
  std::int64_t findings = 0;
  std::int64_t windows = 0;
};

/// The subjects of the findings: most findings first, then most windows, then by text.
[[nodiscard]] std::vector<SubjectHits> hits_by_subject(std::span<const SettledFinding> findings);

}  // namespace tidewaiter
