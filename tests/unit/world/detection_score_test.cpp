// Scores by hand: what is right about a campaign, when it was caught, what had leaked by then.
#include "daemon/world/detection_score.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/world/detection_summary.h"

namespace tidewaiter {
namespace {

/// A world of 200 honest accounts whose fifth campaign has 20 accounts, and what was seen of it.
class DetectionScoring : public testing::Test {
 protected:
  DetectionScoring() : world_(plan()) {
    trial_.exchanges.assign(world_.campaigns().size(), std::vector<std::int64_t>(30 * 24));
    // Ten exchanges an hour for ten hours, from the second day on.
    for (std::size_t hour = 24; hour < 34; ++hour) trial_.exchanges[kSmall][hour] = 10;
  }

  static WorldPlan plan() {
    WorldPlan plan;
    plan.accounts = 200;
    plan.days = 30;
    return plan;
  }

  /// `members` accounts of the campaign and so many honest persons, `hours` after the begin.
  void see(Severity severity, int hours, std::size_t members, std::size_t honest,
           const std::string& kind = "extraction") {
    Sighting one{
        "policy." + kind, severity, kind, plan().begin + Duration{hours * kHour.us}, "", {}, {}};
    for (std::size_t place = 0; place < world_.accounts().size() && honest > 0; ++place) {
      if (world_.accounts()[place].part != Part::kPerson) continue;
      one.accounts.push_back(place);
      --honest;
    }
    const auto& own = world_.campaigns()[kSmall].accounts;
    one.accounts.insert(one.accounts.end(), own.begin(),
                        own.begin() + static_cast<std::ptrdiff_t>(members));
    one.reached = one.accounts;
    trial_.sightings.push_back(std::move(one));
  }

  [[nodiscard]] CampaignScore small() const {
    return score_detection(world_, trial_).campaigns[kSmall];
  }

  static constexpr std::size_t kSmall = 4;
  World world_;
  Trial trial_;
};

TEST_F(DetectionScoring, WhatNobodySawIsNotCaught) {
  const CampaignScore score = small();
  EXPECT_EQ(score.name, "small");
  EXPECT_EQ(score.accounts, 20U);
  EXPECT_EQ(score.exchanges, 100);
  EXPECT_FALSE(score.caught);
  EXPECT_FALSE(score.noticed);
  EXPECT_EQ(score.accounts_caught, 0U);
}

TEST_F(DetectionScoring, TheFirstAlertSaysHowLongAndHowMuch) {
  see(Severity::kMedium, 26, 2, 0);
  see(Severity::kHigh, 30, 11, 10);
  see(Severity::kHigh, 40, 12, 0);
  const CampaignScore score = small();
  ASSERT_TRUE(score.noticed);
  EXPECT_DOUBLE_EQ(score.noticed->days, 2.0 / 24);
  EXPECT_EQ(score.noticed->exchanges, 20);
  ASSERT_TRUE(score.caught);
  EXPECT_DOUBLE_EQ(score.caught->days, 6.0 / 24);  // from its first exchange, at the hour 24
  EXPECT_EQ(score.caught->exchanges, 60);
  EXPECT_EQ(score.accounts_caught, 12U);
}

TEST_F(DetectionScoring, HalfIsNotRight) {
  see(Severity::kHigh, 30, 10, 10);
  const DetectionScore score = score_detection(world_, trial_);
  EXPECT_FALSE(score.campaigns[kSmall].caught);
  EXPECT_EQ(score.right_alerts, 0);
  EXPECT_EQ(score.false_alerts, 1);
  EXPECT_EQ(score.wronged.at({"policy.extraction", Part::kPerson}), 1);
  // 200 accounts for 30 days would be 6,000; a part of them comes later.
  EXPECT_LT(score.honest_account_days, 6'000);
  EXPECT_GT(score.honest_account_days, 4'800);
}

TEST_F(DetectionScoring, LowSeveritiesAreNoAlerts) {
  see(Severity::kMedium, 30, 0, 3);
  see(Severity::kLow, 30, 20, 0);
  const DetectionScore score = score_detection(world_, trial_);
  EXPECT_EQ(score.false_alerts + score.right_alerts, 0);
  EXPECT_FALSE(score.campaigns[kSmall].noticed);
  EXPECT_EQ(score.policies.at("policy.extraction").findings, 2);
  EXPECT_EQ(score.policies.at("policy.extraction").right, 1);
}

TEST_F(DetectionScoring, AGiantThatIsAccusedOfExtractionIsCounted) {
  Sighting one{"p", Severity::kHigh, "extraction", plan().begin, "", {}, {}};
  for (std::size_t place = 0; place < world_.accounts().size(); ++place) {
    if (world_.accounts()[place].part == Part::kReseller) one.accounts.push_back(place);
  }
  ASSERT_FALSE(one.accounts.empty());
  trial_.sightings.push_back(one);
  one.kind = "coordination";
  trial_.sightings.push_back(one);
  EXPECT_EQ(score_detection(world_, trial_).giants_accused, 1);
}

TEST_F(DetectionScoring, WhatAClusterGrowsToSaysWhomItNamesAndNotWhetherItWasRight) {
  see(Severity::kHigh, 30, 3, 4);
  const auto& own = world_.campaigns()[kSmall].accounts;
  trial_.sightings.back().reached.insert(trial_.sightings.back().reached.end(), own.begin(),
                                         own.end());
  EXPECT_FALSE(small().caught) << "when it was opened most of it was honest";
  see(Severity::kHigh, 40, 4, 3);
  trial_.sightings.back().reached = own;
  ASSERT_TRUE(small().caught);
  EXPECT_EQ(small().caught->exchanges, 100);
  EXPECT_EQ(small().accounts_caught, 20U);
}

TEST_F(DetectionScoring, TwoCampaignsInOneClusterAreRightButNeitherIsCaught) {
  see(Severity::kHigh, 30, 5, 0);
  const auto& others = world_.campaigns()[0].accounts;
  trial_.sightings.back().accounts.insert(trial_.sightings.back().accounts.end(), others.begin(),
                                          others.begin() + 5);
  const DetectionScore score = score_detection(world_, trial_);
  EXPECT_EQ(score.right_alerts, 1);
  EXPECT_EQ(score.false_alerts, 0);
  EXPECT_FALSE(score.campaigns[kSmall].caught);
  EXPECT_FALSE(score.campaigns[0].caught);
}

TEST_F(DetectionScoring, ASubjectOfWhichNobodyIsKnownIsNeitherRightNorFalse) {
  see(Severity::kHigh, 30, 0, 0);
  const DetectionScore score = score_detection(world_, trial_);
  EXPECT_EQ(score.right_alerts + score.false_alerts, 0);
  EXPECT_EQ(score.alerts_about_nobody, 1);
}

DetectionScore one_world(std::optional<double> days, std::int64_t leaked, std::size_t caught) {
  DetectionScore world;
  CampaignScore campaign;
  campaign.name = "c";
  campaign.accounts = 10;
  campaign.accounts_caught = caught;
  campaign.exchanges = 100;
  if (days) campaign.caught = CampaignScore::First{"p", *days, leaked};
  world.campaigns.push_back(campaign);
  world.honest_account_days = 6'000;
  world.right_alerts = 3;
  world.false_alerts = 1;
  return world;
}

TEST(DetectionSummaryTest, TakesMediansOverWorlds) {
  const std::vector<DetectionScore> worlds{one_world(2, 10, 10), one_world(std::nullopt, 0, 0),
                                           one_world(4, 30, 8)};
  const DetectionSummary summary = summarise(worlds);
  const CampaignSummary& campaign = summary.campaigns.front();
  EXPECT_EQ(campaign.worlds, 3);
  EXPECT_EQ(campaign.caught, 2);
  // 2, 4 and never: 4. 10 %, 30 % and all: 30 %.
  EXPECT_EQ(campaign.median_days, 4);
  EXPECT_DOUBLE_EQ(campaign.median_leak, 0.3);
  EXPECT_DOUBLE_EQ(*summary.account_recall(), 18.0 / 30);
  EXPECT_DOUBLE_EQ(*summary.precision(), 9.0 / 12);
  // Three false alerts on 3 × 200 × 30 account-days: 1 on 6,000, so 1.67 on 10,000.
  EXPECT_NEAR(summary.false_alert_rate(), 5.0 / 3, 1e-12);
}

TEST(DetectionSummaryTest, WhatIsMostlyMissedTakesForEver) {
  const std::vector<DetectionScore> worlds{one_world(2, 10, 10), one_world(std::nullopt, 0, 0),
                                           one_world(std::nullopt, 0, 0)};
  EXPECT_FALSE(summarise(worlds).campaigns.front().median_days);
  EXPECT_DOUBLE_EQ(summarise(worlds).campaigns.front().median_leak, 1);
}

}  // namespace
}  // namespace tidewaiter
