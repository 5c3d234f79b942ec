#include "policies/language/zone_database.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(ZoneDatabase, BerlinByTheRuleOfTheUnion) {
  const TimeZone zone = read_time_zone("Europe/Berlin").value();
  // Directive 2000/84/EC: summer time from the last Sunday of March to that of October, at 01:00
  // UTC.
  const TimeZone::Change summer{parse_time("2026-03-29T01:00:00Z").value(), {2 * kHour.us}};
  const TimeZone::Change winter{parse_time("2026-10-25T01:00:00Z").value(), kHour};
  EXPECT_NE(std::ranges::find(zone.changes, summer), zone.changes.end());
  EXPECT_NE(std::ranges::find(zone.changes, winter), zone.changes.end());
  // Past 2037, where tables of zone files end and their rule begins.
  EXPECT_EQ(offset_at(zone, parse_time("2090-07-01").value()), Duration{2 * kHour.us});
  // Past the table the last offset stays: winter's.
  EXPECT_EQ(offset_at(zone, parse_time("2150-07-01").value()), kHour);
  EXPECT_EQ(offset_at(zone, parse_time("1890-01-01").value()), zone.first_offset);
}

TEST(ZoneDatabase, EveryChangeIsOneAndTheyRise) {
  for (const char* name : {"Europe/Berlin", "Africa/Casablanca", "America/St_Johns"}) {
    const TimeZone zone = read_time_zone(name).value();
    Duration offset = zone.first_offset;
    UtcTime before = kZoneTableTimes.from;
    ASSERT_GT(zone.changes.size(), 50U) << name;
    for (const TimeZone::Change& change : zone.changes) {
      EXPECT_NE(change.offset, offset) << name;
      EXPECT_GT(change.at, before) << name;
      EXPECT_LT(change.at, kZoneTableTimes.to) << name;
      offset = change.offset;
      before = change.at;
    }
  }
}

TEST(ZoneDatabase, UtcNeverChanges) {
  EXPECT_EQ(read_time_zone("UTC").value(), TimeZone{});
  EXPECT_EQ(read_time_zone("Etc/GMT+5").value().first_offset, Duration{-5 * kHour.us});
}

class NoZone : public testing::TestWithParam<const char*> {};

TEST_P(NoZone, IsRefused) {
  const auto zone = read_time_zone(GetParam());
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().code, ErrorCode::kInvalidInput);
}

// Among them names that a reader of zone files would open: each is a file of tzdata, or a path.
INSTANTIATE_TEST_SUITE_P(Names, NoZone,
                         testing::Values("", "Europe", "Europe/Atlantis", "europe/berlin",
                                         "right/UTC", "posix/UTC", "localtime", "tzdata.zi",
                                         "/usr/share/zoneinfo/UTC", "Europe/../UTC",
                                         "Europe//Berlin", "Europe/Berlin/", "file:UTC",
                                         "Fixed/UTC+01:00:00"));

}  // namespace
}  // namespace tidewaiter
