#include "policies/model/money.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(ParseMoney, IsExactToTheNanoDollar) {
  EXPECT_EQ(parse_money("12.50")->nano_usd, 12'500'000'000);
  EXPECT_EQ(parse_money("-0.000000001")->nano_usd, -1);
  EXPECT_EQ(parse_money("0.1")->nano_usd, 100'000'000);
  EXPECT_EQ(parse_money("1.0000000000")->nano_usd, 1'000'000'000);
  EXPECT_EQ(parse_money("9223372036.854775807")->nano_usd,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_money("-9223372036.854775808")->nano_usd,
            std::numeric_limits<std::int64_t>::min());
}

TEST(ParseMoney, RefusesWhatItCannotHold) {
  for (const char* text : {"", "-", ".5", "5.", "1e-7", "1,000", "$5", "0.0000000001",
                           "9223372036.854775808", "NaN", "--1"}) {
    EXPECT_FALSE(parse_money(text)) << text;
  }
}

// The expected values are those of Python's decimal module: Decimal(text).scaleb(power + 9),
// rounded by ROUND_HALF_EVEN.
TEST(RoundMoney, RoundsHalvesToTheEvenNeighbour) {
  struct Case {
    const char* text;
    int power;
    std::int64_t nano_usd;
  };
  for (const Case& one : std::vector<Case>{{"0.06", 0, 60'000'000},
                                           {"1.2345678901234e-05", 0, 12'346},
                                           {"0.13080438340307526", 0, 130'804'383},
                                           {"0.0000000005", 0, 0},
                                           {"0.0000000015", 0, 2},
                                           {"0.00000000050001", 0, 1},
                                           {"2.5e-9", 0, 2},
                                           {"3.5E-9", 0, 4},
                                           {"-2.5e-9", 0, -2},
                                           {"1E+3", 0, 1'000'000'000'000},
                                           {"123.45", -2, 1'234'500'000},
                                           {"12.345678905", -2, 123'456'789},
                                           {"99999999999999", -9, 99'999'999'999'999},
                                           {"0", 0, 0},
                                           {"-0.0e7", 0, 0},
                                           {"1e-999999999999", 0, 0}}) {
    const Result<Money> money = round_money(one.text, one.power);
    ASSERT_TRUE(money) << one.text;
    EXPECT_EQ(money->nano_usd, one.nano_usd) << one.text;
  }
  EXPECT_EQ(round_money("9223372036.8547758074")->nano_usd,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(round_money("-9223372036.854775808")->nano_usd,
            std::numeric_limits<std::int64_t>::min());
}

TEST(RoundMoney, RefusesWhatIsNoNumberOrTooLarge) {
  for (const char* text : {"", "-", ".5", "5.", "01", "+1", "1e", "1e+", "1e5.", "0x1", "NaN", "1 ",
                           "9223372036.8547758076", "1e10", "1e999999999999"}) {
    EXPECT_FALSE(round_money(text)) << text;
  }
}

TEST(FormatMoney, IsTheShortestDecimal) {
  EXPECT_EQ(format_money({12'500'000'000}), "12.5");
  EXPECT_EQ(format_money({-1}), "-0.000000001");
  EXPECT_EQ(format_money({0}), "0");
  EXPECT_EQ(format_money({-3'000'000'000}), "-3");
}

}  // namespace
}  // namespace tidewaiter
