#include "daemon/world/detection_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tidewaiter {
namespace {

/// The mean of the two in the middle where the number is even; `values` is not empty.
double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  if (values.size() % 2 == 1) return values[half];
  return (values[half - 1] + values[half]) / 2;
}

std::optional<double> share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

CampaignSummary summarise_campaign(std::span<const DetectionScore> scores, std::size_t place) {
  CampaignSummary summary;
  std::vector<double> days;
  std::vector<double> leaks;
  for (const DetectionScore& world : scores) {
    const CampaignScore& one = world.campaigns[place];
    summary.name = one.name;
    summary.wrong = one.wrong;
    ++summary.worlds;
    summary.noticed += one.noticed ? 1 : 0;
    summary.accounts += static_cast<std::int64_t>(one.accounts);
    summary.accounts_caught += static_cast<std::int64_t>(one.accounts_caught);
    summary.exchanges += one.exchanges;
    summary.cards += one.cards;
    summary.devices += one.devices;
    summary.networks += one.networks;
    if (one.caught) {
      ++summary.caught;
      ++summary.first_policies[one.caught->policy];
      days.push_back(one.caught->days);
      leaks.push_back(share(one.caught->exchanges, one.exchanges).value_or(0));
    } else {
      days.push_back(std::numeric_limits<double>::infinity());
      leaks.push_back(1);
    }
  }
  const double middle = median(days);
  if (std::isfinite(middle)) summary.median_days = middle;
  summary.median_leak = median(leaks);
  return summary;
}

}  // namespace

double DetectionSummary::false_alert_rate() const {
  return share(false_alerts, honest_account_days).value_or(0) * 10'000;
}

std::optional<double> DetectionSummary::precision() const {
  return share(right_alerts, right_alerts + false_alerts);
}

std::optional<double> DetectionSummary::account_recall() const {
  std::int64_t accounts = 0;
  std::int64_t caught = 0;
  for (const CampaignSummary& one : campaigns) {
    if (one.wrong != Wrong::kExtraction) continue;
    accounts += one.accounts;
    caught += one.accounts_caught;
  }
  return share(caught, accounts);
}

DetectionSummary summarise(std::span<const DetectionScore> scores) {
  DetectionSummary summary;
  summary.worlds = static_cast<std::int64_t>(scores.size());
  if (scores.empty()) return summary;
  for (std::size_t i = 0; i < scores.front().campaigns.size(); ++i) {
    summary.campaigns.push_back(summarise_campaign(scores, i));
  }
  for (const DetectionScore& world : scores) {
    summary.honest_account_days += world.honest_account_days;
    summary.right_alerts += world.right_alerts;
    summary.false_alerts += world.false_alerts;
    summary.alerts_about_nobody += world.alerts_about_nobody;
    summary.giants_accused += world.giants_accused;
    for (const auto& [key, count] : world.wronged) summary.wronged[key] += count;
    for (const auto& [id, policy] : world.policies) {
      PolicyScore& all = summary.policies[id];
      all.severity = policy.severity;
      all.findings += policy.findings;
      all.right += policy.right;
    }
  }
  return summary;
}

}  // namespace tidewaiter
