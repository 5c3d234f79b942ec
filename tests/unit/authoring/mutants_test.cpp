#include "policies/authoring/mutants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/authoring/canonical_meaning.h"
#include "policies/engine/policy_test.h"
#include "tests/unit/authoring/loaded_policy.h"

namespace tidewaiter {
namespace {

using testing::UnorderedElementsAre;

constexpr const char* kVolume =
    "window: 1h\nmeasure: {n: count()}\nreport_when: n >= 3\n"
    "tests:\n"
    "  - name: three in an hour\n"
    "    given:\n"
    "      - {kind: usage, time: 2026-10-05T10:01:00Z, account: a}\n"
    "      - {kind: usage, time: 2026-10-05T10:02:00Z, account: a}\n"
    "      - {kind: usage, time: 2026-10-05T10:03:00Z, account: a}\n"
    "    expect: [{findings: 1, for: \"account:*\"}]\n";

std::vector<std::string> changes(const std::vector<Mutant>& mutants) {
  std::vector<std::string> all;
  for (const Mutant& m : mutants) all.push_back(m.what + ": " + m.before + " -> " + m.after);
  return all;
}

bool always(std::int64_t, std::int64_t) { return true; }

// By hand: raising the threshold to 4 and `n > 3` mean the same, and are one mutant.
TEST(Mutants, AreTheChangesOfTheRules) {
  const MutantSet set = make_mutants(loaded(policy_head() + kVolume));
  EXPECT_THAT(changes(set.mutants),
              UnorderedElementsAre("subject made coarser: for_each: account -> for_each: source",
                                   "window twice as long: window: 1h -> window: 2h",
                                   "window half as long: window: 1h -> window: 30m",
                                   "window slides: window: 1h -> window: 1h every 30m",
                                   "another aggregate: n: count() -> n: sum(1)",
                                   "boundary moved: (n >= 3) -> (n > 3)",
                                   "comparison turned round: (n >= 3) -> (n <= 3)",
                                   "threshold lowered: 3 -> 2"));
  EXPECT_EQ(set.equivalent, 0);
}

// By hand: a test of exactly three notices a higher threshold, the comparison turned round, and,
// by the subject it names, a coarser subject; nothing else.
TEST(Mutants, SurviveWhereNoTestLooks) {
  const Policy policy = loaded(policy_head() + kVolume);
  ASSERT_TRUE(run_policy_tests(policy, {}).front().passed);
  const MutationReport report = run_mutants(policy, logs_of(policy), always);
  EXPECT_EQ(report.mutants, 8);
  EXPECT_EQ(report.noticed, 3);
  EXPECT_THAT(changes(report.survivors),
              UnorderedElementsAre("window twice as long: window: 1h -> window: 2h",
                                   "window half as long: window: 1h -> window: 30m",
                                   "window slides: window: 1h -> window: 1h every 30m",
                                   "another aggregate: n: count() -> n: sum(1)",
                                   "threshold lowered: 3 -> 2"));
}

TEST(Mutants, StopOnRequest) {
  const Policy policy = loaded(policy_head() + kVolume);
  const MutationReport report = run_mutants(
      policy, logs_of(policy), [](std::int64_t done, std::int64_t) { return done < 2; });
  EXPECT_TRUE(report.interrupted);
  EXPECT_EQ(report.mutants, 2);
}

std::vector<std::string> changed_whats(const std::string& body, const std::string& what) {
  std::vector<std::string> all;
  for (const Mutant& m : make_mutants(loaded(policy_head() + body)).mutants) {
    if (m.what == what) all.push_back(m.before + " -> " + m.after);
  }
  return all;
}

TEST(Mutants, ChangeEveryPart) {
  const std::string body =
      "select: {a: {operation|in: [chat, batch]}, b: {region: eu}}\ncondition: a and not b\n"
      "window: {length: 2h, every: 1h}\n"
      "measure:\n  t: sum(output_tokens) where a\n  q: quantile(0.5, output_tokens)\n"
      "report_when: t > 50 and q < 10\n"
      "exempt: [{where: {organization: lab}, until: 2026-12-31, approved_by: l, reason: m}]\n";
  EXPECT_THAT(changed_whats(body, "value dropped"), testing::SizeIs(4));  // condition, where of t
  EXPECT_THAT(changed_whats(body, "not dropped"), testing::SizeIs(1));
  EXPECT_THAT(changed_whats(body, "and made or"), testing::SizeIs(2));
  EXPECT_THAT(changed_whats(body, "part dropped"), testing::SizeIs(4));
  EXPECT_THAT(changed_whats(body, "exemption dropped"), testing::SizeIs(1));
  EXPECT_THAT(changed_whats(body, "where dropped"), testing::SizeIs(1));
  EXPECT_THAT(changed_whats(body, "window tumbles"),
              UnorderedElementsAre("window: 2h every 1h -> window: 2h"));
  // sum has max; a quantile has min and max.
  EXPECT_THAT(changed_whats(body, "another aggregate"), testing::SizeIs(3));
  // `q < 11` is `q <= 10`, and there already as a boundary moved.
  EXPECT_THAT(changed_whats(body, "threshold raised"), UnorderedElementsAre("50 -> 55"));
  EXPECT_THAT(changed_whats(body, "threshold lowered"),
              UnorderedElementsAre("50 -> 45", "10 -> 9"));
}

TEST(Mutants, ACalendarIsOfAnotherUnit) {
  const std::string body =
      "window: {calendar: week, zone: Asia/Tokyo}\nmeasure: {n: count()}\nreport_when: n >= 3\n";
  EXPECT_THAT(changed_whats(body, "calendar of days"),
              UnorderedElementsAre(
                  "window: calendar week in Asia/Tokyo -> window: calendar day in Asia/Tokyo"));
  EXPECT_THAT(changed_whats(body, "calendar of months"), testing::SizeIs(1));
  EXPECT_THAT(changed_whats(body, "calendar of weeks"), testing::IsEmpty());
  EXPECT_THAT(changed_whats(body, "window twice as long"), testing::IsEmpty());
}

// `n >= 3 and n >= 3`: to drop either part, or to make the `and` an `or`, changes nothing.
TEST(Mutants, ASessionEndsSoonerOrLater) {
  std::string text = policy_head() + kVolume;
  text.replace(text.find("window: 1h"), 10, "window: {session: 30m, at_most: 1d}");
  const std::vector<std::string> all = changes(make_mutants(loaded(text)).mutants);
  const std::string before = "window: session of 30m, at most 1d -> window: session of ";
  EXPECT_THAT(all, testing::Contains("session gap twice as long: " + before + "1h, at most 1d"));
  EXPECT_THAT(all, testing::Contains("session gap half as long: " + before + "15m, at most 1d"));
}

TEST(Mutants, ARepeatIsDroppedOrHalved) {
  const MutantSet set =
      make_mutants(loaded(policy_head() + kVolume + "repeat: {after: 2h, if_grown: 1.5x}\n"));
  const std::vector<std::string> all = changes(set.mutants);
  const std::string before = "repeat: after 2h if `n` has grown 1.5 times";
  for (const std::string& one :
       {"repeat dropped: " + before + " -> ",
        "repeat whatever has grown: " + before + " -> repeat: after 2h",
        "repeat however soon: " + before + " -> repeat: if `n` has grown 1.5 times"}) {
    EXPECT_THAT(all, testing::Contains(one));
  }
}

// A wait that nobody has written is left alone, and so is one of nothing.
TEST(Mutants, AWaitIsLeftOutOrLonger) {
  const std::string rest = "measure: {n: count()}\nreport_when: n >= 3\n";
  const std::string waits = "window: {length: 1h, wait_for_late: 2h}\n" + rest;
  EXPECT_THAT(changed_whats(waits, "late records left out"),
              UnorderedElementsAre("wait_for_late: 2h -> wait_for_late: 0s"));
  EXPECT_THAT(changed_whats(waits, "longer wait"),
              UnorderedElementsAre("wait_for_late: 2h -> wait_for_late: 4h"));
  const std::string records = "select: {a: {model: m}}\n";  // may come a week late
  for (const std::string& body :
       {"window: 1h\n" + rest, "window: {length: 1h, wait_for_late: 0s}\n" + rest, records}) {
    EXPECT_THAT(changed_whats(body, "late records left out"), testing::IsEmpty()) << body;
    EXPECT_THAT(changed_whats(body, "longer wait"), testing::IsEmpty()) << body;
  }
}

TEST(Mutants, AWaitOfStepsIsOneToo) {
  EXPECT_THAT(changed_whats("select: {a: {model: m}, b: {model: o}}\n"
                            "sequence: {within: 4h, steps: [a, b], wait_for_late: 1h}\n",
                            "longer wait"),
              UnorderedElementsAre("wait_for_late: 1h -> wait_for_late: 2h"));
}

TEST(Mutants, ATestWithLateRecordsNoticesAnotherWait) {
  const std::string text =
      policy_head() +
      "window: {length: 1h, wait_for_late: 2h}\nmeasure: {n: count()}\nreport_when: n >= 2\n"
      "tests:\n"
      "  - name: late\n"
      "    given:\n"
      "      - {kind: usage, time: 2026-10-05T10:01:00Z, account: a}\n"
      "      - {kind: usage, time: 2026-10-05T10:31:00Z, account: a, "
      "arrives: 2026-10-05T12:31:00Z}\n"
      "      - {kind: usage, time: 2026-10-05T10:30:00Z, account: a, "
      "arrives: 2026-10-05T12:31:00Z}\n"
      "    expect: [{findings: 1, measure: {n: 2}}]\n";
  const Policy policy = loaded(text);
  ASSERT_THAT(run_policy_tests(policy, {}).front().failures, testing::IsEmpty());
  const MutationReport report = run_mutants(policy, logs_of(policy), always);
  for (const Mutant& mutant : report.survivors) {
    EXPECT_THAT(mutant.before, testing::Not(testing::HasSubstr("wait_for_late"))) << mutant.what;
  }
}

// By hand: four dates, each a day to either side, and each of the two intervals dropped; of one
// interval with one date two.
TEST(Mutants, DatesAreADayOff) {
  const std::string body =
      "in_force: [{from: 2026-01-01, until: 2026-01-31}, {from: 2026-03-01, until: 2026-03-31}]\n"
      "window: 1h\nmeasure: {n: count()}\nreport_when: n >= 3\n"
      "exempt: [{where: {organization: lab}, until: 2026-03-30, approved_by: l, reason: m}]\n";
  EXPECT_THAT(changed_whats(body, "begins a day earlier"), testing::SizeIs(2));
  EXPECT_THAT(changed_whats(body, "begins a day later"), testing::SizeIs(2));
  EXPECT_THAT(changed_whats(body, "ends a day earlier"), testing::SizeIs(2));
  EXPECT_THAT(changed_whats(body, "ends a day later"), testing::SizeIs(2));
  EXPECT_THAT(changed_whats(body, "interval dropped"), testing::SizeIs(2));
  EXPECT_THAT(changed_whats(body, "exemption ends a day earlier"),
              UnorderedElementsAre("exempt[0]: ends before 2026-03-31T00:00:00Z -> exempt[0]: ends "
                                   "before 2026-03-30T00:00:00Z"));
  EXPECT_THAT(changed_whats(body, "exemption ends a day later"), testing::SizeIs(1));
  const std::string once =
      "in_force: [{from: 2026-01-01}]\n"
      "window: 1h\nmeasure: {n: count()}\nreport_when: n >= 3\n";
  EXPECT_THAT(changed_whats(once, "begins a day later"),
              UnorderedElementsAre("in_force: from 2026-01-01T00:00:00Z -> in_force: from "
                                   "2026-01-02T00:00:00Z"));
  EXPECT_THAT(changed_whats(once, "ends a day later"), testing::IsEmpty());
  EXPECT_THAT(changed_whats(once, "interval dropped"), testing::IsEmpty());
}

// A basis without dates holds for ever: those of the other make no difference.
TEST(Mutants, DatesThatMakeNoDifferenceAreLeftOut) {
  const auto with_basis = [](const std::string& basis) {
    std::string head = policy_head();
    head.replace(head.find("basis: [{terms: x}]"), 19, basis);
    return make_mutants(loaded(head + "window: 1h\nmeasure: {n: count()}\nreport_when: n >= 3\n"));
  };
  const std::string dated = "{law: y, in_force: [{from: 2026-01-01}]}";
  const MutantSet two = with_basis("basis: [{terms: x}, " + dated + "]");
  EXPECT_EQ(two.equivalent, 2);
  const MutantSet one = with_basis("basis: [" + dated + "]");
  EXPECT_EQ(one.equivalent, 0);
  EXPECT_EQ(one.mutants.size(), two.mutants.size() + 2);
}

TEST(Mutants, EquivalentOnesAreToldApart) {
  const MutantSet set = make_mutants(loaded(policy_head() + "window: 1h\nmeasure: {n: count()}\n"
                                                            "report_when: n >= 3 and n >= 3\n"));
  EXPECT_EQ(set.equivalent, 3);
}

TEST(CanonicalMeaning, IsEqualForWhatMeansTheSame) {
  const auto meaning = [](const std::string& report_when) {
    return canonical_meaning(loaded(policy_head() +
                                    "window: 1h\nmeasure: {n: count(), "
                                    "m: max(output_tokens / requests)}\n"
                                    "report_when: " +
                                    report_when + "\n"));
  };
  EXPECT_EQ(meaning("n > 2"), meaning("n >= 3"));
  EXPECT_EQ(meaning("n < 3"), meaning("n <= 2"));
  EXPECT_EQ(meaning("not (n < 3)"), meaning("n > 2"));
  EXPECT_EQ(meaning("not (not (n > 2))"), meaning("n > 2"));
  EXPECT_EQ(meaning("n > 2 and m > 1.5"), meaning("m > 1.5 and n > 2"));
  EXPECT_EQ(meaning("n > 2 or (n > 2 or m > 1.5)"), meaning("m > 1.5 or n > 2"));
  EXPECT_NE(meaning("m > 2"), meaning("m >= 3"));  // a double may lie between
  EXPECT_NE(meaning("n > 2 and m > 1.5"), meaning("n > 2 or m > 1.5"));
  EXPECT_NE(meaning("n >= 3"), meaning("n >= 4"));
}

// Without its clusters a policy about them is one about accounts: a test with two accounts notices.
TEST(Mutants, TakeClustersApart) {
  const std::string linkage =
      "---\nlinkage: x\ntitle: x\nlinks: [{field: client.address, at_most: 5}]\n";
  std::string head = policy_head();
  head.replace(head.find("for_each: account"), 17, "for_each: cluster");
  const Policy policy = loaded(
      head +
      "window: 1h\nmeasure: {n: count()}\nreport_when: n >= 2\n"
      "tests:\n"
      "  - name: two accounts of one address\n"
      "    given:\n"
      "      - {kind: usage, time: 2026-10-05T10:01:00Z, account: a, client.address: 10.0.0.1}\n"
      "      - {kind: usage, time: 2026-10-05T10:02:00Z, account: b, client.address: 10.0.0.1}\n"
      "    expect: [{findings: 1, for: \"cluster:*\"}]\n" +
      linkage);
  ASSERT_TRUE(run_policy_tests(policy, {}).front().passed);
  EXPECT_THAT(
      changes(make_mutants(policy).mutants),
      testing::IsSupersetOf({"clusters taken apart: for_each: cluster -> for_each: account",
                             "subject made coarser: for_each: cluster -> for_each: source"}));
  EXPECT_THAT(changes(run_mutants(policy, logs_of(policy), always).survivors),
              testing::Not(testing::Contains(testing::HasSubstr("for_each"))));
}

TEST(Mutants, LeaveAloneWhatTheLanguageFillsIn) {
  const MutantSet set =
      make_mutants(loaded(policy_head() + "select: {big: {output_tokens|gt: 10}}\n"));
  EXPECT_THAT(changes(set.mutants),
              testing::Not(testing::Contains(testing::HasSubstr("records >="))));
  EXPECT_THAT(changes(set.mutants),
              testing::Contains(testing::HasSubstr("(output_tokens > 10) -> ")));
}

}  // namespace
}  // namespace tidewaiter
