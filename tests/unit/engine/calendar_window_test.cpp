// Policies over calendar windows, by both engines. Expected figures are reckoned by hand.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/explain.h"
#include "policies/engine/policy_test.h"
#include "policies/language/load.h"

namespace tidewaiter {
namespace {

using testing::IsEmpty;

Policy calendar_policy(const std::string& rest) {
  const std::vector<PolicyText> texts{
      {"p.yaml",
       "policy: test.calendar\nversion: 1\ntitle: generated\nstatus: active\n"
       "basis: [{control: generated}]\nkind: extraction\nseverity: low\n"
       "for_each: account\n" +
           rest}};
  LoadOutcome outcome = load_policies(texts, parse_time("2026-01-02").value());
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    EXPECT_NE(diagnostic.level, DiagnosticLevel::kError) << to_text(diagnostic);
  }
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

/// What both engines hold against the policy's tests.
std::vector<std::string> held_against(const std::string& rest) {
  const Policy policy = calendar_policy(rest);
  std::vector<std::string> all;
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    for (const PolicyTestResult& result : run_policy_tests(policy, {}, engine)) {
      all.insert(all.end(), result.failures.begin(), result.failures.end());
    }
  }
  EXPECT_FALSE(policy.tests.empty());
  return all;
}

std::string requests_at(const std::string& time, int requests) {
  return "      - {kind: usage, source: gw, account: a, time: " + time +
         ", requests: " + std::to_string(requests) + "}\n";
}

TEST(CalendarWindows, ARateIsOverTheHoursThatTheDayHad) {
  const std::string head =
      "window: {calendar: day, zone: Europe/Berlin}\nmeasure: {r: rate()}\nreport_when: r > 0\n"
      "tests:\n  - name: one\n    given:\n";
  // 23 h are 82,800 s, 25 h are 90,000 s.
  EXPECT_THAT(held_against(head + requests_at("2026-03-29T10:00:00Z", 82'800) +
                           "    drained_to: 2026-03-31\n"
                           "    expect: [{findings: 1, measure: {r: 1.0}}]\n"),
              IsEmpty());
  EXPECT_THAT(held_against(head + requests_at("2026-10-25T10:00:00Z", 45'000) +
                           "    drained_to: 2026-10-27\n"
                           "    expect: [{findings: 1, measure: {r: 0.5}}]\n"),
              IsEmpty());
}

TEST(CalendarWindows, NeighbouringMonthsAreOneRun) {
  EXPECT_THAT(held_against("window: {calendar: month, zone: Asia/Tokyo}\nmeasure: {n: count()}\n"
                           "report_when: n >= 5\ntests:\n  - name: one\n    given:\n" +
                           requests_at("2026-01-31T14:59:59Z", 5) +  // 23:59:59 on 31 January
                           requests_at("2026-01-31T15:00:00Z", 6) +  // midnight: February
                           requests_at("2026-03-31T15:00:00Z", 7) +  // April: March had none
                           "    expect: [{findings: 2, for: \"account:gw/a\"}]\n"),
              IsEmpty());
}

TEST(CalendarWindows, AHistoryIsOfDaysWhateverClocksDo) {
  // Midnights in Berlin: summer time ends on 25 October. Seven days before the 29th, of 1 to 7
  // requests: their median is 4, the MAD is 2, so that 24 requests are 0.6745 · 20 / 2 = 6.745
  // away.
  std::string given;
  for (int day = 22; day <= 28; ++day) {
    given += requests_at("2026-10-" + std::to_string(day) + "T10:00:00Z", day - 21);
  }
  given += requests_at("2026-10-29T10:00:00Z", 24);
  EXPECT_THAT(
      held_against("window: {calendar: day, zone: Europe/Berlin}\n"
                   "measure: {n: count(), d: \"deviation(n, own, 7d)\"}\nreport_when: d > 6\n"
                   "tests:\n  - name: one\n    given:\n" +
                   given +
                   "    covered_from: 2026-10-21T22:00:00Z\n    drained_to: 2026-10-31\n"
                   "    expect: [{findings: 1, measure: {n: 24, d: 6.745}}]\n"),
      IsEmpty());
}

/// Explanations look at windows by the reference engine and at findings by the columnar one, and
/// refuse where these part.
TEST(CalendarWindows, AreExplained) {
  const Policy policy = calendar_policy(
      "window: {calendar: week, zone: Europe/Berlin}\nmeasure: {n: count()}\nreport_when: n >= "
      "3\n");
  Explainer explainer(policy, "account:gw/a", std::nullopt, std::nullopt);
  std::vector<LogEntry> entries;
  for (const char* time :
       {"2026-10-24T10:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"}) {
    LogEntry entry;
    entry.seq = static_cast<std::int64_t>(entries.size()) + 1;
    Record record;
    record.source = "gw";
    record.time = parse_time(time).value();
    record.id = sha256(time);
    set_value(record, *find_field("account"), std::string("a"));
    entry.body = std::move(record);
    entries.push_back(std::move(entry));
  }
  explainer.take(entries);
  const Result<Explanation> explanation = explainer.explain();
  ASSERT_TRUE(explanation) << explanation.error().message;
  ASSERT_EQ(explanation->windows.size(), 2U);
  EXPECT_EQ(format_time(explanation->windows[0].span.from), "2026-10-18T22:00:00Z");
  EXPECT_EQ(format_time(explanation->windows[1].span.from), "2026-10-25T23:00:00Z");
  EXPECT_EQ(explanation->windows[0].certain, 2);
}

}  // namespace
}  // namespace tidewaiter
