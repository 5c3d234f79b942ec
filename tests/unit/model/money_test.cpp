#include "policies/model/money.h"

#include <limits>

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

TEST(FormatMoney, IsTheShortestDecimal) {
  EXPECT_EQ(format_money({12'500'000'000}), "12.5");
  EXPECT_EQ(format_money({-1}), "-0.000000001");
  EXPECT_EQ(format_money({0}), "0");
  EXPECT_EQ(format_money({-3'000'000'000}), "-3");
}

}  // namespace
}  // namespace tidewaiter
