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
/// that it is about when it is opened are of it. One that is withdrawn later counts all the same:
/// it was told.
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
  std::int64_t honest_account_days = 0;         ///< from the day on which each comes
  // Findings of severity high or critical: most of their accounts are of campaigns, or not, or
  // nobody can say whose records they are about.
  std::int64_t right_alerts = 0;
  std::int64_t false_alerts = 0;
  std::int64_t alerts_about_nobody = 0;
  /// Of the false alerts: by policy, and by what most of the honest accounts are.
  std::map<std::pair<std::string, Part>, std::int64_t> wronged;
  /// False alerts of kind extraction about an evaluation harness, the licensed reseller or somebody
  /// of a university, among others or not.
  std::int64_t giants_accused = 0;
};

[[nodiscard]] DetectionScore score_detection(const World& world, const Trial& trial);

}  // namespace tidewaiter
