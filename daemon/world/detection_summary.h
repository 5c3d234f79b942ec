#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "daemon/world/detection_score.h"

namespace tidewaiter {

/// How the campaigns of one name fared in several worlds.
struct CampaignSummary {
  std::string name;
  Wrong wrong = Wrong::kExtraction;
  std::int64_t worlds = 0;
  std::int64_t caught = 0;   ///< worlds
  std::int64_t noticed = 0;  ///< worlds, in which anything of severity medium or above is right
  std::int64_t accounts = 0;
  std::int64_t accounts_caught = 0;
  std::int64_t exchanges = 0;
  /// Over the worlds, the median of days to the first alert, and of the share of exchanges that had
  /// leaked by then. A world in which it is not caught counts as never, and as all of them;
  /// `median_days` is nothing if that is the median.
  std::optional<double> median_days;
  double median_leak = 1;
  std::map<std::string, std::int64_t> first_policies;  ///< worlds by the policy that was first
  std::int64_t cards = 0;
  std::int64_t devices = 0;
  std::int64_t networks = 0;

  /// Share of its accounts that alerts name.
  [[nodiscard]] double account_recall() const {
    return static_cast<double>(accounts_caught) / static_cast<double>(accounts);
  }
};

/// What policies caught in several worlds of one plan, but for the seed.
struct DetectionSummary {
  std::int64_t worlds = 0;
  std::vector<CampaignSummary> campaigns;
  std::map<std::string, PolicyScore> policies;
  std::int64_t honest_account_days = 0;
  std::int64_t right_alerts = 0;
  std::int64_t false_alerts = 0;
  std::int64_t alerts_about_nobody = 0;
  std::map<std::pair<std::string, Part>, std::int64_t> wronged;
  std::int64_t giants_accused = 0;

  [[nodiscard]] double false_alert_rate() const;  ///< a day for 10,000 honest accounts
  /// Share of the alerts that are right; nothing without alerts.
  [[nodiscard]] std::optional<double> precision() const;
  /// Share of the accounts of all campaigns of extraction that alerts name; nothing without such.
  [[nodiscard]] std::optional<double> account_recall() const;
};

/// `scores`: of worlds with the same campaigns.
[[nodiscard]] DetectionSummary summarise(std::span<const DetectionScore> scores);

}  // namespace tidewaiter
