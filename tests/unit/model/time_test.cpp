#include "policies/model/time.h"

#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

struct TimeCase {
  const char* text;
  std::int64_t us;  // by `date -u -d TEXT +%s` and the fraction by hand
};

class ParseTime : public testing::TestWithParam<TimeCase> {};

TEST_P(ParseTime, GivesTheInstant) {
  const Result<UtcTime> got = parse_time(GetParam().text);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->us, GetParam().us);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3339, ParseTime,
    testing::Values(TimeCase{"1970-01-01T00:00:00Z", 0},
                    // The examples of RFC 3339 section 5.8 but for its two leap seconds, which
                    // are refused below.
                    TimeCase{"1985-04-12T23:20:50.52Z", 482196050520000},
                    TimeCase{"1996-12-19T16:39:57-08:00", 851042397000000},
                    TimeCase{"1937-01-01T12:00:27.87+00:20", -1041337172130000},
                    TimeCase{"0000-01-01T00:00:00Z", -62167219200000000},
                    TimeCase{"1969-12-31T23:59:59.75Z", -250000},
                    // Expanded years, with the instants that ECMA-262 (section 21.4.1) gives them.
                    TimeCase{"-271821-04-20T00:00:00Z", -8640000000000000000},
                    TimeCase{"+275760-09-13T00:00:00Z", 8640000000000000000},
                    TimeCase{"-000001-01-01T00:00:00Z", -62198755200000000},
                    TimeCase{"2024-02-29T23:59:59.999999Z", 1709251199999999},
                    TimeCase{"2024-02-29t23:59:59.9999999z", 1709251199999999},
                    TimeCase{"2026-11-23", 1795392000000000},
                    TimeCase{"9999-12-31T23:59:59Z", 253402300799000000}));

class RefuseTime : public testing::TestWithParam<const char*> {};

TEST_P(RefuseTime, SaysWhatWasExpected) {
  const Result<UtcTime> got = parse_time(GetParam());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(got.error().message, HasSubstr("RFC 3339"));
}

INSTANTIATE_TEST_SUITE_P(Malformed, RefuseTime,
                         testing::Values("", "2026", "2026-13-01T00:00:00Z", "2026-02-29",
                                         "2026-11-23T24:00:00Z", "2026-11-23T00:60:00Z",
                                         "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
                                         "2026-11-23T00:00:00", "2026-11-23 00:00:00Z",
                                         "2026-11-23T00:00:00.Z", "2026-11-23T00:00:00Z ",
                                         "2026-11-23T00:00:00+1:00", "+2026-11-23", "+002026-11-23",
                                         "-000000-01-01", "10000-01-01", "+999999-01-01",
                                         "-999999-01-01"));

TEST(ParseTime, TakesABareLocalTimeAsUtcOnlyWhenAsked) {
  EXPECT_EQ(parse_time("2023-11-16 18:17:03.9799600", true)->us, 1700158623979960);
  EXPECT_FALSE(parse_time("2023-11-16 18:17:03.9799600"));
}

TEST(FormatTime, IsReadBackToTheSameInstant) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto check = [](UtcTime time) {
    const std::string text = format_time(time);
    const Result<UtcTime> back = parse_time(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, time) << text;
  };
  using Limits = std::numeric_limits<std::int64_t>;
  std::uniform_int_distribution<std::int64_t> records(kRecordTimes.from.us, kRecordTimes.to.us);
  std::uniform_int_distribution<std::int64_t> all(Limits::min(), Limits::max());
  for (int i = 0; i < 2000; ++i) {
    check({records(random)});
    check({all(random)});
  }
  for (const std::int64_t us : {Limits::min(), Limits::max(), std::int64_t{-1}}) check({us});
}

TEST(FormatTime, WritesOnlyTheFractionItNeeds) {
  EXPECT_EQ(format_time({1795392000000000}), "2026-11-23T00:00:00Z");
  EXPECT_EQ(format_time({1795392000500000}), "2026-11-23T00:00:00.5Z");
  EXPECT_EQ(format_time({1}), "1970-01-01T00:00:00.000001Z");
}

TEST(FormatTime, WritesYearsBeforeTheEpochAndBeyondFourDigits) {
  EXPECT_EQ(format_time({-82800000000}), "1969-12-31T01:00:00Z");
  EXPECT_EQ(format_time({253402300800000000}), "+010000-01-01T00:00:00Z");
  EXPECT_EQ(format_time({-62198755200000000}), "-000001-01-01T00:00:00Z");
}

TEST(RecordTimes, AreTheYears1970To9999) {
  EXPECT_EQ(format_time(kRecordTimes.from), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(kRecordTimes.to - Duration{1}), "9999-12-31T23:59:59.999999Z");
  EXPECT_FALSE(is_record_time({-1}));
  EXPECT_TRUE(is_record_time({0}));
  EXPECT_FALSE(is_record_time(kRecordTimes.to));
}

TEST(ParseDuration, AddsItsParts) {
  EXPECT_EQ(parse_duration("24h")->us, 86'400'000'000);
  EXPECT_EQ(parse_duration("1h30m")->us, 5'400'000'000);
  EXPECT_EQ(parse_duration("7d")->us, 604'800'000'000);
  EXPECT_EQ(parse_duration("250ms")->us, 250'000);
  EXPECT_EQ(parse_duration("0s")->us, 0);
}

TEST(ParseDuration, RefusesWhatIsNotADuration) {
  for (const char* text :
       {"", "h", "1", "-1h", "1h-1m", "1.5h", "30m1h", "1h1h", "1y", "1 h", "99999999999999999d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(FormatDuration, IsTheShortestText) {
  EXPECT_EQ(format_duration({0}), "0s");
  EXPECT_EQ(format_duration(kDay), "1d");
  EXPECT_EQ(format_duration({kHour.us + 30 * kMinute.us}), "1h30m");
  EXPECT_EQ(format_duration({-1500}), "-1ms500us");
}

TEST(AlignDown, CountsSlotsFromTheEpochOnBothSides) {
  EXPECT_EQ(align_down({25 * kHour.us}, kDay).us, kDay.us);
  EXPECT_EQ(align_down({kDay.us}, kDay).us, kDay.us);
  EXPECT_EQ(align_down({-1}, kDay).us, -kDay.us);
}

}  // namespace
}  // namespace tidewaiter
