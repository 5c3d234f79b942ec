// Policies that name lists, from their texts to the steps, on both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/policy_test.h"
#include "tests/unit/engine/read_policy.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPolicy = R"(policy: p
version: 1
title: Requests to listed models
status: active
basis: [{control: generated}]
kind: access
severity: low
select: {listed: {model|in: list:models}}
window: {length: 1h, wait_for_late: 2h}
measure: {n: count()}
report_when: n >= 2
)";

Policy policy_with(const std::string& values, const std::string& more = "") {
  const std::vector<PolicyText> texts{
      {"p.yaml", kPolicy + more},
      {"lists.yaml", "list: models\ntitle: Models\nvalues: " + values + "\n"}};
  return read_policy(texts, "2026-01-02");
}

void ask(Log& log, std::string_view clock, const std::string& model) {
  Record record = Log::record("a", clock);
  set_value(record, *find_field("model"), model);
  log.add(std::move(record));
}

class NamedList : public testing::TestWithParam<EngineKind> {};

TEST_P(NamedList, CountsByTheRecordsTime) {
  Log log(policy_with("[large, {value: old, until: 2026-01-01T10:30:00Z}]"), GetParam());
  ask(log, "10:29", "old");
  ask(log, "10:30", "old");
  ask(log, "10:31", "small");
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_selected, 1);
  ask(log, "10:59", "large");
  EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.opened 10:00+1 n=2"));
  log.add("a", "10:59");  // no model at all
  EXPECT_EQ(log.coverage().records_unknown, 1);
}

TEST_P(NamedList, AChangeOfItsContentIsAChangeOfMeaning) {
  Log log(policy_with("[large, larger]"), GetParam());
  ask(log, "10:05", "large");
  ask(log, "10:06", "larger");
  ask(log, "10:07", "largest");
  EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=2"));
  log.activate(policy_with("[larger, large]"));
  EXPECT_THAT(log.news(), IsEmpty()) << "the order of values means nothing";
  log.activate(policy_with("[large, larger, largest]"));
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.restated 10:00+1 n=3 was 2 policy-change"));
  log.activate(policy_with("[large, {value: larger, until: 2026-01-01T10:06:00Z}]"));
  EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.withdrawn 10:00+1 n=3 policy-change"));
}

TEST_P(NamedList, CanBeTheReasonWhyThereIsNoFinding) {
  const Policy policy = policy_with("[large]", R"(
tests:
  - name: the partner stays quiet
    given:
      - {kind: usage, source: s, account: a, time: 2026-01-01T10:00:00Z, model: large}
      - {kind: usage, source: s, account: a, time: 2026-01-01T10:01:00Z, model: large}
    expect: [{findings: 0, because: "exemption:partners"}]
---
exemption: partners
policies: [p]
where: {account: a}
until: 2026-12-31
approved_by: legal
reason: MSA-114
)");
  const auto results = run_policy_tests(policy, {}, GetParam());
  ASSERT_EQ(results.size(), 1U);
  EXPECT_THAT(results[0].failures, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, NamedList,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference),
                         [](const auto& row) {
                           return row.param == EngineKind::kColumnar ? "Columnar" : "Reference";
                         });

}  // namespace
}  // namespace tidewaiter
