#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/world/trial.h"

namespace tidewaiter {

/// How a campaign fared. A finding is *right* about a campaign if more than half of the accounts
/// that it is about are of it.
struct CampaignScore {
  std::string name;
  Wrong wrong = Wrong::kExtraction;
  std::size_t accounts = 0;
  std::int64_t exchanges = 0;
  /// Of the first right finding of severity high or critical; nothing: it was not caught.
  struct First {
    std::string policy;
    double days = 0;             ///< from the campaign's first exchange
    std::int64_t exchanges = 0;  ///< up to then
  };
  std::optional<First> caught;
  std::optional<First> noticed;     ///< the same of a severity of medium or above
  std::size_t accounts_caught = 0;  ///< in any right finding of severity high or critical
  int cards = 0;                    ///< what its operator has spent
  int devices = 0;
  int networks = 0;
};

/// How a policy fared.
struct PolicyScore {
  Severity severity = Severity::kLow;
  std::int64_t findings = 0;
  std::int64_t right = 0;
};

/// What policies caught in one world, and whom they wronged.
struct DetectionScore {
  std::vector<CampaignScore> campaigns;
  std::map<std::string, PolicyScore> policies;  ///< of those with findings, by id
  std::int64_t honest_accounts = 0;
  std::int64_t days = 0;
  std::int64_t right_alerts = 0;  ///< findings of severity high or critical that are right
  std::int64_t false_alerts = 0;  ///< and those that are not
  /// Of the false alerts: by policy, and by what the first of the accounts is.
  std::map<std::pair<std::string, Part>, std::int64_t> wronged;
  /// Findings of kind extraction, severity high or critical, about the evaluation harnesses,
  /// the licensed reseller and the universities.
  std::int64_t giants_accused = 0;
};

[[nodiscard]] DetectionScore score_detection(const World& world, const Trial& trial);

}  // namespace tidewaiter
