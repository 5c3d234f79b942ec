#include "daemon/sources/row_mapper.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sources/file_scene.h"

namespace tidewaiter {
namespace {

using Cells = std::vector<std::string_view>;
using testing::HasSubstr;

class RowMapperTest : public FileScene {
 protected:
  RowMapper mapper() {
    auto made = RowMapper::make(config_);
    EXPECT_TRUE(made) << to_text(made.error());
    return *std::move(made);
  }
  Value value(const Record& record, std::string_view name) {
    return field_value(record, *find_field(name));
  }
};

TEST_F(RowMapperTest, MapsTypedColumnsByName) {
  use_csv({{"client_id", ValueType::kInt64},
           {"window_start_s", ValueType::kInt64},
           {"rate_rps", ValueType::kDouble},
           {"model", ValueType::kString}},
          {{"time", "timestamp('2025-01-06T00:00:00Z') + seconds(window_start_s)"},
           {"duration", "10m"},
           {"requests", "round(rate_rps * 600)"},
           {"account", "string(client_id)"},
           {"model", "model"}});
  RowMapper rows = mapper();
  const Cells header{"category", "model", "client_id", "window_start_s", "rate_rps"};
  ASSERT_TRUE(rows.bind(header, "x.csv"));
  const auto record = rows.map(Cells{"language", "m-large", "17", "1200", "0.27333333333333334"});
  ASSERT_TRUE(record) << to_text(record.error());
  EXPECT_EQ(format_time(record->time), "2025-01-06T00:20:00Z");
  EXPECT_EQ(record->duration, Duration{600 * 1'000'000});
  EXPECT_EQ(record->requests, 164);  // 0.27333… * 600 = 164
  EXPECT_EQ(value(*record, "account"), Value(std::string("17")));
  EXPECT_EQ(value(*record, "model"), Value(std::string("m-large")));
  EXPECT_EQ(record->source, "gw");
  EXPECT_TRUE(std::ranges::is_sorted(record->fields, {}, [](const auto& f) { return f.first; }));
}

TEST_F(RowMapperTest, CutsSevenFractionDigitsAndNeedsNoZone) {
  use_csv({{"TIMESTAMP", ValueType::kTimestamp}}, {{"time", "TIMESTAMP"}});
  RowMapper rows = mapper();
  ASSERT_TRUE(rows.bind(Cells{"TIMESTAMP"}, "x.csv"));
  const auto record = rows.map(Cells{"2023-11-16 18:17:03.9799609"});
  ASSERT_TRUE(record) << to_text(record.error());
  EXPECT_EQ(format_time(record->time), "2023-11-16T18:17:03.97996Z");
}

TEST_F(RowMapperTest, NamesAMissingColumnAndItsNeighbour) {
  use_small_csv();
  RowMapper rows = mapper();
  const auto bound = rows.bind(Cells{"at", "whom", "n"}, "x.csv");
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().where, "x.csv:1");
  EXPECT_THAT(bound.error().message, HasSubstr("no column `who`"));
  EXPECT_THAT(bound.error().message, HasSubstr("did you mean `whom`?"));
  const auto twice = rows.bind(Cells{"at", "who", "n", "who"}, "x.csv");
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("twice"));
}

TEST_F(RowMapperTest, EmptyCellsAreAbsent) {
  use_small_csv();
  RowMapper rows = mapper();
  ASSERT_TRUE(rows.bind(Cells{"at", "who", "n"}, "x.csv"));
  const auto record = rows.map(Cells{"2026-01-01", "", "2"});
  ASSERT_TRUE(record);
  EXPECT_TRUE(is_null(value(*record, "account")));
}

struct BadRow {
  const char* name;
  Cells cells;
  const char* problem;
};

class BadRowTest : public RowMapperTest, public testing::WithParamInterface<BadRow> {};

TEST_P(BadRowTest, IsRefusedWithAReason) {
  use_csv({{"at", ValueType::kTimestamp},
           {"n", ValueType::kInt64},
           {"x", ValueType::kDouble},
           {"who", ValueType::kString},
           {"ip", ValueType::kIp},
           {"cost", ValueType::kMoney}},
          {{"time", "at"},
           {"requests", "n"},
           {"output_tokens", "round(x)"},
           {"account", "who"},
           {"client.address", "ip"},
           {"cost", "cost"}});
  RowMapper rows = mapper();
  ASSERT_TRUE(rows.bind(Cells{"at", "n", "x", "who", "ip", "cost"}, "x.csv"));
  ASSERT_TRUE(rows.map(Cells{"2026-01-01T00:00:00Z", "1", "2.5", "a", "192.0.2.1", "0.5"}));
  const auto record = rows.map(GetParam().cells);
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().message, HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRowTest,
    testing::Values(
        BadRow{"TooFewCells", {"2026-01-01", "1"}, "the header has 6 cells and this line 2"},
        BadRow{"NotATime", {"yesterday", "1", "1", "a", "", ""}, "column `at`"},
        BadRow{"BeforeTheEpoch", {"1969-12-31", "1", "1", "a", "", ""}, "lies before 1970"},
        BadRow{"AfterTheLastYear", {"+010000-01-01", "1", "1", "a", "", ""}, "after the year 9999"},
        BadRow{"LineFeedInACell",
               {"2026\n\x1b[2J", "1", "1", "a", "", ""},
               "column `at`: the text is not a time"},
        BadRow{"NoTime", {"", "1", "1", "a", "", ""}, "`mapping.time` has no value"},
        BadRow{"NotWhole", {"2026-01-01", "1.5", "1", "a", "", ""}, "column `n`"},
        BadRow{
            "BeyondInt64", {"2026-01-01", "9223372036854775808", "1", "a", "", ""}, "column `n`"},
        BadRow{"NegativeRequests", {"2026-01-01", "-1", "1", "a", "", ""}, "negative"},
        BadRow{"NaN", {"2026-01-01", "1", "NaN", "a", "", ""}, "not a finite number"},
        BadRow{"Infinity", {"2026-01-01", "1", "inf", "a", "", ""}, "not a finite number"},
        BadRow{"NegativeTokens", {"2026-01-01", "1", "-7", "a", "", ""}, "`mapping.output_tokens`"},
        BadRow{"NotUtf8", {"2026-01-01", "1", "1", "\xc3\x28", "", ""}, "not UTF-8"},
        BadRow{"Surrogate", {"2026-01-01", "1", "1", "\xed\xa0\x80", "", ""}, "not UTF-8"},
        BadRow{"Nul", {"2026-01-01", "1", "1", std::string_view("a\0b", 3), "", ""}, "NUL"},
        BadRow{"NotAnAddress", {"2026-01-01", "1", "1", "a", "300.1.1.1", ""}, "column `ip`"},
        BadRow{"NotMoney", {"2026-01-01", "1", "1", "a", "", "1e-7"}, "column `cost`"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(RowMapperTest, RefusesAMappingOfOtherTypes) {
  use_csv({{"at", ValueType::kTimestamp}, {"n", ValueType::kInt64}},
          {{"time", "at"}, {"account", "n"}});
  const auto made = RowMapper::make(config_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "`mapping.account` is int64, expected string");
}

}  // namespace
}  // namespace tidewaiter
