// Which moment a list is known up to, issue by issue and confirmation by confirmation: by the rule
// of daemon/app/synced_issues.h, computed by hand.

#include "daemon/app/synced_issues.h"

#include <gtest/gtest.h>

#include "daemon/app/state.h"
#include "daemon/lists/list_folder.h"
#include "policies/screening/party_issue.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

constexpr Duration kDays90{90 * kDay.us};
const UtcTime kBegin = parse_time("2026-01-01").value();

UtcTime day(std::int64_t number) { return kBegin + Duration{number * kDay.us}; }

/// Looked into since day 0, known up to day 90.
IssueStanding former() { return {"ofac-sdn", "issue", sha256("parties"), day(0), day(90), {}}; }

HeldIssue held(std::int64_t confirmed, Duration stale_after = kDays90) {
  return {"issue", day(0), day(confirmed), stale_after};
}

auto told(bool answer) {
  return [answer](const Interval&) -> Result<bool> { return answer; };
}

TEST(NextStanding, StaysWhileNothingWasConfirmed) {
  EXPECT_EQ(next_standing(former(), held(0), day(80), told(true)).value(), former());
}

TEST(NextStanding, AnEarlyConfirmationIsTakenUpWhenHalfOfTheTimeHasPassed) {
  EXPECT_EQ(next_standing(former(), held(30), day(44), told(false)).value(), former());
  const IssueStanding next = next_standing(former(), held(30), day(46), told(false)).value();
  EXPECT_EQ(next.known_until, day(120));
  EXPECT_EQ(next.resumed, std::nullopt);
}

TEST(NextStanding, RecordsOfAnUnknownTimeAreJudgedAgain) {
  const IssueStanding next = next_standing(former(), held(100), day(100), told(true)).value();
  EXPECT_EQ(next.known_until, day(190));
  EXPECT_EQ(next.resumed, day(100));
}

TEST(NextStanding, AShorterTimeHoldsAtOnce) {
  const Duration week{7 * kDay.us};
  const IssueStanding quiet = next_standing(former(), held(0, week), day(3), told(false)).value();
  EXPECT_EQ(quiet.known_until, day(7));
  EXPECT_EQ(quiet.resumed, std::nullopt);
  // Records after day 7 were told by an issue that is not known to hold then.
  const IssueStanding told_before =
      next_standing(former(), held(0, week), day(20), told(true)).value();
  EXPECT_EQ(told_before.known_until, day(7));
  EXPECT_EQ(told_before.resumed, day(20));
}

TEST(NextStanding, AsksAboutTheTimeThatChangesSides) {
  Interval asked;
  const auto noted = [&asked](const Interval& time) -> Result<bool> {
    asked = time;
    return false;
  };
  ASSERT_TRUE(next_standing(former(), held(0, Duration{7 * kDay.us}), day(20), noted));
  EXPECT_EQ(asked, (Interval{day(7), day(90)}));
  ASSERT_TRUE(next_standing(former(), held(100), day(100), noted));
  EXPECT_EQ(asked, (Interval{day(90), day(190)}));
}

// What a version of the program before has stored of an issue lacks programmes: the same files say
// more now.
TEST(IssuesToLookInto, StoresAnewWhatAnEarlierVersionHasStored) {
  const TemporaryFolder folder;
  Environment environment;
  environment.working_folder = folder.path();
  Config config = default_config(environment);
  config.lists.emplace_back().name = "own";
  ASSERT_TRUE(make_state_folder(config.state));
  std::filesystem::create_directories(state_paths(config).lists);
  const std::string bytes = "id,name,programs\n1,Queen Bee,SDGT\n";
  const HeldFile file{{}, {}, sha256(bytes)};
  ListIssue issue{issue_id({file}), day(0), "table", 1, 1, 0, {file}};
  ListFolder held_list(state_paths(config).lists / "own");
  ASSERT_TRUE(held_list.make());
  ASSERT_TRUE(held_list.add(issue, {bytes}));
  ASSERT_TRUE(held_list.set_standing({day(1), issue, {}, {}}));
  const std::string text = held_list.parties_text(issue).value();
  ASSERT_NE(text.find("SDGT"), std::string::npos) << text;

  const auto records = *RecordLog::open(folder / "records.db", RecordLog::Mode::kReadWrite);
  const std::string before = "{\"tidewaiter_issue\":1}\n{\"name\":\"Queen Bee\"}\n";
  ASSERT_TRUE(records->keep_list_issue(before));
  std::map<std::string, IssueStanding> former;
  former["own"] = {"own", issue.id, sha256(before), day(0), day(4), {}};
  std::vector<UnreadableIssue> unreadable;
  std::set<Digest> stored_whole;
  const auto look = [&] {
    return issues_to_look_into(config, {"own"}, former, *records, day(1), unreadable, stored_whole)
        .value();
  };
  const auto next = look();
  EXPECT_EQ(next.at("own").id, issue.id);
  EXPECT_EQ(next.at("own").digest, sha256(text));
  EXPECT_EQ(records->list_issue(sha256(text)).value(), text);
  // Once: it is what policies look into from then on.
  former = next;
  EXPECT_EQ(look(), former);
  EXPECT_EQ(stored_whole, std::set<Digest>{sha256(text)});
  EXPECT_TRUE(unreadable.empty());

  // Where the publisher's files are not to be had, the issue stays, known for as long as it was.
  former["own"] = {"own", issue.id, sha256(before), day(0), day(4), {}};
  std::filesystem::remove_all(held_list.path() / issue.id);
  EXPECT_EQ(look().at("own").digest, sha256(before));
  ASSERT_EQ(unreadable.size(), 1U);
  EXPECT_EQ(unreadable.front().list, "own");
}

}  // namespace
}  // namespace tidewaiter
