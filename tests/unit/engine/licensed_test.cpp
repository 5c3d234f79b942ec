// `licensed(...)` from the texts to the steps, on both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/read_policy.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kUnlicensed = R"(policy: p
version: 1
title: Requests without a license
status: active
basis: [{control: generated}]
kind: access
severity: low
select: {covered: licensed(bis-1)}
condition: not covered
window: {length: 1h, wait_for_late: 2h}
measure: {n: count()}
report_when: n >= 3
)";

Policy policy_under(const std::string& parties) {
  const std::vector<PolicyText> texts{
      {"p.yaml", kUnlicensed},
      {"licenses.yaml",
       "license: bis-1\ntitle: Large models\nnumber: D1\nauthority: BIS\nparties: " + parties +
           "\nitems: [large]\nlimits: [output_tokens <= 100]\n"
           "in_force: [{from: 2026-01-01, until: 2026-01-01T10:30:00Z}]\n"}};
  return read_policy(texts, "2025-12-31");
}

struct Use {
  std::string_view clock;
  std::string_view organization;
  std::string_view model = "large";
  std::int64_t output_tokens = 100;
};

void use(Log& log, const Use& row) {
  Record record = Log::record("a", row.clock);
  set_value(record, *find_field("model"), std::string(row.model));
  set_value(record, *find_field("output_tokens"), row.output_tokens);
  if (!row.organization.empty()) {
    set_value(record, *find_field("organization"), std::string(row.organization));
  }
  log.add(std::move(record));
}

class Licensed : public testing::TestWithParam<EngineKind> {};

TEST_P(Licensed, IsFalseOutsideScopeLimitsAndTime) {
  Log log(policy_under("[lab-1]"), GetParam());
  use(log, {.clock = "10:05", .organization = "lab-1"});
  EXPECT_EQ(log.coverage().records_selected, 0);
  use(log, {.clock = "10:06", .organization = "lab-2"});
  EXPECT_EQ(log.coverage().records_selected, 1);
  use(log, {.clock = "10:29", .organization = "lab-1"});
  EXPECT_EQ(log.coverage().records_selected, 1);
  use(log, {.clock = "10:30", .organization = "lab-1"});
  EXPECT_EQ(log.coverage().records_selected, 2);
  EXPECT_THAT(log.news(), IsEmpty());
  use(log, {.clock = "10:07", .organization = "lab-1", .output_tokens = 101});
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 10:00+1 n=3"));
}

TEST_P(Licensed, IsUnknownWithoutAFieldThatWouldDecide) {
  Log log(policy_under("[lab-1]"), GetParam());
  use(log, {.clock = "10:05", .organization = ""});
  EXPECT_EQ(log.coverage().records_selected, 0);
  EXPECT_EQ(log.coverage().records_unknown, 1);
  // The model, or the time, decides whoever asked.
  use(log, {.clock = "10:06", .organization = "", .model = "small"});
  use(log, {.clock = "10:31", .organization = ""});
  EXPECT_EQ(log.coverage().records_selected, 2);
  EXPECT_EQ(log.coverage().records_unknown, 1);
}

TEST_P(Licensed, AChangeOfTheLicenseIsAChangeOfMeaning) {
  Log log(policy_under("[lab-1]"), GetParam());
  for (const char* clock : {"10:01", "10:02", "10:03"}) {
    use(log, {.clock = clock, .organization = "lab-2"});
  }
  use(log, {.clock = "10:04", .organization = "lab-1"});
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:00+1 n=3"));
  log.activate(policy_under("[lab-3]"));
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.restated 10:00+1 n=4 was 3 policy-change"));
  log.activate(policy_under("[lab-1, lab-2]"));
  EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.withdrawn 10:00+1 n=4 policy-change"));
}

INSTANTIATE_TEST_SUITE_P(Engines, Licensed,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference),
                         [](const auto& row) {
                           return row.param == EngineKind::kColumnar ? "Columnar" : "Reference";
                         });

}  // namespace
}  // namespace tidewaiter
