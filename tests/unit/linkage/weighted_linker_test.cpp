// Evidence that weighs, lists of exceptions and ways of evidence, by hand.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/linkage/evidence_weight.h"
#include "policies/linkage/linker.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Link weighed(std::string_view name, std::int64_t at_most, std::int64_t weight) {
  Link link;
  link.field = find_field(name).value();
  link.at_most = at_most;
  link.weight = weight;
  return link;
}

/// Cards that join two alone, and addresses that never do.
Linkage cards_and_addresses() {
  return {{weighed("payment.fingerprints", 50, 10), weighed("client.address", 50, 8)}, 10};
}

class WeighedLinker {
 public:
  explicit WeighedLinker(Linkage linkage) : linker(std::move(linkage)) {}

  void card(const std::string& account, const std::string& card, UtcTime time = {0}) {
    take(RecordKind::kAccount, account, "payment.fingerprints", std::vector<std::string>{card},
         time);
  }
  void address(const std::string& account, const std::string& address, UtcTime time = {0}) {
    take(RecordKind::kUsage, account, "client.address", address, time);
  }
  [[nodiscard]] std::string cluster(const std::string& account) const {
    return linker.cluster_of({"s", account}).name;
  }

  Linker linker;

 private:
  void take(RecordKind kind, const std::string& account, std::string_view field, Value value,
            UtcTime time) {
    Record record;
    record.kind = kind;
    record.source = "s";
    record.time = time;
    set_value(record, find_field("account").value(), account);
    set_value(record, find_field(field).value(), std::move(value));
    LogEntry entry;
    entry.body = std::move(record);
    linker.take(entry);
  }
};

TEST(EvidenceWeight, FallsWithEachDoublingOfTheHolders) {
  const Linkage linkage{{weighed("devices", 1000, 60)}, 10};
  const auto weight = [&](std::int64_t holders) {
    const std::int64_t shares = evidence_weight(linkage, linkage.links[0], holders);
    EXPECT_EQ(shares % kSharesOfWeight, 0) << holders;  // 60 has all these divisors
    return shares / kSharesOfWeight;
  };
  EXPECT_EQ(weight(1), 0);
  EXPECT_EQ(weight(2), 60);
  EXPECT_EQ(weight(3), 30);
  EXPECT_EQ(weight(4), 30);
  EXPECT_EQ(weight(5), 20);
  EXPECT_EQ(weight(8), 20);
  EXPECT_EQ(weight(9), 15);
  EXPECT_EQ(weight(17), 12);
  EXPECT_EQ(weight(33), 10);
  EXPECT_EQ(weight(513), 6);
  EXPECT_EQ(weight(1000), 6);
  EXPECT_EQ(weight(1001), 0);
  EXPECT_EQ(needed_weight(linkage), 10 * kSharesOfWeight);
}

TEST(WeightedLinker, JoinsByWhatWeighsEnoughTogether) {
  WeighedLinker linked(cards_and_addresses());
  linked.card("a", "visa-1");
  linked.card("b", "visa-1");
  EXPECT_EQ(linked.cluster("b"), "a");
  // Three have the card: 5, and nothing else in common.
  linked.card("c", "visa-1");
  EXPECT_EQ(linked.cluster("b"), "b");
  EXPECT_EQ(linked.cluster("c"), "c");
  // Two are at one address: 5 + 8.
  linked.address("b", "192.0.2.1");
  linked.address("c", "192.0.2.1");
  EXPECT_EQ(linked.cluster("c"), "b");
  EXPECT_EQ(linked.cluster("a"), "a");
  // Three are: 5 + 4 < 10.
  linked.address("a", "192.0.2.1");
  EXPECT_EQ(linked.cluster("c"), "c");
}

TEST(WeightedLinker, CountsTheHeaviestValueOfALinkAlone) {
  WeighedLinker linked(cards_and_addresses());
  // Eight each, and they would be sixteen.
  for (const char* account : {"a", "b"}) {
    linked.address(account, "192.0.2.1");
    linked.address(account, "192.0.2.2");
  }
  EXPECT_EQ(linked.cluster("b"), "b");
}

TEST(WeightedLinker, LeavesOutWhatStandsInAListAtTheTimeOfTheRecord) {
  ExceptedValues exits;
  exits.times["192.0.2.9"] = {{UtcTime{100}, UtcTime{200}}};
  Linkage linkage{{weighed("client.address", 5, 0)}, 0};
  linkage.links[0].except = std::make_shared<const ExceptedValues>(std::move(exits));
  WeighedLinker linked(linkage);
  linked.address("a", "192.0.2.9", UtcTime{100});
  linked.address("b", "192.0.2.9", UtcTime{199});
  EXPECT_EQ(linked.cluster("b"), "b");
  linked.address("c", "192.0.2.9", UtcTime{99});
  linked.address("d", "192.0.2.9", UtcTime{200});
  EXPECT_EQ(linked.cluster("d"), "c");
  ASSERT_THAT(linked.linker.excepted(), SizeIs(1));
  EXPECT_THAT(linked.linker.excepted()[0].accounts,
              ElementsAre(LinkedAccount{"s", "a"}, LinkedAccount{"s", "b"}));
  EXPECT_THAT(linked.linker.too_common(), IsEmpty());
}

TEST(EvidencePath, IsTheShortestAndSaysWhatEachStepRestsOn) {
  WeighedLinker linked(cards_and_addresses());
  for (const char* account : {"a", "b", "c"}) linked.card(account, "visa-1");
  linked.address("a", "192.0.2.1");
  linked.address("b", "192.0.2.1");
  linked.card("b", "visa-2");
  linked.card("d", "visa-2");
  linked.card("d", "visa-3");
  linked.card("e", "visa-3");
  const std::vector<EvidenceStep> way = linked.linker.path({"s", "e"}, {"s", "a"});
  ASSERT_THAT(way, SizeIs(3));  // e, d, b, a
  EXPECT_EQ(way[0].from.name, "e");
  EXPECT_EQ(way[0].to.name, "d");
  ASSERT_THAT(way[0].values, SizeIs(1));
  EXPECT_EQ(way[0].values[0].text, "visa-3");
  EXPECT_EQ(way[0].values[0].holders, 2);
  EXPECT_EQ(way[0].values[0].weight, 10);
  EXPECT_EQ(way[1].to.name, "b");
  EXPECT_EQ(way[2].to.name, "a");
  ASSERT_THAT(way[2].values, SizeIs(2));  // by name of the field
  EXPECT_EQ(way[2].values[0].text, "192.0.2.1");
  EXPECT_EQ(way[2].values[0].weight, 8);
  EXPECT_EQ(way[2].values[1].text, "visa-1");
  EXPECT_EQ(way[2].values[1].holders, 3);
  EXPECT_EQ(way[2].values[1].weight, 5);
  // c has but the card of three: 5.
  EXPECT_THAT(linked.linker.path({"s", "a"}, {"s", "c"}), IsEmpty());
  EXPECT_THAT(linked.linker.in_common({"s", "a"}, {"s", "c"}), SizeIs(1));
  EXPECT_THAT(linked.linker.path({"s", "a"}, {"s", "a"}), IsEmpty());
  EXPECT_THAT(linked.linker.path({"s", "a"}, {"s", "nobody"}), IsEmpty());
}

}  // namespace
}  // namespace tidewaiter
