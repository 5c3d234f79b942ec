#include "storage/postgres/sql_value.h"

#include <limits>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

// PostgreSQL's binary form of int8 is eight bytes of two's complement, the highest first.
TEST(SqlValueTest, NumbersAreEightBytesHighestFirst) {
  EXPECT_EQ(*SqlValue::number(std::int64_t{0}).image(), std::string(8, '\0'));
  EXPECT_EQ(*SqlValue::number(std::int64_t{0x0102030405060708}).image(),
            "\x01\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(*SqlValue::number(std::int64_t{-1}).image(), std::string(8, '\xff'));
  EXPECT_EQ(*SqlValue::number(std::numeric_limits<std::int64_t>::min()).image(),
            std::string("\x80") + std::string(7, '\0'));
}

TEST(SqlValueTest, TextsAndBytesAreAsTheyAreAndNothingIsNull) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(*SqlValue::bytes(std::string_view(text)).image(), text);
  EXPECT_EQ(SqlValue::text(std::string_view("x")).type(), 25U);   // pg_type.dat: text
  EXPECT_EQ(SqlValue::bytes(std::string_view("x")).type(), 17U);  // bytea
  EXPECT_EQ(SqlValue::number(std::int64_t{1}).type(), 20U);       // int8
  EXPECT_FALSE(SqlValue::text(std::optional<std::string>()).image());
  EXPECT_FALSE(SqlValue::bytes(std::optional<std::string>()).image());
  EXPECT_FALSE(SqlValue::number(std::optional<std::int64_t>()).image());
  EXPECT_EQ(*SqlValue::text(std::optional<std::string>("")).image(), "");
}

}  // namespace
}  // namespace tidewaiter
