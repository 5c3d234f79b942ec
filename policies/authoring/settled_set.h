#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/model/finding.h"

namespace tidewaiter {

/// A finding as its steps have left it.
struct SettledFinding {
  std::string id;
  std::string policy;
  Severity severity = Severity::kLow;
  Subject subject;
  Interval run;
  std::int64_t windows = 0;
  std::vector<Figure> figures;  ///< of the run's first window
  bool ended = false;           ///< closed, and its run has not changed since
};

/// What steps come to: the findings that have not been withdrawn, each with its run, its figures
/// and whether it has ended. Once the sources have drained all they have, this is the *settled set*
/// (docs/backtest.md): it depends on the records at their last revision and not on the order in
/// which they came, so long as none came too late. Finding ids are not part of it: they depend on
/// the order.
class SettledSet {
 public:
  /// Takes the next steps in order.
  void take(std::span<const Step> steps);

  /// The findings that stand, by policy, subject and start of the run.
  [[nodiscard]] std::vector<SettledFinding> findings() const;

  /// How many steps of each kind there were.
  [[nodiscard]] std::int64_t steps(StepKind kind) const {
    return counts_[static_cast<std::size_t>(kind)];
  }

 private:
  std::unordered_map<std::string, SettledFinding> standing_;  ///< by finding id
  std::array<std::int64_t, 5> counts_{};                      ///< by StepKind
};

}  // namespace tidewaiter
