#include "daemon/world/detection_score.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace tidewaiter {
namespace {

/// Whose the accounts of a sighting are.
struct Membership {
  std::map<std::size_t, std::size_t> campaigns;
  std::map<Part, std::size_t> honest;
  std::size_t of_campaigns = 0;
  std::size_t all = 0;

  /// The campaign that most of them are of.
  [[nodiscard]] std::optional<std::size_t> campaign() const {
    for (const auto& [campaign, count] : campaigns) {
      if (2 * count > all) return campaign;
    }
    return std::nullopt;
  }
  /// What most of the honest ones are; there is one.
  [[nodiscard]] Part part() const {
    return std::ranges::max_element(honest, {}, [](const auto& one) { return one.second; })->first;
  }
};

Membership membership_of(const World& world, const Sighting& sighting) {
  Membership membership;
  membership.all = sighting.accounts.size();
  for (const std::size_t place : sighting.accounts) {
    const WorldAccount& account = world.accounts()[place];
    if (account.campaign) {
      ++membership.campaigns[*account.campaign];
      ++membership.of_campaigns;
    } else {
      ++membership.honest[account.part];
    }
  }
  return membership;
}

bool is_giant(Part part) {
  return part == Part::kHarness || part == Part::kReseller || part == Part::kUniversity;
}

class Scoring {
 public:
  Scoring(const World& world, const Trial& trial) : world_(world), trial_(trial) {
    for (const Campaign& campaign : world.campaigns()) {
      CampaignScore score;
      score.name = campaign.name;
      score.wrong = campaign.wrong;
      score.accounts = campaign.accounts.size();
      score.cards = campaign.cards;
      score.devices = campaign.devices;
      score.networks = campaign.networks;
      const auto& hours = trial.exchanges[score_.campaigns.size()];
      score.exchanges = std::accumulate(hours.begin(), hours.end(), std::int64_t{0});
      score_.campaigns.push_back(std::move(score));
    }
    caught_.resize(world.campaigns().size());
    for (const WorldAccount& account : world.accounts()) {
      if (account.part == Part::kCampaign) continue;
      score_.honest_account_days += world.plan().days - account.habit.first_day;
    }
  }

  DetectionScore finish() {
    for (const Sighting& sighting : trial_.sightings) take(sighting);
    for (std::size_t i = 0; i < caught_.size(); ++i) {
      const std::set<std::size_t> own(world_.campaigns()[i].accounts.begin(),
                                      world_.campaigns()[i].accounts.end());
      score_.campaigns[i].accounts_caught = static_cast<std::size_t>(
          std::ranges::count_if(own, [&](std::size_t one) { return caught_[i].contains(one); }));
    }
    return std::move(score_);
  }

 private:
  void take(const Sighting& sighting) {
    const Membership membership = membership_of(world_, sighting);
    const bool is_alert = sighting.severity >= Severity::kHigh;
    const bool is_right = 2 * membership.of_campaigns > membership.all;
    PolicyScore& policy = score_.policies[sighting.policy];
    policy.severity = sighting.severity;
    ++policy.findings;
    policy.right += is_right ? 1 : 0;
    if (is_alert && membership.all == 0) {
      ++score_.alerts_about_nobody;
    } else if (is_alert) {
      ++(is_right ? score_.right_alerts : score_.false_alerts);
      if (!is_right) take_wrong(sighting, membership);
    }
    if (const auto campaign = membership.campaign()) take_right(sighting, *campaign);
  }

  void take_right(const Sighting& sighting, std::size_t campaign) {
    if (sighting.severity < Severity::kMedium) return;
    CampaignScore& score = score_.campaigns[campaign];
    const CampaignScore::First first = first_of(sighting, campaign);
    if (!score.noticed) score.noticed = first;
    if (sighting.severity < Severity::kHigh) return;
    if (!score.caught) score.caught = first;
    caught_[campaign].insert(sighting.reached.begin(), sighting.reached.end());
  }

  [[nodiscard]] CampaignScore::First first_of(const Sighting& sighting,
                                              std::size_t campaign) const {
    const auto& hours = trial_.exchanges[campaign];
    const auto begin = std::ranges::find_if(hours, [](std::int64_t n) { return n > 0; });
    const std::int64_t now = (sighting.at - world_.plan().begin).us / kHour.us;
    const std::int64_t began = begin - hours.begin();
    return {sighting.policy, static_cast<double>(std::max<std::int64_t>(0, now - began)) / 24,
            std::accumulate(hours.begin(), hours.begin() + now, std::int64_t{0})};
  }

  void take_wrong(const Sighting& sighting, const Membership& membership) {
    ++score_.wronged[{sighting.policy, membership.part()}];
    const bool about_giant =
        std::ranges::any_of(membership.honest, [](const auto& one) { return is_giant(one.first); });
    if (sighting.kind == "extraction" && about_giant) ++score_.giants_accused;
  }

  const World& world_;
  const Trial& trial_;
  DetectionScore score_;
  std::vector<std::set<std::size_t>> caught_;  ///< accounts, by campaign
};

}  // namespace

DetectionScore score_detection(const World& world, const Trial& trial) {
  return Scoring(world, trial).finish();
}

}  // namespace tidewaiter
