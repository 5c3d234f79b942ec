// `deviation(m, peers(f), P)` through the language and both engines, against figures computed by
// hand.

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

Policy compared(const std::string& report_when) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: extraction\n"
      "severity: low\nwindow: {length: 1h, wait_for_late: 4h}\nmeasure:\n  n: count()\n"
      "  z: deviation(n, peers(service_tier), 3h)\nreport_when: \"" +
      report_when + "\"\n";
  LoadOutcome outcome = load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

void add(Log& log, const std::string& account, int hour, int count, const std::string& tier,
         int minute = 0) {
  for (int i = minute; i < minute + count; ++i) {
    const std::string minutes = std::to_string(i);
    Record record =
        Log::record(account, "0" + std::to_string(hour) + ":" + (i < 10 ? "0" + minutes : minutes));
    if (!tier.empty()) set_value(record, *find_field("service_tier"), tier);
    log.add(std::move(record));
  }
}

/// Eight hours with requests, of three accounts, 36 records: 1 to 8 an hour, median 4.5; distances
/// 3.5, 2.5, 1.5, 0.5, 0.5, 1.5, 2.5, 3.5, and their median is 2. `r` came to the tier in the last
/// hour and brings the hour before along; what it did not do at 0:00 is no 0. Beside them, three
/// accounts of another tier that do much more.
void add_three_hours(Log& log) {
  add(log, "p", 0, 1, "pro");
  add(log, "p", 1, 2, "pro");
  add(log, "p", 2, 3, "pro");
  add(log, "q", 0, 4, "pro");
  add(log, "q", 1, 5, "pro");
  add(log, "q", 2, 6, "pro");
  add(log, "r", 1, 7, "free");
  add(log, "r", 2, 8, "pro");
  for (const char* other : {"x", "y", "z"}) {
    add(log, other, 1, 40, "free");
    add(log, other, 2, 50, "free");
  }
}

/// The 14th request scores 0.6745 · 9.5 / 2 = 3.2, the 15th 0.6745 · 10.5 / 2 = 3.541125. What the
/// account did itself is not part of what is usual, and its group is told from the hours before: so
/// it is reported while the hour is open.
TEST(PeerDeviation, ReportsTheFirstRequestThatIsUnusual) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 3.5"), engine);
    add_three_hours(log);
    add(log, "a", 2, 30, "pro");
    log.drain("00:00", "03:00");
    (void)log.news();  // the first three hours could not be told
    add(log, "a", 3, 14, "free");
    EXPECT_THAT(log.news(), IsEmpty());
    add(log, "a", 3, 1, "free", 30);
    ASSERT_EQ(log.steps().size(), 2U);
    EXPECT_EQ(log.steps().back().figures.at(1).value, Value(3.541125));
    EXPECT_EQ(log.steps().back().subject.values.at(0), "a");
  }
}

/// Whose group is that of the window itself could still be of another: 0.6745 · 15.5 / 2.
TEST(PeerDeviation, ANewAccountIsComparedWhenItsFirstWindowCloses) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 3.5"), engine);
    add_three_hours(log);
    log.drain("00:00", "03:00");
    (void)log.news();
    add(log, "new", 3, 20, "pro");
    EXPECT_THAT(log.news(), IsEmpty());
    const std::int64_t seq = log.drain("00:00", "04:00");
    EXPECT_THAT(log.news(), ElementsAre("(" + std::to_string(seq) +
                                        ",0) finding.opened 03:00+1 n=20 z=5.227375"));
  }
}

TEST(PeerDeviation, WithoutAGroupItIsUnknown) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 3.5 or z <= 3.5"), engine);
    add_three_hours(log);
    log.drain("00:00", "03:00");
    (void)log.news();
    add(log, "new", 3, 19, "pro");
    add(log, "new", 3, 1, "", 30);  // the latest lacks it
    const std::int64_t seq = log.drain("00:00", "04:00");
    EXPECT_THAT(log.news(),
                ElementsAre("(" + std::to_string(seq) + ",0) coverage.gap not-evaluable 1"));
  }
}

/// Of two inputs of one time neither is the later one, in whichever order they came.
TEST(PeerDeviation, WithTwoLatestGroupsItIsUnknown) {
  const std::vector<std::vector<std::string>> orders = {{"pro", "free"}, {"free", "pro"}};
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    for (const std::vector<std::string>& tiers : orders) {
      Log log(compared("z > 3.5 or z <= 3.5"), engine);
      add_three_hours(log);
      log.drain("00:00", "03:00");
      (void)log.news();
      add(log, "new", 3, 18, "pro");
      for (const std::string& tier : tiers) add(log, "new", 3, 1, tier, 30);
      const std::int64_t seq = log.drain("00:00", "04:00");
      EXPECT_THAT(log.news(),
                  ElementsAre("(" + std::to_string(seq) + ",0) coverage.gap not-evaluable 1"));
    }
  }
}

/// Two of one time that agree say what one says: 0.6745 · 15.5 / 2, as of a new account above.
TEST(PeerDeviation, WithOneGroupTwiceItIsKnown) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 3.5"), engine);
    add_three_hours(log);
    log.drain("00:00", "03:00");
    (void)log.news();
    add(log, "new", 3, 18, "pro");
    for (int i = 0; i < 2; ++i) add(log, "new", 3, 1, "pro", 30);
    log.drain("00:00", "04:00");
    EXPECT_THAT(log.news(), ElementsAre(testing::HasSubstr("opened 03:00+1 n=20 z=5.227375")));
  }
}

/// Seven hours of two accounts are enough of one history, but not of peers.
TEST(PeerDeviation, TwoPeersSayNothing) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 3.5 or z <= 3.5"), engine);
    for (const int hour : {0, 1, 2}) {
      add(log, "p", hour, 1 + hour, "pro");
      add(log, "q", hour, 4 + hour, "pro");
    }
    log.drain("00:00", "03:00");
    (void)log.news();
    add(log, "new", 3, 20, "pro");
    const std::int64_t seq = log.drain("00:00", "04:00");
    EXPECT_THAT(log.news(),
                ElementsAre("(" + std::to_string(seq) + ",0) coverage.gap not-evaluable 1"));
  }
}

/// What another account did late is part of what is usual.
TEST(PeerDeviation, ALateRecordOfAPeerRestates) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 4.5"), engine);
    add_three_hours(log);
    add(log, "new", 3, 20, "pro");
    log.drain("00:00", "04:00");
    EXPECT_THAT(log.news(), testing::Contains(testing::HasSubstr("opened 03:00+1 n=20 z=5.22")));
    // 0:00 of q grows to 5: 1, 2, 3, 5, 5, 6, 7, 8 has the median 5; distances 4, 3, 2, 0, 0, 1, 2,
    // 3, and their median 2: 0.6745 · 15 / 2.
    add(log, "q", 0, 1, "pro", 50);
    EXPECT_THAT(log.news(), ElementsAre(testing::HasSubstr("restated 03:00+1 n=20 z=5.05875 was "
                                                           "20 late-data")));
    // And 2:00 of p to 13: 1, 2, 5, 5, 6, 7, 8, 13 has the median 5.5; distances 4.5, 3.5, 0.5,
    // 0.5, 0.5, 1.5, 2.5, 7.5, and their median 2: 0.6745 · 14.5 / 2 = 4.890.
    add(log, "p", 2, 10, "pro", 40);
    EXPECT_THAT(log.news(), testing::Contains(testing::HasSubstr("n=20 z=4.890125 was 20 late")));
    // And 1:00 of p to 3: 1, 3, 5, 5, 6, 7, 8, 13; 4.5, 2.5, 0.5, 0.5, 0.5, 1.5, 2.5, 7.5:
    // median 2. It moves nothing; nor does what the other tier does.
    add(log, "p", 1, 1, "pro", 50);
    add(log, "x", 2, 9, "free", 50);
    EXPECT_THAT(log.news(), IsEmpty());
    // 0:00 of p to 9 and 1:00 of q to 10: 3, 5, 6, 7, 8, 9, 10, 13 has the median 7.5; distances
    // 4.5, 2.5, 1.5, 0.5, 0.5, 1.5, 2.5, 5.5, and their median 2: 0.6745 · 12.5 / 2 = 4.216.
    add(log, "p", 0, 8, "pro", 40);
    add(log, "q", 1, 5, "pro", 50);
    EXPECT_THAT(log.news(), testing::Contains(testing::HasSubstr("withdrawn 03:00+1")));
  }
}

/// A correction says that a request at 0:50 of `q` was one of `p`: 2, 2, 3, 4, 5, 6, 7, 8 has the
/// median 4.5, and the distances 2.5, 2.5, 1.5, 0.5, 0.5, 1.5, 2.5, 3.5 the median 2.
TEST(PeerDeviation, ACorrectionThatMovesARecordRestatesAllWhoWereComparedWithIt) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 4.5"), engine);
    add_three_hours(log);
    add(log, "far", 3, 20, "pro");
    add(log, "new", 3, 20, "pro");
    log.drain("00:00", "04:00");
    (void)log.news();
    Record record = Log::record("q", "00:50");
    set_value(record, *find_field("service_tier"), std::string("pro"));
    const std::int64_t late = log.add(record);
    const std::string as_before = "restated 03:00+1 n=20 z=5.227375 was 20 revised-data";
    const std::string with_it = "restated 03:00+1 n=20 z=5.05875 was 20 late-data";
    EXPECT_THAT(log.news(), ElementsAre(HasSubstr(with_it), HasSubstr(with_it)));
    set_value(record, *find_field("account"), std::string("p"));
    log.revise(late, record);
    EXPECT_THAT(log.news(), ElementsAre(HasSubstr(as_before), HasSubstr(as_before)));
  }
}

/// Each account's hours one after the other, as a table that is sorted by account gives them: who
/// is compared with whom is only told at the end.
TEST(PeerDeviation, TheOrderOfAccountsDoesNotMatter) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(compared("z > 3.5"), engine);
    add(log, "new", 3, 20, "pro");
    add_three_hours(log);
    EXPECT_THAT(log.news(), IsEmpty());
    log.drain("00:00", "04:00");
    EXPECT_THAT(log.news(), testing::Contains(HasSubstr("opened 03:00+1 n=20 z=5.227375")));
  }
}

}  // namespace
}  // namespace tidewaiter
