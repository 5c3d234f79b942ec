#include "daemon/cli/volume_chart.h"

#include <array>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(VolumeChart, BarsGrowWithTheValue) {
  const std::array<std::int64_t, 6> values = {0, 1, 4, 5, 8, -3};
  EXPECT_EQ(sparkline(values, true), " ▂▅▆█ ");
  EXPECT_EQ(sparkline(values, false), " :+*@ ");
  EXPECT_EQ(sparkline({}, true), "");
}

TEST(VolumeChart, ChoosesTheSmallestRoundSlotThatFits) {
  const UtcTime start{1'791'158'400'000'000};  // 2026-10-05T00:00:00Z
  const VolumeChart three_days = empty_chart({start, start + Duration{3 * kDay.us}}, 72);
  EXPECT_EQ(three_days.slot, kHour);
  EXPECT_EQ(three_days.values.size(), 72U);
  const VolumeChart longer = empty_chart({start, start + Duration{4 * kDay.us}}, 72);
  EXPECT_EQ(longer.slot, (Duration{2 * kHour.us}));
  EXPECT_EQ(longer.values.size(), 48U);
  // A span that starts within a slot begins with the whole slot.
  const VolumeChart shifted = empty_chart({start + kMinute, start + Duration{72 * kHour.us}}, 72);
  EXPECT_EQ(shifted.span.from, start);
}

TEST(VolumeChart, CutsNothingOfALongSpan) {
  const UtcTime start{1'791'158'400'000'000};
  const UtcTime end = start + Duration{3 * 365 * kDay.us};  // 156.4 weeks
  const VolumeChart years = empty_chart({start, end}, 72);
  EXPECT_EQ(years.slot, (Duration{28 * kDay.us}));  // 79 slots of a fortnight are too many
  EXPECT_LE(years.span.from, start);
  EXPECT_GE(years.span.to, end);
  EXPECT_LE(years.values.size(), 72U);
}

TEST(VolumeChart, CountsIntoSlotsAndMarksTheFinding) {
  const UtcTime start{1'791'158'400'000'000};
  VolumeChart chart = empty_chart({start, start + Duration{4 * kHour.us}}, 4);
  ASSERT_EQ(chart.slot, kHour);
  add_volume(chart, start, 10);
  add_volume(chart, start + Duration{2 * kHour.us + 1}, 15);
  add_volume(chart, start + Duration{3 * kHour.us - 1}, 5);
  add_volume(chart, start + Duration{4 * kHour.us}, 99);  // outside
  add_volume(chart, start - Duration{1}, 99);             // outside
  const Interval marked{start + kHour, start + Duration{3 * kHour.us}};
  EXPECT_EQ(render(chart, marked, "requests", {}),
            "  |▅ █ |\n"
            "    ^^\n"
            "  2026-10-05T00:00:00Z to 2026-10-05T04:00:00Z, 1h a mark, at most 20 requests in 1h; "
            "^ marks "
            "the finding\n");
}

}  // namespace
}  // namespace tidewaiter
