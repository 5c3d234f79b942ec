// When a policy judges, from its dates and those of its bases: docs/evaluation.md, In force.

#include "policies/language/times_in_force.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The one policy of a text without errors.
Policy load_one(const std::string& text) {
  const LoadOutcome outcome = load_text(text);
  EXPECT_FALSE(has_errors(outcome.diagnostics))
      << testing::PrintToString(lines_of(outcome.diagnostics));
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

/// "2025-09-29/2025-11-10 …": each interval, an open side left out.
std::vector<std::string> times_of(const std::string& fragment) {
  std::vector<std::string> out;
  for (const Interval& interval : times_in_force(load_one(sample_policy(fragment)))) {
    std::string text;
    if (interval.from.us != INT64_MIN) text += format_time(interval.from).substr(0, 10);
    text += "/";
    if (interval.to.us != INT64_MAX) text += format_time(interval.to).substr(0, 10);
    out.push_back(text);
  }
  return out;
}

TEST(TimesInForce, AreAlwaysWithoutDates) { EXPECT_THAT(times_of(""), ElementsAre("/")); }

TEST(TimesInForce, ARuleThatWasSuspendedLeavesAGap) {
  EXPECT_THAT(times_of("basis: [{law: L, in_force: [{from: 2025-09-29, until: 2025-11-09}, "
                       "{from: 2026-11-10}]}]\n"),
              ElementsAre("2025-09-29/2025-11-10", "2026-11-10/"));
}

TEST(TimesInForce, OneBasisWithoutDatesCarriesThePolicyAlways) {
  EXPECT_THAT(times_of("basis: [{law: L, in_force: [{from: 2026-01-01}]}, {red_flag: f}]\n"),
              ElementsAre("/"));
}

TEST(TimesInForce, BasesThatOverlapOrTouchAreOneTime) {
  EXPECT_THAT(times_of("basis: [{law: L, in_force: [{from: 2026-03-01, until: 2026-04-30}]}, "
                       "{terms: t, in_force: [{from: 2026-01-01, until: 2026-02-28}, "
                       "{from: 2026-04-01, until: 2026-05-31}]}]\n"),
              ElementsAre("2026-01-01/2026-06-01"));
}

TEST(TimesInForce, AreOnlyThoseOfThePolicyItself) {
  const std::string basis =
      "basis: [{law: L, in_force: [{until: 2026-01-31}, {from: 2026-03-01}]}]\n";
  EXPECT_THAT(times_of("in_force: [{from: 2026-01-15, until: 2026-03-15}]\n" + basis),
              ElementsAre("2026-01-15/2026-02-01", "2026-03-01/2026-03-16"));
  EXPECT_THAT(times_of("in_force: [{from: 2026-02-01, until: 2026-02-28}]\n" + basis), IsEmpty());
}

TEST(TimesInForce, ABasisIsInForceDuringWhatItMeets) {
  const Basis basis =
      load_one(sample_policy("basis: [{law: L, in_force: [{from: 2026-01-01, until: "
                             "2026-01-31}]}]\n"))
          .basis[0];
  const auto day = [](const char* text) { return parse_time(text).value(); };
  EXPECT_TRUE(is_in_force(basis, {day("2025-12-31T00:00:00Z"), day("2026-01-02T00:00:00Z")}));
  EXPECT_TRUE(is_in_force(basis, {day("2026-01-31T23:00:00Z"), day("2026-02-01T01:00:00Z")}));
  EXPECT_FALSE(is_in_force(basis, {day("2025-12-31T00:00:00Z"), day("2026-01-01T00:00:00Z")}));
  EXPECT_FALSE(is_in_force(basis, {day("2026-02-01T00:00:00Z"), day("2026-02-02T00:00:00Z")}));
}

}  // namespace
}  // namespace tidewaiter
