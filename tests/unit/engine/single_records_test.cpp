// Policies about single records, from the text to the steps, on both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/read_policy.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Policy from_nowhere() {
  return read_policy({{"p.yaml", R"(policy: p
version: 1
title: A request from a country that is not served
status: active
basis: [{control: generated}]
kind: access
severity: low
select: {served: {client.country: KP}}
)"}},
                     "2025-12-31");
}

Record request(std::string_view clock, std::int64_t requests, std::string_view country) {
  Record record = Log::record("a", clock);
  record.requests = requests;
  if (!country.empty()) {
    set_value(record, *find_field("client.country"), std::string(country));
  }
  return record;
}

class SingleRecords : public testing::TestWithParam<EngineKind> {};

// A bucket may round the requests that it stands for to none: it tells of the country all the same.
TEST_P(SingleRecords, AreReportedWhateverNumberOfRequestsTheyStandFor) {
  Log log(from_nowhere(), GetParam());  // entry 1 is the activation
  log.add(request("10:05", 0, "KP"));
  EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 records=1"));
  log.add(request("10:06", 500, "KP"));
  log.add(request("13:00", 500, "KP"));
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 13:00+1 records=1"));
}

TEST_P(SingleRecords, AreNotEvaluableWhateverNumberOfRequestsTheyStandFor) {
  Log log(from_nowhere(), GetParam());
  log.add(request("10:05", 0, ""));
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_unknown, 1);
  log.drain(at("00:00"), at("00:00") + Duration{9 * kDay.us});  // such records may come a week late
  EXPECT_THAT(log.news(), ElementsAre("(3,0) coverage.gap not-evaluable 1"));
}

INSTANTIATE_TEST_SUITE_P(Engines, SingleRecords,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference),
                         [](const auto& engine) {
                           return engine.param == EngineKind::kColumnar ? "Columnar" : "Reference";
                         });

}  // namespace
}  // namespace tidewaiter
