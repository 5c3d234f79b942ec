#include "daemon/world/detection_score.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace tidewaiter {
namespace {

/// The campaign that a sighting is right about.
std::optional<std::size_t> right_about(const World& world, const Sighting& sighting) {
  std::map<std::size_t, std::size_t> members;
  for (const std::size_t place : sighting.accounts) {
    if (const auto campaign = world.accounts()[place].campaign) ++members[*campaign];
  }
  for (const auto& [campaign, count] : members) {
    if (2 * count > sighting.accounts.size()) return campaign;
  }
  return std::nullopt;
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
    score_.days = world.plan().days;
    score_.honest_accounts = std::ranges::count_if(
        world.accounts(), [](const WorldAccount& one) { return one.part != Part::kCampaign; });
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
    PolicyScore& policy = score_.policies[sighting.policy];
    policy.severity = sighting.severity;
    ++policy.findings;
    const std::optional<std::size_t> campaign = right_about(world_, sighting);
    if (campaign) {
      ++policy.right;
      take_right(sighting, *campaign);
    } else if (sighting.severity >= Severity::kHigh) {
      take_wrong(sighting);
    }
  }

  void take_right(const Sighting& sighting, std::size_t campaign) {
    if (sighting.severity < Severity::kMedium) return;
    CampaignScore& score = score_.campaigns[campaign];
    const CampaignScore::First first = first_of(sighting, campaign);
    if (!score.noticed) score.noticed = first;
    if (sighting.severity < Severity::kHigh) return;
    if (!score.caught) score.caught = first;
    ++score_.right_alerts;
    caught_[campaign].insert(sighting.accounts.begin(), sighting.accounts.end());
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

  void take_wrong(const Sighting& sighting) {
    ++score_.false_alerts;
    const Part part = sighting.accounts.empty() ? Part::kPerson
                                                : world_.accounts()[sighting.accounts.front()].part;
    ++score_.wronged[{sighting.policy, part}];
    if (sighting.kind == "extraction" && is_giant(part)) ++score_.giants_accused;
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
