// `deviation(m, peers(size_band), P)`: clusters beside others of about as many accounts, through
// the language and both engines, against figures computed by hand.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"
#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SizeBand, DoublesFromOneToTheNext) {
  EXPECT_EQ(size_band(2), size_band(3));
  EXPECT_EQ(size_band(4), size_band(7));
  EXPECT_EQ(size_band(8), size_band(15));
  EXPECT_LT(size_band(1), size_band(2));
  EXPECT_LT(size_band(3), size_band(4));
  EXPECT_LT(size_band(7), size_band(8));
}

LoadOutcome load_compared(const std::string& for_each, const std::string& measure) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: extraction\n"
      "severity: low\nfor_each: " +
      for_each +
      "\nwindow: {length: 1h, wait_for_late: 4h}\nmeasure:\n  n: count()\n  z: " + measure +
      "\nreport_when: z > 1.8\n---\nlinkage: cards\ntitle: t\n"
      "links: [{field: payment.fingerprints, at_most: 8}]\n";
  return load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{});
}

std::vector<std::string> codes_of(const LoadOutcome& outcome) {
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) codes.push_back(diagnostic.code);
  }
  return codes;
}

TEST(SizeBand, IsWhatClustersShareAndNothingElseDoes) {
  EXPECT_THAT(codes_of(load_compared("cluster", "deviation(n, peers(size_band), 3h)")), IsEmpty());
  EXPECT_THAT(codes_of(load_compared("cluster", "deviation(n, peers(service_tier), 3h)")),
              ElementsAre("TW0694"));
  EXPECT_THAT(codes_of(load_compared("account", "deviation(n, peers(size_band), 3h)")),
              testing::Contains("TW0700"));
}

class SizeBandTest : public testing::TestWithParam<EngineKind> {
 protected:
  SizeBandTest() : log_(policy(), GetParam()) {}

  static Policy policy() {
    return load_compared("cluster", "deviation(n, peers(size_band), 3h)").set.policies.at(0);
  }
  /// The account pays with this card.
  std::int64_t pay(const std::string& account, const std::string& card) {
    Record record = Log::record(account, "00:00");
    record.kind = RecordKind::kAccount;
    set_value(record, *find_field("payment.fingerprints"), std::vector<std::string>{card});
    return log_.add(std::move(record));
  }
  std::int64_t use(const std::string& account, int hour, std::int64_t requests) {
    Record record = Log::record(account, "0" + std::to_string(hour) + ":30");
    record.requests = requests;
    return log_.add(std::move(record));
  }
  /// Three pairs with 1 to 8 requests an hour in eight hours of theirs, as in
  /// peer_deviation_test: median 4.5, and the median distance from it is 2. Beside them three
  /// accounts, each alone, that do much more, and a pair, g and h, that has done nothing yet.
  void add_three_hours() {
    for (const char* pair : {"ab", "cd", "ef", "gh"}) {
      for (const char account : {pair[0], pair[1]}) pay({account}, std::string("card ") + pair);
    }
    use("a", 0, 1);
    use("b", 1, 2);
    use("a", 2, 3);
    use("c", 0, 4);
    use("d", 1, 5);
    use("d", 2, 6);
    use("e", 1, 7);
    use("f", 2, 8);
    for (const char* single : {"x", "y", "z"}) {
      use(single, 1, 40);
      use(single, 2, 50);
    }
    // What is usual is not known before three hours have passed: none of these windows can be told.
    const std::int64_t drained = log_.drain("00:00", "03:00");
    ASSERT_THAT(log_.news(), ElementsAre(at_seq(drained) + "coverage.gap not-evaluable 14"));
  }
  /// Makes a pair of x and y. Now there are four, and h's or x's ten requests are far above what
  /// three of them did.
  void expect_finding_once_x_and_y_pair() {
    pay("x", "card xy");
    const std::int64_t joined = pay("y", "card xy");
    EXPECT_THAT(log_.news(),
                ElementsAre(at_seq(joined) + "finding.opened 03:00+1 n=10 z=1.854875"));
  }
  static std::string at_seq(std::int64_t seq) { return "(" + std::to_string(seq) + ",0) "; }

  Log log_;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, SizeBandTest, testing::ValuesIn(kBothEngines),
                         [](const auto& engine) {
                           return engine.param == EngineKind::kColumnar ? "Columnar" : "Reference";
                         });

TEST_P(SizeBandTest, IsWhoseFiguresSayWhatIsUsual) {
  add_three_hours();
  // 0.6745 (10 - 4.5) / 2 = 1.854875; the three that are alone are no peers of a pair.
  const std::int64_t seq = use("h", 3, 10);
  EXPECT_THAT(log_.news(), ElementsAre(at_seq(seq) + "finding.opened 03:00+1 n=10 z=1.854875"));
}

TEST_P(SizeBandTest, NineRequestsAreUsualAmongPairs) {
  add_three_hours();
  // 0.6745 (9 - 4.5) / 2 = 1.517625
  use("h", 3, 9);
  EXPECT_THAT(log_.news(), IsEmpty());
}

TEST_P(SizeBandTest, AClusterThatGrowsOutOfItTakesItsFiguresAlong) {
  add_three_hours();
  use("h", 3, 10);
  (void)log_.news();
  pay("k", "card ef");  // three are in the band of two
  EXPECT_THAT(log_.news(), IsEmpty());
  // Four are not: two peers do not say what is usual.
  const std::int64_t seq = pay("l", "card ef");
  EXPECT_THAT(log_.news(), ElementsAre(HasSubstr(at_seq(seq) + "finding.withdrawn 03:00+1 n=10")));
  // x and y become a pair with 80 and 100 requests: 1 to 6, 80 and 100 have the median 4.5, and
  // distances of 0.5, 0.5, 1.5, 1.5, 2.5, 3.5, 75.5, 95.5, whose median is 2.
  expect_finding_once_x_and_y_pair();
}

TEST_P(SizeBandTest, AClusterThatGrowsIsComparedWithOthersFromThenOn) {
  add_three_hours();
  use("x", 3, 10);
  EXPECT_THAT(log_.news(), IsEmpty()) << "alone, it has two peers";
  // With y it is a pair, whose peers are the three pairs: 10 requests are many.
  expect_finding_once_x_and_y_pair();
}

TEST_P(SizeBandTest, ALateRecordOfAPeerRestates) {
  add_three_hours();
  use("h", 3, 10);
  log_.drain("00:00", "04:00");
  (void)log_.news();
  // e did nothing at 0:00: now 9 requests. 1 to 9: the median is 5, the median distance 2.
  const std::int64_t seq = use("e", 0, 9);
  // 0.6745 (10 - 5) / 2 = 1.68625, below 1.8.
  EXPECT_THAT(log_.news(), ElementsAre(HasSubstr(at_seq(seq) + "finding.withdrawn 03:00+1 n=10")));
}

}  // namespace
}  // namespace tidewaiter
