// Evidence in time, by hand: windows, half-lives, hubs within a period, and rulings on values that
// are used in many.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/linkage/linker.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kAddress = "192.0.2.1";

FieldId address() { return find_field("client.address").value(); }

/// Addresses of at most `at_most` accounts within `days`; they join alone.
Linkage within(std::int64_t days, std::int64_t at_most) {
  Linkage linkage{{{address(), at_most}}};
  linkage.links.front().window = Duration{days * kDay.us};
  return linkage;
}

/// Addresses that weigh 16 and fade by half each week, up to four of them.
Linkage fading(std::int64_t threshold) {
  Linkage linkage = within(28, 250);
  linkage.links.front().weight = 16;
  linkage.links.front().half_life = Duration{7 * kDay.us};
  linkage.threshold = threshold;
  return linkage;
}

LogEntry use_of(const std::string& account, std::int64_t day, std::string_view value = kAddress) {
  Record record;
  record.source = "s";
  record.time = UtcTime{day * kDay.us};
  set_value(record, find_field("account").value(), account);
  set_value(record, address(), std::string(value));
  LogEntry entry;
  entry.body = std::move(record);
  return entry;
}

LogEntry ruling(const std::string& id, const std::string& account) {
  LinkRuled ruled;
  ruled.ruling = id;
  if (!account.empty()) {
    ruled.accounts = {{"s", account}};
    ruled.values = {{address(), std::string(kAddress)}};
  }
  LogEntry entry;
  entry.body = Control{std::move(ruled)};
  return entry;
}

std::string cluster(const Linker& linker, const std::string& account) {
  return linker.cluster_of({"s", account}).name;
}

/// The weight of what joins `a`, who uses the address on day `first`, and `b`, who does on `day`; 0
/// if nothing does.
double weight_at(std::int64_t day, std::int64_t first = 0) {
  Linker linker(fading(1));
  linker.take(use_of("a", first));
  linker.take(use_of("b", day));
  const std::vector<EvidenceStep> way = linker.path({"s", "a"}, {"s", "b"});
  return way.empty() ? 0 : way.front().values.front().weight;
}

TEST(WindowedLinker, JoinsWhoUsesAValueInOnePeriod) {
  // Periods of 14 days begin each 7 days from the epoch on: [0, 14), [7, 21), …
  const auto joined = [](std::int64_t day, std::int64_t other) {
    Linker linker(within(14, 5));
    linker.take(use_of("a", day));
    linker.take(use_of("b", other));
    return cluster(linker, "b") == "a";
  };
  EXPECT_TRUE(joined(0, 7));  // at half the length always
  EXPECT_TRUE(joined(6, 13));
  EXPECT_TRUE(joined(7, 20));
  EXPECT_FALSE(joined(6, 16));  // between, where no period has both
  EXPECT_FALSE(joined(0, 14));  // at the length never
  EXPECT_TRUE(joined(-3, 4));
  EXPECT_FALSE(joined(-8, 7));
}

TEST(WindowedLinker, CountsThoseWhoUseAValueWithinThePeriod) {
  // One account a week, for half a year: each has it with the next, and 26 have had it.
  Linker linker(within(14, 2));
  for (std::int64_t week = 0; week < 26; ++week) {
    linker.take(use_of("a" + std::to_string(100 + week), week * 7));
  }
  EXPECT_EQ(linker.size_around({"s", "a100"}), 26);
  EXPECT_THAT(linker.too_common(), IsEmpty());
  // A third in one of the weeks is too many in both of its periods.
  linker.take(use_of("b", 70));
  EXPECT_EQ(cluster(linker, "a109"), "a100");
  EXPECT_EQ(cluster(linker, "a110"), "a110");
  EXPECT_EQ(cluster(linker, "a111"), "a111");
  EXPECT_EQ(cluster(linker, "a125"), "a111");
  EXPECT_EQ(cluster(linker, "b"), "b");
  // It links others, at other times.
  EXPECT_THAT(linker.too_common(), IsEmpty());
}

TEST(WindowedLinker, CallsTooCommonWhatLinksNobodyInAnyPeriod) {
  Linker linker(within(14, 2));
  for (const std::int64_t day : {0, 70}) {
    for (const char* account : {"a", "b", "c"}) linker.take(use_of(account, day));
  }
  linker.take(use_of("d", 140));
  const std::vector<CommonValue> hubs = linker.too_common();
  ASSERT_THAT(hubs, SizeIs(1));
  EXPECT_THAT(hubs[0].accounts, ElementsAre(LinkedAccount{"s", "a"}, LinkedAccount{"s", "b"},
                                            LinkedAccount{"s", "c"}));
  EXPECT_EQ(hubs[0].during, (Interval{UtcTime{-7 * kDay.us}, UtcTime{84 * kDay.us}}));
  // Beside another value, which is none.
  linker.take(use_of("a", 300, "192.0.2.2"));
  linker.take(use_of("b", 300, "192.0.2.2"));
  EXPECT_THAT(linker.too_common(), SizeIs(1));
  linker.take(use_of("e", 140));
  EXPECT_EQ(cluster(linker, "e"), "d");
  EXPECT_THAT(linker.too_common(), IsEmpty());
  // Of a link that fades: too many in four weeks, and two in one.
  Linkage linkage = fading(1);
  linkage.links.front().at_most = 2;
  Linker by_rungs(linkage);
  for (const std::int64_t day : {0, 10, 20}) {
    by_rungs.take(use_of("a" + std::to_string(day), day));
  }
  EXPECT_THAT(by_rungs.too_common(), IsEmpty());  // a0 and a10 in [0, 14)
  EXPECT_EQ(by_rungs.size_around({"s", "a0"}), 3);
}

TEST(WindowedLinker, HalvesWhatAValueWeighsWithEachHalfLife) {
  EXPECT_EQ(weight_at(0), 16);
  EXPECT_EQ(weight_at(6), 16);  // [0, 7)
  EXPECT_EQ(weight_at(7), 8);   // [0, 14)
  EXPECT_EQ(weight_at(13), 8);
  EXPECT_EQ(weight_at(14), 4);  // [0, 21)
  EXPECT_EQ(weight_at(20), 4);
  EXPECT_EQ(weight_at(21), 2);  // [0, 28)
  EXPECT_EQ(weight_at(27), 2);
  EXPECT_EQ(weight_at(28), 0);
}

TEST(WindowedLinker, WeighsAsPeriodsBeginBetweenTheBounds) {
  // Periods of 21 days begin each 10.5, those of 28 each 14.
  EXPECT_EQ(weight_at(33, 13), 0);  // 20 days apart, and in no period together
  EXPECT_EQ(weight_at(34, 14), 2);  // in [14, 42)
  EXPECT_EQ(weight_at(31, 11), 4);  // in [10.5, 31.5)
  EXPECT_EQ(weight_at(7, 3), 8);    // four days apart; [0, 7) and [3.5, 10.5) hold one each
  // After 42 days each row of periods begins anew.
  for (std::int64_t first = 0; first < 42; ++first) {
    for (std::int64_t gap = 1; gap < 35; ++gap) {
      const double weight = weight_at(first + gap, first);
      const double most = gap < 28 ? 16.0 / static_cast<double>(1 << (gap / 7)) : 0;
      EXPECT_LE(weight, most) << first << " and " << gap;
      if (gap > 14) continue;
      const std::int64_t rung = (2 * gap + 6) / 7;
      EXPECT_GE(weight, 16.0 / static_cast<double>(1 << (rung - 1))) << first << " and " << gap;
    }
  }
}

TEST(WindowedLinker, CountsTheHeaviestPeriodOfAll) {
  Linker linker(fading(16));
  linker.take(use_of("a", 0));
  linker.take(use_of("b", 20));
  EXPECT_EQ(cluster(linker, "b"), "b");  // 4
  linker.take(use_of("a", 19));
  EXPECT_EQ(cluster(linker, "b"), "a");  // 16, in [14, 21) and in [17.5, 24.5)
  const std::vector<EvidenceStep> way = linker.path({"s", "b"}, {"s", "a"});
  ASSERT_THAT(way, SizeIs(1));
  ASSERT_THAT(way[0].values, SizeIs(1));
  EXPECT_EQ(way[0].values[0].weight, 16);
  EXPECT_EQ(way[0].values[0].during, (Interval{UtcTime{14 * kDay.us}, UtcTime{21 * kDay.us}}));
  // Two more in it: four have half of the weight, and the longer periods no more of theirs.
  linker.take(use_of("c", 20));
  linker.take(use_of("d", 20));
  EXPECT_EQ(cluster(linker, "b"), "b");
}

TEST(WindowedLinker, DoesNotAskInWhichOrderRecordsCome) {
  std::vector<LogEntry> log;
  for (std::int64_t day : {0, 3, 9, 14, 16, 23, 30, 31, 45}) {
    log.push_back(use_of(std::string(1, static_cast<char>('a' + day % 5)), day));
  }
  std::vector<std::size_t> order(log.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<std::string> first;
  constexpr std::uint32_t kSeed = 20'261'130;
  std::mt19937 random(kSeed);
  for (int i = 0; i < 200; ++i) {
    Linker linker(fading(8));
    for (const std::size_t at : order) linker.take(log[at]);
    std::vector<std::string> names;
    for (const char* account : {"a", "b", "c", "d", "e"}) names.push_back(cluster(linker, account));
    if (first.empty()) first = names;
    ASSERT_EQ(names, first) << "shuffle " << i << " of seed " << kSeed;
    std::ranges::shuffle(order, random);
  }
}

TEST(WindowedLinker, TakesBackWhatRetentionDrops) {
  Linker linker(within(14, 5));
  linker.take(use_of("a", 0));
  linker.take(use_of("b", 5));
  linker.take(use_of("b", 30));
  linker.take(use_of("c", 33));
  EXPECT_EQ(cluster(linker, "b"), "a");
  LogEntry dropped;
  dropped.body = Control{RecordsDropped{UtcTime{2 * kDay.us}}};
  linker.take(dropped);
  EXPECT_EQ(cluster(linker, "b"), "b");
  EXPECT_EQ(cluster(linker, "c"), "b");
}

TEST(WindowedLinker, FollowsARulingInEachPeriod) {
  Linker linker(within(14, 5));
  linker.take(use_of("a", 0));
  linker.take(use_of("b", 0));
  linker.take(ruling("k-1", "b"));
  EXPECT_EQ(cluster(linker, "b"), "b");
  // So it is in periods of which there was none before.
  linker.take(use_of("a", 100));
  linker.take(use_of("b", 100));
  linker.take(use_of("c", 100));
  EXPECT_EQ(cluster(linker, "b"), "b");
  EXPECT_EQ(cluster(linker, "c"), "a");
  EXPECT_THAT(linker.cuts_of({"s", "b"}, {address(), std::string(kAddress)}), ElementsAre("k-1"));
  linker.take(ruling("k-1", ""));
  EXPECT_EQ(cluster(linker, "b"), "a");
}

TEST(WindowedLinker, TellsWhatIsEvidenceForTwo) {
  // a and b use it in one week, b and c in another: it is nothing between a and c.
  Linker linker(within(14, 5));
  linker.take(use_of("a", 0));
  linker.take(use_of("b", 0));
  linker.take(use_of("b", 100));
  linker.take(use_of("c", 100));
  EXPECT_EQ(cluster(linker, "c"), "a");
  const auto between = [&](const char* one, const char* other) {
    return linker.evidence_between({"s", one}, {"s", other});
  };
  ASSERT_THAT(between("a", "b"), SizeIs(1));  // of two periods the first
  EXPECT_EQ(between("a", "b")[0].during, (Interval{UtcTime{-7 * kDay.us}, UtcTime{7 * kDay.us}}));
  EXPECT_THAT(between("c", "b"), SizeIs(1));
  EXPECT_THAT(between("a", "c"), IsEmpty());
  EXPECT_THAT(between("a", "a"), IsEmpty());
  EXPECT_THAT(between("a", "nobody"), IsEmpty());
  linker.take(ruling("k-1", "b"));
  EXPECT_THAT(between("a", "b"), IsEmpty());
  EXPECT_THAT(linker.in_common({"s", "a"}, {"s", "b"}), SizeIs(1));
}

TEST(WindowedLinker, TellsOfAValueOnceWhateverItsPeriods) {
  Linker linker(fading(2));
  for (std::int64_t day : {0, 10, 20}) {
    linker.take(use_of("a", day));
    linker.take(use_of("b", day + 1));
  }
  linker.take(use_of("c", 25));
  const std::vector<AccountCluster> clusters = linker.clusters();
  ASSERT_THAT(clusters, SizeIs(1));
  ASSERT_THAT(clusters[0].links, SizeIs(1));
  EXPECT_THAT(clusters[0].links[0].accounts, SizeIs(3));
  EXPECT_EQ(clusters[0].links[0].weight, 16);
  // All three use it, and never more than two in a period in which it weighs so much.
  EXPECT_EQ(clusters[0].links[0].holders, 2);
  // It weighs most in weeks that two use it in: from [-3.5, 3.5) to [21, 28), in which b and c do.
  EXPECT_EQ(clusters[0].links[0].during,
            (Interval{UtcTime{-kDay.us * 7 / 2}, UtcTime{28 * kDay.us}}));
  const ClusterEvidence evidence = linker.evidence_around({"s", "c"});
  ASSERT_THAT(evidence.values, SizeIs(1));
  EXPECT_EQ(evidence.values[0].standing, EvidenceStanding::kWeighs);
  EXPECT_THAT(evidence.values[0].since,
              ElementsAre(UtcTime{0}, UtcTime{kDay.us}, UtcTime{25 * kDay.us}));
}

}  // namespace
}  // namespace tidewaiter
