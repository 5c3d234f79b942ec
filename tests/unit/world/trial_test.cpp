// Worlds through the engine: whom a finding is about, and when it was opened.
#include "daemon/world/trial.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/authoring/backtest.h"
#include "policies/language/load.h"

namespace tidewaiter {
namespace {

constexpr const char* kHead =
    "version: 1\ntitle: t\nstatus: shadow\nbasis: [{control: c}]\nkind: coordination\nseverity: "
    "high\n";

std::shared_ptr<const PolicySet> set_of(const std::string& text, const WorldPlan& plan) {
  const std::vector<PolicyText> texts{{"p.yaml", text}};
  LoadOutcome loaded = load_policies(texts, plan.begin);
  for (const Diagnostic& one : loaded.diagnostics) {
    EXPECT_NE(one.level, DiagnosticLevel::kError) << one.message;
  }
  return tried_policies(loaded.set);
}

WorldPlan trial_plan() {
  WorldPlan plan;
  plan.accounts = 200;
  plan.days = 30;
  plan.effort = 0;
  return plan;
}

std::optional<Trial> try_over(const World& world, const std::string& policies,
                              const TrialOptions& options = {}) {
  return run_trial(world, set_of(policies, world.plan()), options, [](int) { return true; });
}

const std::string kShared =
    std::string("policy: shared.means\n") + kHead +
    "reads: account\nfor_each: cluster\nwindow: {length: 30d, every: 1d}\n"
    "measure: {organizations: distinct(organization)}\nreport_when: organizations >= 15\n"
    "---\nlinkage: means\ntitle: t\nlinks: [{field: payment.fingerprints, at_most: 250}]\n";

TEST(TrialTest, AClustersAccountsAreItsMembers) {
  const World world(trial_plan());
  const auto trial = try_over(world, kShared);
  ASSERT_TRUE(trial);
  // Without effort a card pays for 61 accounts: the small campaign's twenty share one.
  const auto& own = world.campaigns()[4].accounts;
  bool found = false;
  for (const Sighting& one : trial->sightings) {
    EXPECT_EQ(one.policy, "shared.means");
    EXPECT_EQ(one.kind, "coordination");
    if (one.accounts != own) continue;
    found = true;
    // Its accounts come on the day 15, and are read at the end of the hour.
    EXPECT_EQ(one.at, world.plan().day(15) + kHour);
  }
  EXPECT_TRUE(found);
}

TEST(TrialTest, WithoutItsSignalsNothingIsFound) {
  const World world(trial_plan());
  const auto trial = try_over(world, kShared, {SignalFamily::kMeans, 1});
  ASSERT_TRUE(trial);
  EXPECT_TRUE(trial->sightings.empty());
}

TEST(TrialTest, SubjectsAreThoseWhoseRecordsHaveTheirValues) {
  const World world(trial_plan());
  const std::string busy =
      std::string(kHead) + "reads: usage\nwindow: 24h\nmeasure: {n: count()}\n";
  const auto trial = try_over(
      world, "policy: by.key\n" + busy + "for_each: api_key\nreport_when: n >= 100\n---\n" +
                 "policy: by.organization\n" + busy +
                 "for_each: organization\nreport_when: n >= 100\n---\n" + "policy: by.two\n" +
                 busy + "for_each: [client.network, api_key]\nreport_when: n >= 100\n---\n" +
                 "policy: by.network\n" + busy +
                 "for_each: client.network\nreport_when: n >= 1000\n");
  ASSERT_TRUE(trial);
  std::map<std::string, std::size_t> most;  // accounts of one sighting
  for (const Sighting& one : trial->sightings) {
    ASSERT_FALSE(one.accounts.empty()) << one.subject;
    most[one.policy] = std::max(most[one.policy], one.accounts.size());
    const WorldAccount& first = world.accounts()[one.accounts.front()];
    if (one.policy == "by.key") {
      EXPECT_EQ(one.subject, "api_key:world/" + first.api_key);
    }
    if (one.policy != "by.organization") continue;
    EXPECT_EQ(one.subject, "organization:world/" + first.organization);
    for (const std::size_t place : one.accounts) {
      EXPECT_EQ(world.accounts()[place].organization, first.organization);
    }
  }
  EXPECT_EQ(most["by.key"], 1U);
  EXPECT_EQ(most["by.two"], 1U);
  EXPECT_GT(most["by.organization"], 1U) << "teams have several accounts";
  EXPECT_GT(most["by.network"], 50U) << "a hundred accounts of a campaign come from one network";
}

TEST(TrialTest, CountsWhatCampaignsAsk) {
  const World world(trial_plan());
  const auto trial = try_over(world, kShared);
  ASSERT_TRUE(trial);
  std::int64_t by_hand = 0;
  std::int64_t records = 0;
  for (int day = 0; day < world.plan().days; ++day) {
    for (const Record& record : world.day(day)) {
      ++records;
      const Value* const account = find_value(record, *find_field("account"));
      const std::string& name = std::get<std::string>(*account);
      const std::size_t place = std::stoul(name.substr(name.find('-') + 1));
      if (record.kind == RecordKind::kUsage && world.accounts()[place].campaign == 0U) {
        by_hand += record.requests;
      }
    }
  }
  std::int64_t counted = 0;
  for (const std::int64_t hour : trial->exchanges.front()) counted += hour;
  EXPECT_EQ(counted, by_hand);
  EXPECT_EQ(trial->records, records);
}

TEST(TrialTest, CanBeStopped) {
  const World world(trial_plan());
  int days = 0;
  EXPECT_FALSE(run_trial(world, set_of(kShared, world.plan()), {}, [&days](int done) {
    days = done;
    return done < 3;
  }));
  EXPECT_EQ(days, 3);
}

}  // namespace
}  // namespace tidewaiter
