#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/world/signal_family.h"
#include "daemon/world/world.h"
#include "policies/engine/evaluation.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// A finding in a world, of whose accounts the truth is known.
struct Sighting {
  std::string policy;
  Severity severity = Severity::kLow;
  std::string kind;     ///< of the policy: "extraction", …
  UtcTime at;           ///< up to when the log had come when it was opened
  std::string subject;  ///< as findings have it
  /// Places of the accounts that it is about, in order: those of a cluster, or those whose records
  /// have had the values of its subject. When it was opened, and up to its last change; up to the
  /// end, if its run goes on.
  std::vector<std::size_t> accounts;
  std::vector<std::size_t> reached;
};

/// What policies made of a world.
struct Trial {
  std::int64_t records = 0;
  std::vector<Sighting> sightings;  ///< in order of opening
  std::vector<PolicyCoverage> coverage;
  /// Exchanges of each campaign by hours since the world's begin.
  std::vector<std::vector<std::int64_t>> exchanges;
};

struct TrialOptions {
  std::optional<SignalFamily> without;
  std::size_t threads = 1;  ///< that judge, from 1 to kMostThreads
};

/// Judges a world by policies, day by day, with the engine that judges live. After each day
/// `go_on` is told how many are over; if it says no, there is no trial. `policies` as
/// tried_policies() gives them.
[[nodiscard]] std::optional<Trial> run_trial(const World& world,
                                             const std::shared_ptr<const PolicySet>& policies,
                                             const TrialOptions& options,
                                             const std::function<bool(int days)>& go_on);

}  // namespace tidewaiter
