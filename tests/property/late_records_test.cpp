// Tests of policies whose records say when they come: a record counts unless it is behind the
// watermark by more than the policy waits, whatever the order of the lines, by both engines.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/policy_test.h"
#include "policies/language/load.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

constexpr Duration kMinute{60'000'000};

Policy policy_that_waits(std::int64_t minutes) {
  const std::vector<PolicyText> texts = {
      {"p.yaml",
       "policy: a\nversion: 1\ntitle: A\nstatus: active\nbasis: [{control: c}]\nkind: access\n"
       "severity: low\nwindow: {length: 24h, wait_for_late: " +
           std::to_string(minutes) + "m}\nmeasure: {n: count()}\nreport_when: n >= 1\n"}};
  LoadOutcome outcome = load_policies(texts, UtcTime{});
  EXPECT_EQ(outcome.set.policies.size(), 1U);
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

std::string line_at(UtcTime time, const std::string& more) {
  return R"({"kind":"usage","account":"a","time":")" + format_time(time) + "\"" + more + "}";
}

/// A test of one day, no two of whose records have one time, and what has to come of it: by the
/// words of the language alone.
PolicyTest random_test(Random& random, std::int64_t wait) {
  const UtcTime day = parse_time("2026-03-02").value();
  const auto at = [day](std::int64_t minute) { return day + Duration{minute * kMinute.us}; };
  PolicyTest test;
  test.name = "generated";
  test.drained_to = day + Duration{2 * kDay.us};  // figures are told when the window closes
  test.inline_lines.push_back(line_at(at(0), ""));
  std::int64_t counted = 1;
  std::int64_t too_late = 0;
  for (std::int64_t minute = random.number(1, 60); minute < 1440; minute += random.number(1, 200)) {
    if (random.chance(50)) {
      test.inline_lines.push_back(line_at(at(minute), ""));
      ++counted;
      continue;
    }
    // Often as late as just counts, or by a minute more.
    const std::int64_t behind =
        random.chance(50) ? random.number(0, 2 * wait + 1) : wait + random.number(0, 1);
    const std::string arrives = format_time(at(minute + behind));
    test.inline_lines.push_back(line_at(at(minute), R"(,"arrives":")" + arrives + "\""));
    ++(behind > wait ? too_late : counted);
  }
  std::shuffle(test.inline_lines.begin(), test.inline_lines.end(),
               std::mt19937_64(static_cast<std::uint64_t>(random.number(0, 1 << 30))));
  Expectation expected;
  expected.findings = 1;
  expected.measures.emplace_back("n", counted);
  expected.too_late = too_late;
  expected.withdrawn = 0;
  test.expect.push_back(std::move(expected));
  return test;
}

TEST(LateRecords, CountUnlessTheyAreBehindTheWatermarkByMoreThanTheWait) {
  over_random_seeds(300, [](std::uint64_t seed) {
    Random random(seed);
    const std::int64_t wait = random.number(0, 180);
    const Policy policy = policy_that_waits(wait);
    const PolicyTest test = random_test(random, wait);
    const Result<TestLog> log = make_test_log(policy, test, {});
    ASSERT_TRUE(log) << to_text(log.error());
    for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
      EXPECT_TRUE(run_policy_test(policy, test, *log, engine).passed)
          << testing::PrintToString(run_policy_test(policy, test, *log, engine).failures)
          << testing::PrintToString(test.inline_lines);
    }
  });
}

}  // namespace
}  // namespace tidewaiter
