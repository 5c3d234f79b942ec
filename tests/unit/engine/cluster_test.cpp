// Policies about clusters of accounts: both engines, by hand computation.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/explain.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ClusterTest : public testing::TestWithParam<EngineKind> {};

INSTANTIATE_TEST_SUITE_P(Engines, ClusterTest,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference));

Policy about_clusters(std::string_view link, std::int64_t at_most,
                      std::string_view condition = "n >= 3") {
  Policy policy = counting(condition);
  policy.for_each = {kFieldCluster};
  policy.linkage = Linkage{{{find_field(link).value(), at_most}}};
  return policy;
}

/// An account record: the account pays with this card.
Record card(std::string_view account, const std::string& fingerprint, std::string source = "s") {
  Record out = Log::record(account, "09:00");
  out.kind = RecordKind::kAccount;
  out.source = std::move(source);
  set_value(out, find_field("payment.fingerprints").value(), std::vector<std::string>{fingerprint});
  return out;
}

/// An account record of another time.
Record card_at(std::string_view account, std::string_view clock, const std::string& fingerprint) {
  Record out = card(account, fingerprint);
  out.time = at(clock);
  return out;
}

Record request_from(std::string_view account, std::string_view clock, std::string address) {
  Record out = Log::record(account, clock);
  set_value(out, find_field("client.address").value(), std::move(address));
  return out;
}

/// With the subject, and of another finding the step that opened it in place of its id.
std::vector<std::string> told(const Log& log) {
  std::vector<std::string> out;
  for (const Step& step : log.steps()) {
    std::string line = said(step);
    line.insert(line.find(')') + 1, " " + to_text(step.subject));
    if (const std::size_t at = step.reason.find(':'); at != std::string::npos) {
      line.erase(line.find(" merged:"));
      for (const Step& other : log.steps()) {
        if (other.kind != StepKind::kOpened || other.finding != step.reason.substr(at + 1))
          continue;
        line += " merged into (" + std::to_string(other.seq) + "," + std::to_string(other.ordinal) +
                ")";
      }
    }
    out.push_back(std::move(line));
  }
  return out;
}

TEST_P(ClusterTest, AnAccountThatNothingLinksIsOne) {
  Log log(about_clusters("payment.fingerprints", 3, "n >= 2"), GetParam());
  log.add("a", "10:05");
  log.add("b", "10:06");
  log.add("b", "10:07");
  EXPECT_THAT(told(log), ElementsAre("(4,0) cluster:s/b finding.opened 10:00+1 n=2"));
  EXPECT_EQ(log.coverage().subjects, 2);
}

TEST_P(ClusterTest, AFindingGoesOverToTheClusterThatItsOwnBecomesPartOf) {
  Log log(about_clusters("payment.fingerprints", 3), GetParam());
  log.add("b", "10:05");
  log.add("b", "10:10");
  log.add("c", "10:15");
  log.add(card("b", "v1"));
  log.add(card("c", "v1"));  // 6: two and one are three
  log.add("a", "10:20");
  log.add(card("a", "v1"));  // 8: the least of the three gives the cluster another name
  EXPECT_THAT(told(log),
              ElementsAre("(6,0) cluster:s/b finding.opened 10:00+1 n=3",
                          "(8,0) cluster:s/a finding.opened 10:00+1 n=4",
                          "(8,1) cluster:s/b finding.withdrawn 10:00+1 n=3 merged into (8,0)"));
  EXPECT_EQ(log.coverage().subjects, 1);
}

TEST_P(ClusterTest, WhoJoinsOrLeavesRestatesWindowsThatHaveSettled) {
  Log log(about_clusters("payment.fingerprints", 3), GetParam());
  for (const char* clock : {"10:05", "10:10", "10:15"}) log.add("b", clock);
  log.add("c", "10:30");
  log.drain("10:00", "12:00");
  log.add(card("b", "v1"));
  log.add(card("c", "v1"));  // 8
  log.add(card("d", "v1"));  // brings no request along
  log.add(card("e", "v1"));  // 10: a fourth: the card links nobody any more
  EXPECT_THAT(told(log),
              ElementsAre("(4,0) cluster:s/b finding.opened 10:00+1 n=3",
                          "(6,0) cluster:s/b finding.closed 10:00+1 n=3",
                          "(6,1)  coverage.gap not-evaluable 1",  // nothing could link c
                          "(8,0) cluster:s/b finding.restated 10:00+1 n=4 was 3 cluster-chang",
                          "(10,0) cluster:s/b finding.restated 10:00+1 n=3 was 4 cluster-chang"));
}

TEST_P(ClusterTest, ARecordMayLinkAndCountAtOnceAndARevisionUnlink) {
  Log log(about_clusters("client.address", 5), GetParam());
  log.add(request_from("b", "10:05", "10.0.0.1"));
  log.add(request_from("c", "10:10", "10.0.0.2"));
  const auto third = log.add(request_from("c", "10:15", "10.0.0.1"));  // 4
  log.revise(third, request_from("c", "10:15", "10.0.0.3"));
  EXPECT_THAT(told(log),
              ElementsAre("(4,0) cluster:s/b finding.opened 10:00+1 n=3",
                          "(5,0) cluster:s/b finding.withdrawn 10:00+1 n=3 no-longer-hol"));
}

TEST_P(ClusterTest, AccountsOfSeveralSourcesFormOne) {
  Log log(about_clusters("payment.fingerprints", 3), GetParam());
  Record other = Log::record("a", "10:01");
  other.source = "t";
  log.add(std::move(other));
  log.add("b", "10:05");
  log.add("b", "10:10");
  log.add(card("b", "v1"));
  log.add(card("a", "v1", "t"));
  // By name first: s/b comes after t/a.
  EXPECT_THAT(told(log), ElementsAre("(6,0) cluster:t/a finding.opened 10:00+1 n=3"));
}

TEST_P(ClusterTest, ARecordWithoutAccountBelongsToNone) {
  Log log(about_clusters("payment.fingerprints", 3, "n >= 1"), GetParam());
  log.add("", "10:05");
  EXPECT_THAT(told(log), IsEmpty());
  EXPECT_EQ(log.coverage().records_unknown, 1);
}

TEST_P(ClusterTest, WhatIsUsualIsThatOfAllMembers) {
  // Seven closed hours of 1, 2, 1, 2, 1, 2, 1 requests by a and of as many by b, in one cluster:
  // 2, 4, 2, 4, 2, 4, 2 with the median 2 and no spread: MAD 0. With one more by b in the second
  // hour, 2, 5, 2, 4, 2, 4, 2 has no spread either; 2, 4, 2, 4, 3, 4, 2 has: median 3, MAD 1.
  Policy policy = about_clusters("payment.fingerprints", 3);
  Measure usual;
  usual.name = "usual";
  usual.aggregate = Aggregate::kDeviation;
  usual.type = ValueType::kDouble;
  usual.baseline = Baseline{0, Duration{7 * kHour.us}};
  policy.measures.push_back(usual);
  report_when(policy, "n >= 9 and usual > 3.5");
  Log log(policy, GetParam());
  for (const char* account : {"a", "b"}) log.add(card(account, account));
  for (int hour = 1; hour <= 7; ++hour) {
    const std::string clock = "0" + std::to_string(hour) + ":1";
    for (int i = 0; i < 2 - hour % 2; ++i) {
      log.add("a", clock + "0");
      log.add("b", clock + "5");
    }
  }
  log.add("b", "05:20");
  log.drain("01:00", "08:00");
  for (int i = 0; i < 9; ++i) log.add("b", "08:30");
  log.add(card("a", "v1"));
  EXPECT_THAT(told(log), IsEmpty());
  const auto seq = log.add(card("b", "v1"));
  // 0.6745 · (9 − 3) / 1
  EXPECT_THAT(told(log), ElementsAre("(" + std::to_string(seq) +
                                     ",0) cluster:s/a finding.opened 08:00+1 n=9 usual=4.047"));
}

TEST_P(ClusterTest, ANewPolicyFindsTheClustersOfTheStoredLog) {
  Policy nobody = counting("n > 1000");
  Log log(nobody, GetParam());
  log.add("b", "10:05");
  log.add("a", "10:10");
  log.add(card("b", "v1"));
  log.add(card("a", "v1"));
  Policy policy = about_clusters("payment.fingerprints", 3, "n >= 2");
  policy.hash = sha256("clusters");
  log.activate(policy);
  log.add(card("c", "v1"));
  log.add("c", "10:15");
  log.drain("10:00", "11:00");
  EXPECT_THAT(told(log),
              ElementsAre("(6,0) cluster:s/a finding.opened 10:00+1 n=2 historical",
                          "(9,0) cluster:s/a finding.restated 10:00+1 n=3 was 2 window-closed "
                          "historical"));
}

TEST_P(ClusterTest, WhatRetentionDropsLinksNobodyAnyMore) {
  Log log(about_clusters("payment.fingerprints", 3, "n >= 2"), GetParam());
  log.add("a", "10:05");
  log.add("b", "10:06");
  log.add(card("a", "v1"));
  log.add(card("b", "v1"));  // 5
  log.drop(at("10:00"));
  EXPECT_THAT(told(log),
              ElementsAre("(5,0) cluster:s/a finding.opened 10:00+1 n=2",
                          "(6,0) cluster:s/a finding.withdrawn 10:00+1 n=2 no-longer-hol"));
}

/// Over two hours, one every hour: of the first window that retention cuts its second hour is left.
Policy over_two_hours() {
  Policy policy = about_clusters("payment.fingerprints", 2);
  policy.window.length = Duration{2 * kHour.us};
  return policy;
}

TEST_P(ClusterTest, AWindowThatAnotherAccountHoldsNowIsNoGapAnew) {
  Log log(over_two_hours(), GetParam());
  log.add(card("c", "v1"));
  log.add(card_at("a", "11:05", "v1"));
  log.add(card_at("b", "11:05", "v1"));  // a third: the card links nobody
  log.add("a", "10:30");
  log.add("b", "11:30");
  EXPECT_THAT(log.news(), IsEmpty());
  log.drain("10:00", "14:00");  // of a: 9:00, not covered, and 10:00; of b: 10:00 and 11:00
  EXPECT_THAT(log.news(), ElementsAre("(7,0) coverage.gap not-evaluable 1"));
  log.drop(at("11:00"));
  // What c said is gone, and a and b are one. The cluster's window of 10:00 has settled before:
  // then a's request held it, and now that of b.
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().windows_not_evaluable, 1);
  EXPECT_EQ(log.coverage().windows_false, 1);
  EXPECT_EQ(log.coverage().subjects, 1);
}

TEST_P(ClusterTest, AWindowThatComesIntoBeingAsRetentionCutsItIsAGap) {
  Log log(over_two_hours(), GetParam());
  log.add(card("c", "v1"));
  log.add(card_at("a", "11:05", "v1"));
  log.add(card_at("b", "11:05", "v1"));
  log.add("b", "11:30");
  log.drain("10:00", "14:00");
  log.drop(at("11:00"));  // 7: the window of 10:00 is one of a's cluster now
  EXPECT_THAT(log.news(), ElementsAre("(7,0) coverage.gap not-evaluable 1"));
  EXPECT_EQ(log.coverage().windows_not_evaluable, 1);
  EXPECT_EQ(log.coverage().windows_false, 1);
  EXPECT_EQ(log.coverage().subjects, 1);
}

TEST_P(ClusterTest, WhatDoesNotHoldOfAnAccountThatNothingCouldLinkCannotBeTold) {
  Log log(about_clusters("payment.fingerprints", 3), GetParam());
  log.add("a", "10:05");
  log.drain("10:00", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(3,0) coverage.gap not-evaluable 1"));
  EXPECT_EQ(log.coverage().windows_false, 0);
  EXPECT_EQ(log.coverage().windows_not_evaluable, 1);
  // A card of its own, and it is known to be alone; without the card nobody knows again.
  const auto seq = log.add(card("a", "v1"));
  EXPECT_EQ(log.coverage().windows_false, 1);
  EXPECT_EQ(log.coverage().windows_not_evaluable, 0);
  Record bare = card("a", "v1");
  set_value(bare, find_field("payment.fingerprints").value(), std::vector<std::string>{""});
  log.revise(seq, std::move(bare));
  EXPECT_EQ(log.coverage().windows_false, 0);
  EXPECT_EQ(log.coverage().windows_not_evaluable, 1);
  // It had settled: it is no gap anew.
  EXPECT_THAT(log.news(), IsEmpty());
}

TEST_P(ClusterTest, WhatHoldsOfAnAccountThatNothingCouldLinkIsReported) {
  Log log(about_clusters("payment.fingerprints", 3, "n >= 2"), GetParam());
  log.add("a", "10:05");
  log.add("a", "10:06");
  log.drain("10:00", "12:00");
  EXPECT_EQ(log.coverage().windows_true, 1);
}

TEST_P(ClusterTest, AValueThatIsTooCommonToLinkIsStatedAllTheSame) {
  Log log(about_clusters("payment.fingerprints", 2), GetParam());
  for (const char* account : {"a", "b", "c"}) {
    log.add(account, "10:05");
    log.add(card(account, "v1"));
  }
  log.drain("10:00", "12:00");
  EXPECT_EQ(log.coverage().windows_false, 3);
  EXPECT_EQ(log.coverage().windows_not_evaluable, 0);
}

TEST_P(ClusterTest, WhoIsLinkedByAnotherIsToldWithTheCluster) {
  Log log(about_clusters("client.address", 3), GetParam());
  log.add("b", "10:05");
  log.add(request_from("a", "10:10", "10.0.0.1"));
  log.drain("10:00", "12:00");  // a is known to be alone
  EXPECT_THAT(log.news(), ElementsAre("(4,0) coverage.gap not-evaluable 1"));
  log.add(request_from("b", "10:20", "10.0.0.1"));
  EXPECT_THAT(told(log), testing::Contains("(5,0) cluster:s/a finding.opened 10:00+1 n=3"));
  EXPECT_EQ(log.coverage().windows_not_evaluable, 0);
  EXPECT_EQ(log.coverage().windows_false, 0);
}

/// Has read a log of these records.
std::unique_ptr<Explainer> explainer_over(const std::vector<Record>& records,
                                          const std::string& subject) {
  auto explainer = std::make_unique<Explainer>(about_clusters("payment.fingerprints", 3), subject,
                                               std::nullopt, std::nullopt);
  std::int64_t seq = 0;
  for (const Record& record : records) {
    LogEntry entry;
    entry.seq = ++seq;
    entry.body = record;
    std::get<Record>(entry.body).id = sha256("record " + std::to_string(seq));
    explainer->take(std::span(&entry, 1));
  }
  return explainer;
}

TEST(ClusterExplanation, IsThatOfAllMembersAtTheEnd) {
  std::vector<Record> records{Log::record("b", "10:05"), Log::record("a", "10:10"),
                              Log::record("c", "10:12"), card("b", "v1"), card("a", "v1")};
  const auto two = explainer_over(records, "cluster:s/a");
  const Explanation short_of_one = two->explain().value();
  EXPECT_EQ(short_of_one.count(RecordFate::kSelected), 2);
  EXPECT_THAT(why_not(two->policy(), short_of_one), HasSubstr("n is 2, 1 short"));
  const auto joined = explainer_over(records, "cluster:s/b");
  const Explanation other = joined->explain().value();
  EXPECT_EQ(other.part_of, "cluster:s/a");
  EXPECT_EQ(why_not(joined->policy(), other), "it is part of `cluster:s/a` now");
  // Of an account that has done nothing itself, too.
  const std::vector<Record> linked_alone{Log::record("a", "10:10"), card("b", "v1"),
                                         card("a", "v1")};
  const auto silent = explainer_over(linked_alone, "cluster:s/b");
  EXPECT_EQ(why_not(silent->policy(), silent->explain().value()),
            "it is part of `cluster:s/a` now");
  // Whoever names an account asks for its cluster.
  for (const char* account : {"account:s/a", "account:s/b"}) {
    const auto member = explainer_over(records, account);
    const Explanation of_member = member->explain().value();
    EXPECT_EQ(of_member.part_of, "cluster:s/a");
    EXPECT_EQ(why_not(member->policy(), of_member), "it is part of `cluster:s/a` now");
  }
  // Of c nothing is stated that could link it.
  const auto bare = explainer_over(records, "cluster:s/c");
  LogEntry drained;
  drained.seq = std::ssize(records) + 1;
  drained.body = Control{SourceDrained{"s", RecordKind::kUsage, {at("10:00"), at("11:00")}}};
  bare->take(std::span(&drained, 1));
  const Explanation alone = bare->explain().value();
  EXPECT_EQ(alone.windows.at(0).answer, reference::Truth::kUnknown);
  EXPECT_EQ(alone.windows.at(0).doubt,
            "whom the account belongs to is not known: no record has a value of "
            "payment.fingerprints for it");
  const auto stranger = explainer_over(records, "account:s/z");
  EXPECT_FALSE(stranger->explain().value().is_named);
  records.push_back(card("c", "v1"));
  const auto three = explainer_over(records, "cluster:s/a");
  const Explanation reported = three->explain().value();
  EXPECT_TRUE(reported.any_holds());
  EXPECT_THAT(reported.steps, testing::SizeIs(1));
}

}  // namespace
}  // namespace tidewaiter
