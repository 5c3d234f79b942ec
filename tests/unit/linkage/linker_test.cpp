// Who belongs together, by hand.

#include "policies/linkage/linker.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

UtcTime day(std::int64_t number) { return UtcTime{number * kDay.us}; }

Link by(std::string_view name, std::int64_t at_most = 20) {
  return {find_field(name).value(), at_most};
}

Record record(RecordKind kind, std::string_view source, std::string_view account, UtcTime time) {
  Record out;
  out.kind = kind;
  out.source = source;
  out.time = time;
  if (!account.empty()) set_value(out, find_field("account").value(), std::string(account));
  return out;
}

Record cards(std::string_view account, Texts fingerprints, UtcTime time = day(1)) {
  Record out = record(RecordKind::kAccount, "s", account, time);
  set_value(out, find_field("payment.fingerprints").value(), std::move(fingerprints));
  return out;
}

Record from_address(std::string_view account, std::string address, UtcTime time = day(1)) {
  Record out = record(RecordKind::kUsage, "s", account, time);
  set_value(out, find_field("client.address").value(), std::move(address));
  return out;
}

std::string said(const ClusterMove& move) {
  const auto name = [](const LinkedAccount& account) {
    return account.source + "/" + account.name;
  };
  return name(move.account) + ": " + name(move.from) + " -> " + name(move.to);
}

/// A linker, and the log that it reads.
class Linked {
 public:
  explicit Linked(std::vector<Link> links, UtcTime dropped_before = Linker::kNothingDropped)
      : linker_(Linkage{std::move(links)}, dropped_before) {}

  Texts add(Record body, std::optional<Record> replaced = std::nullopt) {
    LogEntry entry;
    entry.seq = ++seq_;
    entry.body = std::move(body);
    if (replaced) entry.replaces = ReplacedRecord{1, *std::move(replaced)};
    return take(entry);
  }
  Texts drop(UtcTime before) {
    LogEntry entry;
    entry.seq = ++seq_;
    entry.body = Control{RecordsDropped{before}};
    return take(entry);
  }
  Texts drain() {
    LogEntry entry;
    entry.seq = ++seq_;
    entry.body = Control{SourceDrained{"s", RecordKind::kUsage, {day(0), day(9)}}};
    return take(entry);
  }
  [[nodiscard]] const Linker& linker() const { return linker_; }
  [[nodiscard]] std::string cluster(const std::string& account, const std::string& source = "s") {
    const LinkedAccount& name = linker_.cluster_of({source, account});
    return name.source + "/" + name.name;
  }

 private:
  Texts take(const LogEntry& entry) {
    Texts out;
    for (const ClusterMove& move : linker_.take(entry)) out.push_back(said(move));
    return out;
  }

  Linker linker_;
  std::int64_t seq_ = 0;
};

/// Of whom the entry taken last has changed it: "s/a", or "no s/a" if no value is stated now.
Texts evidence(const Linked& linked) {
  Texts out;
  for (const EvidenceChange& change : linked.linker().evidence_changes()) {
    out.push_back((change.is_stated ? "" : "no ") + change.account.source + "/" +
                  change.account.name);
  }
  return out;
}

TEST(Linker, TellsOfWhomAValueIsStated) {
  Linked linked({by("payment.fingerprints", 2), by("client.address")});
  linked.add(record(RecordKind::kUsage, "s", "a", day(1)));
  EXPECT_THAT(evidence(linked), IsEmpty());
  EXPECT_FALSE(linked.linker().could_be_linked({"s", "a"}));
  const Record first = cards("a", {"v1", "v2"});
  linked.add(first);
  EXPECT_THAT(evidence(linked), ElementsAre("s/a"));
  linked.add(from_address("a", "10.0.0.1"));
  EXPECT_THAT(evidence(linked), IsEmpty());
  EXPECT_TRUE(linked.linker().could_be_linked({"s", "a"}));
  // A version in the place of another takes nothing away that it states itself.
  const Record alone = cards("b", {"v3"});
  linked.add(alone);
  linked.add(cards("b", {"v3", "v4"}), alone);
  EXPECT_THAT(evidence(linked), IsEmpty());
  linked.add(cards("b", {""}), cards("b", {"v3", "v4"}));
  EXPECT_THAT(evidence(linked), ElementsAre("no s/b"));
  linked.add(cards("c", {"v5"}, day(3)));
  linked.drop(day(2));
  EXPECT_THAT(evidence(linked), ElementsAre("no s/a"));
  EXPECT_TRUE(linked.linker().could_be_linked({"s", "c"}));
}

TEST(Linker, AnAccountThatNothingLinksIsAlone) {
  Linked linked({by("payment.fingerprints")});
  EXPECT_THAT(linked.add(cards("b", {"visa-1"})), IsEmpty());
  EXPECT_THAT(linked.add(cards("a", {"visa-2"})), IsEmpty());
  EXPECT_EQ(linked.cluster("b"), "s/b");
  EXPECT_EQ(linked.cluster("never seen"), "s/never seen");
}

TEST(Linker, ASharedCardJoinsUnderTheLeastName) {
  Linked linked({by("payment.fingerprints")});
  linked.add(cards("b", {"visa-1", "visa-2"}));
  EXPECT_THAT(linked.add(cards("c", {"visa-2", "visa-3"})), ElementsAre("s/c: s/c -> s/b"));
  // The one that comes last is the least: it gives the cluster its name.
  EXPECT_THAT(linked.add(cards("a", {"visa-3"})),
              ElementsAre("s/b: s/b -> s/a", "s/c: s/b -> s/a"));
}

TEST(Linker, ValuesOfDifferentFieldsAndKindsChain) {
  Linked linked({by("payment.fingerprints"), by("client.address")});
  linked.add(cards("a", {"visa-1"}));
  linked.add(cards("b", {"visa-1"}));
  linked.add(from_address("c", "192.0.2.1"));
  linked.add(from_address("d", "192.0.2.1"));
  EXPECT_EQ(linked.cluster("d"), "s/c");
  // b is seen at the address of c and d: two clusters of two become one of four.
  EXPECT_THAT(linked.add(from_address("b", "192.0.2.1")),
              ElementsAre("s/c: s/c -> s/a", "s/d: s/c -> s/a"));
}

TEST(Linker, OneTextInTwoFieldsIsTwoValues) {
  Linked linked({by("devices"), by("payment.fingerprints")});
  linked.add(cards("a", {"77"}));
  Record device = record(RecordKind::kAccount, "s", "b", day(1));
  set_value(device, find_field("devices").value(), Texts{"77"});
  EXPECT_THAT(linked.add(device), IsEmpty());
}

TEST(Linker, AValueThatTooManyHaveLinksNobody) {
  Linked linked({by("client.address", 2), by("payment.fingerprints")});
  linked.add(from_address("a", "192.0.2.1"));
  EXPECT_THAT(linked.add(from_address("b", "192.0.2.1")), ElementsAre("s/b: s/b -> s/a"));
  EXPECT_THAT(linked.add(from_address("b", "192.0.2.1")), IsEmpty());
  linked.add(cards("b", {"visa-1"}));
  linked.add(cards("c", {"visa-1"}));
  EXPECT_EQ(linked.cluster("c"), "s/a");
  // The third at the address: a leaves, and b and c remain linked by their card alone.
  EXPECT_THAT(linked.add(from_address("d", "192.0.2.1")),
              ElementsAre("s/b: s/a -> s/b", "s/c: s/a -> s/b"));
  EXPECT_THAT(linked.add(from_address("e", "192.0.2.1")), IsEmpty());
}

TEST(Linker, ARevisionTakesBackWhatTheVersionBeforeItSaid) {
  Linked linked({by("payment.fingerprints")});
  const Record first = cards("b", {"visa-1", "visa-2"});
  linked.add(cards("a", {"visa-1"}));
  linked.add(first);
  linked.add(cards("c", {"visa-2"}));
  EXPECT_EQ(linked.cluster("c"), "s/a");
  const Record second = cards("b", {"visa-2"});
  EXPECT_THAT(linked.add(second, first), ElementsAre("s/b: s/a -> s/b", "s/c: s/a -> s/b"));
  // The same again in another record of b: one of both goes, the other still says so.
  linked.add(cards("b", {"visa-2"}, day(2)));
  EXPECT_THAT(linked.add(cards("b", {}), second), IsEmpty());
  EXPECT_EQ(linked.cluster("c"), "s/b");
}

TEST(Linker, ARevisionMayNameAnotherAccount) {
  Linked linked({by("client.address", 2)});
  linked.add(from_address("a", "192.0.2.1"));
  const Record first = from_address("b", "192.0.2.1");
  linked.add(first);
  // Never three at once: the address still links the two that are left.
  EXPECT_THAT(linked.add(from_address("c", "192.0.2.1"), first),
              ElementsAre("s/b: s/a -> s/b", "s/c: s/c -> s/a"));
}

TEST(Linker, WhatRetentionDropsLinksNobody) {
  Linked linked({by("payment.fingerprints", 2)});
  linked.add(cards("a", {"visa-1", "visa-2"}, day(1)));
  linked.add(cards("b", {"visa-1"}, day(3)));
  linked.add(cards("c", {"visa-2"}, day(3)));
  linked.add(cards("d", {"visa-2"}, day(3)));
  EXPECT_EQ(linked.cluster("b"), "s/a");
  EXPECT_EQ(linked.cluster("d"), "s/d");  // three have visa-2
  EXPECT_THAT(linked.drain(), IsEmpty());
  EXPECT_THAT(linked.drop(day(2)), ElementsAre("s/b: s/a -> s/b", "s/d: s/d -> s/c"));
  // What comes from before the drop says nothing, and nor does its revision.
  EXPECT_THAT(linked.add(cards("a", {"visa-1"}, day(1))), IsEmpty());
  EXPECT_THAT(linked.add(cards("a", {}, day(1)), cards("a", {"visa-1"}, day(1))), IsEmpty());
  EXPECT_THAT(linked.add(cards("a", {"visa-1"}, day(2))), ElementsAre("s/b: s/b -> s/a"));
}

TEST(Linker, WhoeverIsLinkedByAnotherWayStays) {
  // A ring: each has a card in common with the next one, and the last with the first.
  Linked linked({by("payment.fingerprints")});
  for (const char* const cards_of : {"12", "23", "34", "45", "51"}) {
    const std::string account(1, static_cast<char>('a' + (cards_of[0] - '1')));
    linked.add(cards(account, {std::string(1, cards_of[0]), std::string(1, cards_of[1])}));
  }
  EXPECT_EQ(linked.cluster("e"), "s/a");
  // a and b have nothing in common any more, but the others between them.
  EXPECT_THAT(linked.add(cards("b", {"3"}), cards("b", {"2", "3"})), IsEmpty());
  // Now the ring is open: d and e go with a, and b and c are by themselves.
  EXPECT_THAT(linked.add(cards("c", {"3"}), cards("c", {"3", "4"})),
              ElementsAre("s/b: s/a -> s/b", "s/c: s/a -> s/b"));
  EXPECT_EQ(linked.cluster("d"), "s/a");
  // Without the least account, the part that it leaves behind has another name.
  EXPECT_THAT(linked.add(cards("a", {}), cards("a", {"1", "2"})),
              ElementsAre("s/d: s/a -> s/d", "s/e: s/a -> s/d"));
}

TEST(Linker, AnAccountMayGoFromOneClusterToAnotherAtOnce) {
  Linked linked({by("payment.fingerprints")});
  linked.add(cards("a", {"visa-1"}));
  linked.add(cards("c", {"visa-1"}));
  linked.add(cards("b", {"visa-2"}));
  linked.add(cards("d", {"visa-2"}));
  EXPECT_THAT(linked.add(cards("c", {"visa-2"}), cards("c", {"visa-1"})),
              ElementsAre("s/c: s/a -> s/b"));
  EXPECT_THAT(linked.add(cards("a", {"visa-2"}), cards("a", {"visa-1"})),
              ElementsAre("s/b: s/b -> s/a", "s/c: s/b -> s/a", "s/d: s/b -> s/a"));
}

TEST(Linker, AnAccountIsOneOfItsSource) {
  Linked linked({by("payment.fingerprints"), by("api_key")});
  Record ours = cards("a", {"visa-1"});
  set_value(ours, find_field("api_key").value(), std::string("key-1"));
  Record theirs = ours;
  theirs.source = "t";
  set_value(theirs, find_field("payment.fingerprints").value(), Texts{"visa-9"});
  linked.add(ours);
  // The same name and the same key of another source say nothing; the same card does.
  EXPECT_THAT(linked.add(theirs), IsEmpty());
  EXPECT_EQ(linked.cluster("a", "t"), "t/a");
  set_value(theirs, find_field("payment.fingerprints").value(), Texts{"visa-1"});
  EXPECT_THAT(linked.add(theirs), ElementsAre("t/a: t/a -> s/a"));
}

TEST(Linker, SaysWhatLinksTheAccountsOfEachCluster) {
  Linked linked({by("payment.fingerprints"), by("client.address", 2)});
  EXPECT_THAT(linked.linker().clusters(), IsEmpty());
  linked.add(cards("d", {"visa-9"}));
  linked.add(cards("b", {"visa-1"}));
  linked.add(cards("c", {"visa-1", "visa-2"}));
  linked.add(from_address("c", "192.0.2.7"));
  linked.add(from_address("a", "192.0.2.7"));
  linked.add(cards("y", {"visa-3"}));
  linked.add(cards("x", {"visa-3"}));
  for (const char* account : {"x", "b", "d"}) linked.add(from_address(account, "198.51.100.1"));
  const auto s = [](const char* name) { return LinkedAccount{"s", name}; };
  const FieldId card = find_field("payment.fingerprints").value();
  const FieldId address = find_field("client.address").value();
  // The largest first: a and c meet at an address, b and c by a card.
  EXPECT_THAT(linked.linker().clusters(),
              ElementsAre(AccountCluster{s("a"),
                                         {s("a"), s("b"), s("c")},
                                         {{address, "", "192.0.2.7", {s("a"), s("c")}},
                                          {card, "", "visa-1", {s("b"), s("c")}}}},
                          AccountCluster{
                              s("x"), {s("x"), s("y")}, {{card, "", "visa-3", {s("x"), s("y")}}}}));
  // Three come from one address, where two at most are linked; what one alone has is not common.
  EXPECT_THAT(linked.linker().too_common(),
              ElementsAre(CommonValue{address, "", "198.51.100.1", {s("b"), s("d"), s("x")}}));
}

TEST(Linker, NeitherEmptyTextsNorNamelessRecordsLink) {
  Linked linked({by("payment.fingerprints")});
  linked.add(cards("a", {"", "visa-1"}));
  EXPECT_THAT(linked.add(cards("b", {""})), IsEmpty());
  EXPECT_THAT(linked.add(cards("", {"visa-1"})), IsEmpty());
  EXPECT_EQ(linked.cluster("b"), "s/b");
}

}  // namespace
}  // namespace tidewaiter
