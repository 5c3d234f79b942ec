// Where the subject of a case lies among others, counted by hand.

#include "daemon/cli/subject_peers.h"

#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/subject_volume.h"
#include "storage/records/record_log.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string tiered_line(const std::string& id, const std::string& minute,
                        const std::string& account, const std::string& tier,
                        const std::string& more = {}) {
  return R"({"kind":"usage","id":")" + id + R"(","time":"2026-10-05T10:)" + minute +
         R"(:00Z","account":")" + account + R"(","output_tokens":10)" +
         (tier.empty() ? "" : R"(,"service_tier":")" + tier + '"') + more + "}\n";
}

/// Account c has four requests in the hour that is reported; o1 to o8 have 1, 1, 1, 2, 2, 2, 2, 1,
/// and o1 to o3 have c's tier. Of o8 no tier is known.
std::string nine_accounts() {
  std::string usage;
  for (const char minute : {'1', '2', '3', '4'}) {
    usage += tiered_line(std::string("c") + minute, std::string("0") + minute, "c", "pro");
  }
  for (int i = 1; i <= 8; ++i) {
    const std::string account = "o" + std::to_string(i);
    const std::string tier = i <= 3 ? "pro" : i == 8 ? "" : "free";
    usage += tiered_line(account + "a", "05", account, tier);
    if (i >= 4 && i <= 7) usage += tiered_line(account + "b", "06", account, tier);
  }
  return usage;
}

class CasePeers : public testing::Test {
 protected:
  void begin(const std::string& usage) const {
    site_.write("usage.jsonl", usage);
    ASSERT_EQ(site_({"init", "--person", "Jo=officer", "--person", "Vi=viewer", "--person",
                     "Ada=approver"})
                  .status,
              0);
    site_.cycle();
  }
  [[nodiscard]] std::string only_case() const {
    const auto cases = site_({"case", "list", "--json"}).json()["cases"];
    EXPECT_EQ(cases.size(), 1U);
    return cases[0]["id"];
  }
  [[nodiscard]] nlohmann::json peers() const {
    return site_({"case", "show", only_case(), "--json"}).json()["peers"];
  }

  SmallSite site_;
};

TEST_F(CasePeers, HaveTheSubjectAmongThem) {
  begin(nine_accounts());
  const auto told = peers();
  EXPECT_EQ(told["policy"], "test.volume");
  EXPECT_EQ(told["not_known"], 1);
  EXPECT_EQ(told["no_subject"], 0);
  EXPECT_EQ(told["complete"], true);
  ASSERT_EQ(told["figures"].size(), 2U);
  const auto& requests = told["figures"][0];
  EXPECT_EQ(requests["name"], "requests");
  EXPECT_EQ(requests["figure"], 4);
  // 1, 1, 1, 1, 2, 2, 2, 2: the middle two are 1 and 2.
  EXPECT_EQ(requests["places"][0], (nlohmann::json{{"by", nullptr},
                                                   {"value", nullptr},
                                                   {"peers", 8},
                                                   {"less", 8},
                                                   {"equal", 0},
                                                   {"more", 0},
                                                   {"median", 1.5}}));
  // Three of the same tier are too few for a median.
  EXPECT_EQ(requests["places"][1], (nlohmann::json{{"by", "service_tier"},
                                                   {"value", "pro"},
                                                   {"peers", 3},
                                                   {"less", 3},
                                                   {"equal", 0},
                                                   {"more", 0},
                                                   {"median", nullptr}}));
  EXPECT_EQ(told["figures"][1]["name"], "tokens");
  EXPECT_EQ(told["figures"][1]["figure"], 40);
  EXPECT_EQ(told["figures"][1]["places"][0]["median"], 15);
}

TEST_F(CasePeers, StandOnThePage) {
  begin(nine_accounts());
  const Answer page = site_({"case", "show", only_case()}, 200);
  EXPECT_THAT(
      page.out,
      AllOf(
          HasSubstr("The subject beside others, 2026-10-05T10:00:00Z to"),
          HasSubstr("requests 4  of 8 other subjects: 8 with less, 0 as much, 0 with more; median "
                    "1.5"),
          HasSubstr("requests 4  of 3 with the same service_tier (pro): too few to tell a place, "
                    "it takes 7"),
          HasSubstr("no service_tier is known of 1 other subject"),
          HasSubstr("No finding rests on this")));
  const Answer masked = site_({"case", "show", only_case(), "--as", "vi"}, 200);
  EXPECT_THAT(masked.out, AllOf(HasSubstr("of 3 with the same service_tier: too few"),
                                Not(HasSubstr("(pro)"))));
}

constexpr UtcTime kTen{1'791'194'400'000'000};  // 2026-10-05T10:00:00Z

Policy usage_policy() {
  Policy policy;
  policy.id = "test.volume";
  policy.reads = RecordKind::kUsage;
  policy.for_each = {*find_field("account")};
  return policy;
}

Record record_of(RecordKind kind, const std::string& account) {
  Record record;
  record.kind = kind;
  record.source = "gateway";
  record.time = kTen;
  set_value(record, *find_field("account"), account);
  return record;
}

Subject account_of(const std::string& account) {
  return {{*find_field("account")}, {account}, "gateway"};
}

/// Gives the counter `requests` of each account.
void take_requests(PeerCounter& counter,
                   const std::vector<std::pair<std::string, std::int64_t>>& all) {
  for (const auto& [account, requests] : all) {
    Record record = record_of(RecordKind::kUsage, account);
    record.requests = requests;
    counter.take(record, 1, account_of(account), 0);
  }
}

// Plans of the same source go before the tier; the last one that was told counts.
TEST(PeerCounter, ComparesAccountsOfOnePlan) {
  const Policy policy = usage_policy();
  PeerCounter counter(policy, "account:gateway/a", {kTen, kTen + kHour});
  const std::vector<std::pair<std::string, std::string>> plans{
      {"a", "free"}, {"a", "team"}, {"b", "team"}, {"c", "free"}};
  for (const auto& [account, plan] : plans) {
    Record record = record_of(RecordKind::kAccount, account);
    set_value(record, *find_field("plan"), plan);
    counter.take(record, 1, std::nullopt, 0);
  }
  take_requests(counter, {{"a", 5}, {"b", 7}, {"c", 5}, {"d", 1}});
  const auto peers = counter.among(true);
  ASSERT_TRUE(peers);
  ASSERT_EQ(peers->figures.front().places.size(), 2U);
  const PlaceAmongPeers& all = peers->figures.front().places[0];
  EXPECT_EQ(std::tie(all.peers, all.less, all.equal, all.more), std::tuple(3, 1, 1, 1));
  const PlaceAmongPeers& alike = peers->figures.front().places[1];
  EXPECT_EQ(alike.by, "plan");
  EXPECT_EQ(alike.value, "team");
  EXPECT_EQ(std::tie(alike.peers, alike.more), std::tuple(1, 1));
  EXPECT_EQ(peers->ungrouped, 1);
}

TEST(PeerCounter, TakesBackWhatWasReplacedAndLeavesOutWhatIsOutsideTheSpan) {
  const Policy policy = usage_policy();
  PeerCounter counter(policy, "account:gateway/a", {kTen, kTen + kHour});
  take_requests(counter, {{"a", 5}, {"b", 7}});
  Record replaced = record_of(RecordKind::kUsage, "b");
  replaced.requests = 7;
  counter.take(replaced, -1, account_of("b"), 0);
  Record later = record_of(RecordKind::kUsage, "c");
  later.time = kTen + kHour;
  counter.take(later, 1, account_of("c"), 0);
  counter.take(record_of(RecordKind::kUsage, "x"), 1, std::nullopt, 0);
  const auto peers = counter.among(false);
  ASSERT_TRUE(peers);
  EXPECT_EQ(peers->figures.front().places.front().peers, 0);
  EXPECT_EQ(peers->nameless, 1);
  EXPECT_FALSE(peers->complete);
  PeerCounter none(policy, "account:gateway/z", {kTen, kTen + kHour});
  take_requests(none, {{"a", 5}});
  EXPECT_FALSE(none.among(true));
}

// What lies beyond what was read may be there: that is said, and no figure is made of it.
TEST(PeerCounter, SaysThatTheSubjectIsNotAmongWhatWasRead) {
  const Policy policy = usage_policy();
  PeerCounter counter(policy, "account:gateway/z", {kTen, kTen + kHour});
  take_requests(counter, {{"a", 5}});
  EXPECT_FALSE(counter.among(true));
  const auto peers = counter.among(false);
  ASSERT_TRUE(peers);
  EXPECT_FALSE(peers->complete);
  EXPECT_TRUE(peers->figures.empty());
  const nlohmann::json told = peers_json(*peers);
  EXPECT_EQ(told["complete"], false);
  EXPECT_EQ(told["figures"], nlohmann::json::array());
}

TEST(PeersOnThePage, SayThatTheSubjectIsNotAmongWhatWasRead) {
  SubjectPeers peers;
  peers.policy = "test.volume";
  peers.span = {kTen, kTen + kHour};
  peers.complete = false;
  std::ostringstream out;
  std::ostringstream err;
  Invocation run{out, err, {}, {}, {}, {}, {}};
  run.terminal.width = 200;
  print_peers(run, peers);
  EXPECT_THAT(out.str(), AllOf(HasSubstr("no record of the subject is among the entries of the log "
                                         "that were read, and there are more"),
                               Not(HasSubstr("requests"))));
}

// A plan is that of the time that is compared: not what an account changed to afterwards, and not
// what came late about a time before the last one.
TEST(PeerCounter, TakesThePlanOfTheSpan) {
  const Policy policy = usage_policy();
  PeerCounter counter(policy, "account:gateway/a", {kTen, kTen + kHour});
  const auto tell = [&counter](const std::string& account, const std::string& plan, Duration after,
                               std::int64_t sign) {
    Record record = record_of(RecordKind::kAccount, account);
    record.time = kTen + after;
    set_value(record, *find_field("plan"), plan);
    counter.take(record, sign, std::nullopt, 0);
  };
  tell("a", "team", kMinute, 1);
  tell("a", "free", kHour, 1);                      // the span is over
  tell("a", "trial", Duration{0}, 1);               // came late
  tell("a", "wrong", Duration{2 * kMinute.us}, 1);  // is replaced
  tell("a", "wrong", Duration{2 * kMinute.us}, -1);
  tell("b", "team", kMinute, 1);
  take_requests(counter, {{"a", 5}, {"b", 7}});
  const auto peers = counter.among(true);
  ASSERT_TRUE(peers);
  ASSERT_EQ(peers->figures.front().places.size(), 2U);
  EXPECT_EQ(peers->figures.front().places[1].value, "team");
  EXPECT_EQ(peers->figures.front().places[1].peers, 1);
}

TEST(PeerCounter, KeepsSumsThatDoNotFitAtTheEnd) {
  const Policy policy = usage_policy();
  PeerCounter counter(policy, "account:gateway/a", {kTen, kTen + kHour});
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  Record record = record_of(RecordKind::kUsage, "a");
  record.requests = kMost;
  set_value(record, *find_field("input_tokens"), kMost);
  set_value(record, *find_field("output_tokens"), kMost);
  for (int i = 0; i < 2; ++i) counter.take(record, 1, account_of("a"), 0);
  const auto peers = counter.among(true);
  ASSERT_TRUE(peers);
  EXPECT_EQ(peers->figures[0].figure, kMost);
  EXPECT_EQ(peers->figures[1].figure, kMost);
}

// b belongs to a's cluster and has no record of the day that is compared; c is alone.
TEST(ReadSubjects, TellsHowManyAccountsAClusterHas) {
  const TemporaryFolder folder;
  RecordLogOptions options;
  options.free_space_reserve = 0;
  const auto log = RecordLog::open(folder / "records.db", RecordLog::Mode::kReadWrite, options);
  ASSERT_TRUE(log) << log.error().message;
  const FieldId linked = *find_field("service_tier");
  Page page;
  page.source = "gateway";
  page.cursor = "1";
  for (const auto& [account, value] : std::vector<std::pair<std::string, std::string>>{
           {"a", "shared"}, {"b", "shared"}, {"c", "other"}}) {
    Record record = record_of(RecordKind::kUsage, account);
    record.id = sha256(account);
    if (account == "b") record.time = UtcTime{kTen.us - kDay.us};
    set_value(record, linked, value);
    page.records.push_back(record);
  }
  ASSERT_TRUE((*log)->append(page, kTen));
  Policy policy = usage_policy();
  policy.for_each = {kFieldCluster};
  policy.linkage.emplace().links = {{linked, 10}};
  std::map<std::string, std::int64_t> accounts;
  const auto complete =
      read_subjects(**log, policy, 100,
                    [&accounts](const Record& record, std::int64_t /*sign*/,
                                const std::optional<Subject>& whose, std::int64_t of_cluster) {
                      if (whose && record.time == kTen)
                        accounts[whose->values.front()] = of_cluster;
                    });
  ASSERT_TRUE(complete) << complete.error().message;
  EXPECT_EQ(accounts, (std::map<std::string, std::int64_t>{{"a", 2}, {"c", 1}}));
}

// Bands of 1, 2 to 3 and 4 to 7 accounts: the cluster of two has that of three beside it, though
// one account of each alone has a record.
TEST(PeerCounter, ComparesClustersOfOneSizeBand) {
  Policy policy = usage_policy();
  policy.for_each = {kFieldCluster};
  policy.linkage.emplace();
  PeerCounter counter(policy, "cluster:gateway/a", {kTen, kTen + kHour});
  for (const auto& [cluster, accounts] :
       std::vector<std::pair<std::string, std::int64_t>>{{"a", 2}, {"b", 3}, {"c", 1}, {"d", 4}}) {
    counter.take(record_of(RecordKind::kUsage, cluster), 1,
                 Subject{{kFieldCluster}, {cluster}, "gateway"}, accounts);
  }
  const auto peers = counter.among(true);
  ASSERT_TRUE(peers);
  EXPECT_EQ(peers->figures.front().places[0].peers, 3);
  const PlaceAmongPeers& alike = peers->figures.front().places[1];
  EXPECT_EQ(alike.by, "size_band");
  EXPECT_EQ(alike.value, "2 to 3");
  EXPECT_EQ(std::tie(alike.peers, alike.equal), std::tuple(1, 1));
}

}  // namespace
}  // namespace tidewaiter
