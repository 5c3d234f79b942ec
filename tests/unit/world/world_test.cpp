// Worlds: the same from the same plan, with the people in them that they are to have.
#include "daemon/world/world.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/world/signal_family.h"
#include "daemon/world/traffic.h"
#include "policies/language/load.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::IsEmpty;

WorldPlan small_plan(std::uint64_t seed = 1) {
  WorldPlan plan;
  plan.seed = seed;
  plan.accounts = 200;
  plan.days = 30;
  return plan;
}

std::string text_of(const Record& record, const char* name) {
  const Value* const value = find_value(record, *find_field(name));
  return value == nullptr ? "" : std::get<std::string>(*value);
}

std::string line_of(const Record& record) {
  std::string line;
  write_record_json(record, line);
  return line;
}

std::vector<std::string> lines_of(const std::vector<Record>& records) {
  std::vector<std::string> lines;
  for (const Record& record : records) lines.push_back(line_of(record));
  return lines;
}

std::size_t count_of(const World& world, Part part) {
  return static_cast<std::size_t>(std::ranges::count(world.accounts(), part, &WorldAccount::part));
}

TEST(WorldTest, IsTheSameFromTheSamePlan) {
  const World one(small_plan());
  const World same(small_plan());
  const World other(small_plan(2));
  const std::vector<std::string> day = lines_of(one.day(12));
  EXPECT_EQ(day, lines_of(same.day(12))) << "a day depends on no other day";
  EXPECT_NE(day, lines_of(other.day(12)));
  EXPECT_EQ(one.registers(), same.registers());
}

TEST(WorldTest, HasThePeopleOfItsPlan) {
  const World world(small_plan());
  EXPECT_EQ(world.accounts().size() - count_of(world, Part::kCampaign), 200U);
  // Of 200: 30 and 60 of a thousand, and at least two of those that are easily mistaken.
  EXPECT_EQ(count_of(world, Part::kReseller), 6U);
  EXPECT_EQ(count_of(world, Part::kUniversity), 12U);
  EXPECT_EQ(count_of(world, Part::kHarness), 2U);
  EXPECT_EQ(count_of(world, Part::kPartOwned), 3U);
  std::map<std::string, std::size_t> campaigns;
  for (const Campaign& one : world.campaigns()) campaigns[one.name] = one.accounts.size();
  EXPECT_EQ(campaigns["load-balanced"], 100U);  // 10 would be the published share
  EXPECT_EQ(campaigns["small"], 20U);
  EXPECT_EQ(campaigns.size(), 9U);
}

TEST(WorldTest, LargerWorldsHaveLargerCampaigns) {
  WorldPlan plan = small_plan();
  plan.accounts = 20'000;
  const World world(plan);
  EXPECT_EQ(world.campaigns().front().accounts.size(), 1'000U);  // 25,000 × 0.04
  EXPECT_EQ(world.campaigns()[1].accounts.size(), 500U);
}

TEST(WorldTest, EffortBuysMeans) {
  WorldPlan plan = small_plan();
  plan.effort = 0;
  const World careless(plan);
  plan.effort = 1;
  const World careful(plan);
  // 61 accounts a card, eleven a device, a hundred a network; then one each.
  EXPECT_EQ(careless.campaigns().front().cards, 2);
  EXPECT_EQ(careless.campaigns().front().devices, 10);
  EXPECT_EQ(careless.campaigns().front().networks, 1);
  EXPECT_EQ(careful.campaigns().front().cards, 100);
  EXPECT_EQ(careful.campaigns().front().devices, 100);
  EXPECT_EQ(careful.campaigns().front().networks, 100);
}

TEST(WorldTest, AnHonestWorldHasTheSameHonestAccounts) {
  WorldPlan plan = small_plan();
  plan.campaigns = false;
  const World honest(plan);
  const World planted(small_plan());
  ASSERT_EQ(honest.accounts().size(), 200U);
  EXPECT_THAT(honest.campaigns(), IsEmpty());
  const auto by_account = [](const World& world) {
    std::map<std::string, std::vector<std::string>> lines;
    for (const Record& record : world.day(7)) {
      lines[text_of(record, "account")].push_back(line_of(record));
    }
    return lines;
  };
  auto all = by_account(planted);
  for (const auto& [account, lines] : by_account(honest)) EXPECT_EQ(lines, all[account]) << account;
}

TEST(WorldTest, DaysAreInOrderAndWithinTheirDay) {
  const World world(small_plan());
  std::set<Digest> ids;
  for (int day = 0; day < 30; ++day) {
    const std::vector<Record> records = world.day(day);
    EXPECT_TRUE(std::ranges::is_sorted(records, {}, &Record::time));
    for (const Record& record : records) {
      EXPECT_GE(record.time, world.plan().day(day));
      EXPECT_LT(record.time, world.plan().day(day + 1));
      EXPECT_TRUE(ids.insert(record.id).second) << "two records with one identity";
      EXPECT_GE(record.requests, 1);
      for (const auto& [id, value] : record.fields) {
        EXPECT_TRUE(has_kind(field(id), record.kind)) << field(id).name;
      }
    }
  }
}

TEST(WorldTest, ACampaignTurnsToTheNewModelOnItsDay) {
  const World world(small_plan());
  const Campaign& pivot = world.campaigns()[1];
  ASSERT_EQ(pivot.name, "pivot");
  std::set<std::string> members;
  for (const std::size_t place : pivot.accounts) members.insert(world.accounts()[place].name);
  for (const int day : {kReleaseDay - 1, kReleaseDay}) {
    double all = 0;
    double moved = 0;
    for (const Record& record : world.day(day)) {
      if (!members.contains(text_of(record, "account"))) continue;
      all += 1;
      moved += text_of(record, "model") == kNewModel ? 1 : 0;
    }
    ASSERT_GT(all, 500);
    EXPECT_NEAR(moved / all, day == kReleaseDay ? 0.5 : 0, 0.06);
  }
}

// A log-normal's mean is e^(spread²/2) times its median: 1,000 and a spread of 1.36 give 2,521.
TEST(WorldTest, TokensOfAnExchangeDoNotDependOnHowItIsRecorded) {
  const WorldPlan plan = small_plan();
  WorldAccount account;
  account.name = "a";
  account.habit.active_days = 1;
  account.habit.last_day = 29;
  account.habit.networks = {1};
  account.habit.input_tokens = 1'000;
  for (const double exchanges : {50.0, 900.0}) {  // single records, and those of a minute
    account.habit.exchanges = exchanges;
    double tokens = 0;
    double requests = 0;
    for (std::size_t place = 0; place < 200; ++place) {
      std::vector<Record> records;
      for (int day = 0; day < 30; ++day) add_usage(plan, account, place, day, records);
      for (const Record& record : records) {
        tokens += static_cast<double>(
            std::get<std::int64_t>(*find_value(record, *find_field("input_tokens"))));
        requests += static_cast<double>(record.requests);
      }
    }
    EXPECT_NEAR(tokens / requests, 2'521, 100) << exchanges;
  }
}

TEST(WorldTest, TheRegistersAreListsOfTheLanguage) {
  const World world(small_plan());
  const std::vector<PolicyText> texts{{"registers.yaml", world.registers()}};
  const LoadOutcome loaded = load_policies(texts, world.plan().begin);
  for (const Diagnostic& one : loaded.diagnostics) {
    EXPECT_NE(one.level, DiagnosticLevel::kError) << one.message;
  }
  EXPECT_EQ(loaded.documents.lists.size(), 10U);
}

TEST(WithListsOf, PutsThemInThePlacesOfTheirNames) {
  const std::string registers = "# words\n---\nlist: b\nvalues: [2]\n---\nlist: c\nvalues: [3]\n";
  EXPECT_EQ(with_lists_of(registers,
                          "# of a\nlist: a\nvalues: [1]\n---\nlist: b\nvalues: [0]\n---\n"
                          "policy: p\n"),
            "# of a\nlist: a\nvalues: [1]\n---\nlist: b\nvalues: [2]\n---\npolicy: p\n");
  EXPECT_EQ(with_lists_of(registers, "policy: p\n"), "policy: p\n");
  EXPECT_EQ(with_lists_of(registers, ""), "");
}

TEST(SignalFamilyTest, IsTakenOutOfRecords) {
  const World world(small_plan());
  for (const SignalFamily family : kSignalFamilies) {
    EXPECT_EQ(find_family(family_name(family)), family);
  }
  EXPECT_EQ(find_family("colour"), std::nullopt);
  Record usage;
  Record account;
  for (const Record& record : world.day(0)) {
    (record.kind == RecordKind::kUsage ? usage : account) = record;
  }
  ASSERT_NE(text_of(usage, "prompt.template"), "");
  take_out(SignalFamily::kPrompts, usage);
  EXPECT_EQ(text_of(usage, "prompt.template"), "");
  EXPECT_NE(text_of(usage, "client.network"), "");
  ASSERT_NE(find_value(account, *find_field("payment.fingerprints")), nullptr);
  Record third = usage;
  take_out(SignalFamily::kNetwork, third);
  EXPECT_EQ(text_of(third, "client.network") + text_of(third, "tls.ja4"), "");
  EXPECT_NE(text_of(third, "model"), "");
  take_out(SignalFamily::kModels, third);
  EXPECT_EQ(text_of(third, "model"), "");
  Record stated = account;
  take_out(SignalFamily::kPapers, stated);
  EXPECT_EQ(text_of(stated, "plan") + text_of(stated, "country.declared"), "");
  EXPECT_NE(text_of(stated, "account"), "");
  take_out(SignalFamily::kMeans, account);
  EXPECT_EQ(find_value(account, *find_field("payment.fingerprints")), nullptr);
  usage.time = parse_time("2026-01-01T10:20:30Z").value();
  take_out(SignalFamily::kTiming, usage);
  EXPECT_EQ(format_time(usage.time), "2026-01-01T10:00:00Z");
  EXPECT_EQ(usage.duration, kHour);
}

}  // namespace
}  // namespace tidewaiter
