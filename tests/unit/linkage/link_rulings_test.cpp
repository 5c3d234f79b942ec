// What people have ruled on links, and what accounts have in common, by hand.

#include <algorithm>
#include <string>
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

constexpr const char* kCards = "payment.fingerprints";
constexpr const char* kAddresses = "client.address";

Link linked_by(std::string_view name, std::int64_t at_most, std::int64_t weight = 0) {
  Link link;
  link.field = find_field(name).value();
  link.at_most = at_most;
  link.weight = weight;
  return link;
}

LogEntry entry_of(LinkRuled ruled) {
  LogEntry entry;
  entry.body = Control{std::move(ruled)};
  return entry;
}

/// That the account holds a card, or an address, at a day.
LogEntry fact(const std::string& account, std::string_view name, const std::string& value,
              std::int64_t day = 0) {
  Record record;
  record.kind = name == kCards ? RecordKind::kAccount : RecordKind::kUsage;
  record.source = "s";
  record.time = UtcTime{day * kDay.us};
  set_value(record, find_field("account").value(), account);
  if (name == kCards) {
    set_value(record, find_field(name).value(), std::vector<std::string>{value});
  } else {
    set_value(record, find_field(name).value(), value);
  }
  LogEntry entry;
  entry.body = std::move(record);
  return entry;
}

LogEntry cut(const std::string& id, const std::string& account, std::string_view name,
             const std::string& value) {
  return entry_of({id, {}, {{"s", account}}, {{find_field(name).value(), value}}});
}
LogEntry join(const std::string& id, const std::string& a, const std::string& b) {
  return entry_of({id, {}, {{"s", a}, {"s", b}}, {}});
}
LogEntry lift(const std::string& id) { return entry_of({id, {}, {}, {}}); }

/// "a b", "c": the clusters of these accounts, by name.
std::vector<std::string> clusters_of(const Linker& linker, const std::vector<std::string>& names) {
  std::map<std::string, std::string> clusters;
  for (const std::string& name : names) {
    std::string& members = clusters[linker.cluster_of({"s", name}).name];
    members += (members.empty() ? "" : " ") + name;
  }
  std::vector<std::string> all;
  for (const auto& [name, members] : clusters) all.push_back(members);
  return all;
}

Linker linker_of(std::vector<Link> links, std::int64_t threshold = 0) {
  return Linker(Linkage{std::move(links), threshold});
}

// a, b and c have one card. Whatever the order of the four entries, c is alone, and a and b are
// not.
TEST(LinkRulings, ACutHoldsWhateverTheOrder) {
  std::vector<std::pair<int, LogEntry>> entries{{0, fact("a", kCards, "visa-1")},
                                                {1, fact("b", kCards, "visa-1")},
                                                {2, fact("c", kCards, "visa-1")},
                                                {3, cut("k-1", "c", kCards, "visa-1")}};
  const auto by_number = [](const auto& one, const auto& other) { return one.first < other.first; };
  int orders = 0;
  do {
    Linker linker = linker_of({linked_by(kCards, 20)});
    for (const auto& [number, entry] : entries) linker.take(entry);
    EXPECT_THAT(clusters_of(linker, {"a", "b", "c"}), ElementsAre("a b", "c"));
    ++orders;
  } while (std::next_permutation(entries.begin(), entries.end(), by_number));
  EXPECT_EQ(orders, 24);
}

TEST(LinkRulings, ACutMovesWhoIsOnlyLinkedThroughIt) {
  Linker linker = linker_of({linked_by(kCards, 20), linked_by(kAddresses, 20)});
  linker.take(fact("a", kCards, "visa-1"));
  linker.take(fact("b", kCards, "visa-1"));
  linker.take(fact("b", kAddresses, "192.0.2.1"));
  linker.take(fact("c", kAddresses, "192.0.2.1"));
  EXPECT_THAT(linker.take(cut("k-1", "b", kCards, "visa-1")),
              ElementsAre(ClusterMove{{"s", "b"}, {"s", "a"}, {"s", "b"}},
                          ClusterMove{{"s", "c"}, {"s", "a"}, {"s", "b"}}));
  EXPECT_THAT(clusters_of(linker, {"a", "b", "c"}), ElementsAre("a", "b c"));
}

// Of at most two holders three would be too many: cutting one off does not make the card count.
TEST(LinkRulings, ACutMakesNothingWeighMore) {
  Linker linker = linker_of({linked_by(kCards, 2)});
  for (const char* const name : {"a", "b", "c"}) linker.take(fact(name, kCards, "visa-1"));
  EXPECT_THAT(linker.take(cut("k-1", "c", kCards, "visa-1")), IsEmpty());
  EXPECT_THAT(clusters_of(linker, {"a", "b", "c"}), ElementsAre("a", "b", "c"));
}

TEST(LinkRulings, OtherEvidenceStillLinks) {
  Linker linker = linker_of({linked_by(kCards, 20), linked_by(kAddresses, 20)});
  linker.take(fact("a", kCards, "visa-1"));
  linker.take(fact("b", kCards, "visa-1"));
  linker.take(cut("k-1", "b", kCards, "visa-1"));
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a", "b"));
  linker.take(fact("a", kAddresses, "192.0.2.1"));
  linker.take(fact("b", kAddresses, "192.0.2.1"));
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a b"));
  linker.take(fact("a", kCards, "visa-2"));
  linker.take(fact("b", kCards, "visa-2"));
  EXPECT_THAT(linker.path({"s", "a"}, {"s", "b"}).front().values, SizeIs(2));  // not visa-1
}

// Card 10 and address 8 of two accounts: 18 of the 12 that are needed. Without the card they are 8.
TEST(LinkRulings, ACutTakesItsWeightAway) {
  Linker linker = linker_of({linked_by(kCards, 20, 10), linked_by(kAddresses, 20, 8)}, 12);
  for (const char* const name : {"a", "b"}) {
    linker.take(fact(name, kCards, "visa-1"));
    linker.take(fact(name, kAddresses, "192.0.2.1"));
  }
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a b"));
  linker.take(cut("k-1", "a", kCards, "visa-1"));
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a", "b"));
  linker.take(lift("k-1"));
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a b"));
}

TEST(LinkRulings, APersonJoinsWhoHasNothingInCommon) {
  Linker linker = linker_of({linked_by(kCards, 20)});
  linker.take(fact("b", kCards, "visa-1"));
  EXPECT_THAT(linker.take(join("k-1", "b", "a")),
              ElementsAre(ClusterMove{{"s", "b"}, {"s", "b"}, {"s", "a"}}));
  const std::vector<EvidenceStep> way = linker.path({"s", "a"}, {"s", "b"});
  ASSERT_THAT(way, SizeIs(1));
  EXPECT_THAT(way.front().values, IsEmpty());
  EXPECT_THAT(way.front().rulings, ElementsAre("k-1"));
  EXPECT_TRUE(linker.could_be_linked({"s", "a"}));
  linker.take(lift("k-1"));
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a", "b"));
}

TEST(LinkRulings, WhatIsSaidTwiceHoldsUntilBothAreLifted) {
  Linker linker = linker_of({linked_by(kCards, 20)});
  linker.take(fact("a", kCards, "visa-1"));
  linker.take(fact("b", kCards, "visa-1"));
  linker.take(cut("k-1", "a", kCards, "visa-1"));
  linker.take(cut("k-2", "a", kCards, "visa-1"));
  linker.take(lift("k-1"));
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a", "b"));
  EXPECT_THAT(linker.cuts_of({"s", "a"}, {find_field(kCards).value(), "visa-1"}),
              ElementsAre("k-2"));
  linker.take(lift("k-2"));
  EXPECT_THAT(clusters_of(linker, {"a", "b"}), ElementsAre("a b"));
  // A ruling that was lifted is not said again.
  EXPECT_THAT(linker.take(cut("k-2", "a", kCards, "visa-1")), IsEmpty());
}

// By hand: a, b and c share a card since day 2, when the second of them had it; c is cut off an
// address that b and c have since day 5, and which links them no more; of a test card four are too
// many.
TEST(ClusterEvidence, SaysWhatIsSharedSinceWhenAndWhatIsNot) {
  Linker linker = linker_of({linked_by(kCards, 3), linked_by(kAddresses, 3)});
  linker.take(fact("a", kCards, "visa-1", 3));
  linker.take(fact("b", kCards, "visa-1", 2));
  linker.take(fact("c", kCards, "visa-1", 1));
  linker.take(fact("b", kAddresses, "192.0.2.1", 5));
  linker.take(fact("c", kAddresses, "192.0.2.1", 4));
  linker.take(fact("b", kAddresses, "192.0.2.1", 9));
  for (const char* const name : {"a", "b", "x", "y"}) linker.take(fact(name, kCards, "test", 1));
  linker.take(cut("k-1", "c", kAddresses, "192.0.2.1"));
  const ClusterEvidence evidence = linker.evidence_around({"s", "b"});
  EXPECT_EQ(evidence.name.name, "a");
  EXPECT_THAT(evidence.accounts, SizeIs(3));
  ASSERT_THAT(evidence.values, SizeIs(3));
  const SharedValue& address = evidence.values[0];
  EXPECT_EQ(address.value.text, "192.0.2.1");
  EXPECT_EQ(address.shared_since(), UtcTime{5 * kDay.us});
  EXPECT_THAT(address.cut, ElementsAre(CutHolding{{"s", "c"}, {"k-1"}}));
  const SharedValue& card = evidence.values[1];
  EXPECT_EQ(card.value.text, "visa-1");
  EXPECT_EQ(card.standing, EvidenceStanding::kWeighs);
  EXPECT_THAT(card.since,
              ElementsAre(UtcTime{3 * kDay.us}, UtcTime{2 * kDay.us}, UtcTime{1 * kDay.us}));
  EXPECT_EQ(card.shared_since(), UtcTime{2 * kDay.us});
  const SharedValue& hub = evidence.values[2];
  EXPECT_EQ(hub.standing, EvidenceStanding::kTooCommon);
  EXPECT_EQ(hub.value.holders, 4);
  EXPECT_EQ(hub.at_most, 3);
  EXPECT_THAT(hub.value.accounts, SizeIs(2));
}

}  // namespace
}  // namespace tidewaiter
