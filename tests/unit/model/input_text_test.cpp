#include "policies/model/input_text.h"

#include <gtest/gtest.h>

#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

struct ShownCase {
  const char* name;
  std::string input;
  const char* shown;
};

class InBackticks : public testing::TestWithParam<ShownCase> {};

TEST_P(InBackticks, IsOneHarmlessLine) {
  EXPECT_EQ(in_backticks(GetParam().input), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    All, InBackticks,
    testing::Values(ShownCase{"Plain", "m-large é 🚢", "`m-large é 🚢`"},
                    ShownCase{"Empty", "", "``"},
                    ShownCase{"LineEnds", "a\nb\r\tc", R"(`a\nb\r\tc`)"},
                    ShownCase{"Escape", "\x1b[2J", R"(`\x1b[2J`)"},
                    ShownCase{"NulAndDel", std::string("\0\x7f", 2), R"(`\x00\x7f`)"},
                    // U+0085 (next line) and U+009B (control sequence introducer) are in C1.
                    ShownCase{"C1", "\xC2\x85\xC2\x9B", R"(`\x85\x9b`)"},
                    ShownCase{"LineSeparator", "a\u2028b\u2029", R"(`a\u2028b\u2029`)"},
                    ShownCase{"Bidirectional", "\u202Etxt\u2066\u200F",
                              R"(`\u202etxt\u2066\u200f`)"},
                    ShownCase{"NotUtf8", "a\xC3(\xFF", R"(`a\xc3(\xff`)"},
                    ShownCase{"Surrogate", "\xED\xA0\x80", R"(`\xed\xa0\x80`)"},
                    ShownCase{"HalfACharacter", "a\xF0\x9F\x9A", R"(`a\xf0\x9f\x9a`)"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(InBackticks, CutsBetweenCharacters) {
  EXPECT_EQ(in_backticks("abcd", 4), "`abcd`");
  EXPECT_EQ(in_backticks("abcde", 4), "`abcd…`");
  EXPECT_EQ(in_backticks("abcé", 4), "`abc…`") << "é has two bytes";
  EXPECT_EQ(in_backticks("abé", 4), "`abé`");
  EXPECT_EQ(in_backticks("🚢🚢", 7), "`🚢…`");
}

TEST(Utf8, GivesLengthAndCodePointOfEveryCharacter) {
  // Every scalar value, encoded by the bit patterns of RFC 3629 section 3.
  for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
    const auto tail = [&](unsigned shift) {
      return static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
    };
    std::string text;
    if (point < 0x80) {
      text = {static_cast<char>(point)};
    } else if (point < 0x800) {
      text = {static_cast<char>(0xC0U | point >> 6U), tail(0)};
    } else if (point < 0x10000) {
      text = {static_cast<char>(0xE0U | point >> 12U), tail(6), tail(0)};
    } else {
      text = {static_cast<char>(0xF0U | point >> 18U), tail(12), tail(6), tail(0)};
    }
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    ASSERT_EQ(utf8_length_at(text, 0), surrogate ? 0 : text.size()) << point;
    ASSERT_EQ(is_utf8(text), !surrogate) << point;
    if (surrogate) continue;
    ASSERT_EQ(code_point_of(text), point);
  }
}

TEST(Utf8, AgreesWithTheWholeTextCheckOnAnyThreeBytes) {
  for (std::uint32_t bytes = 0; bytes < (1U << 24U); bytes += 7) {
    const std::string text{static_cast<char>(bytes >> 16U), static_cast<char>(bytes >> 8U),
                           static_cast<char>(bytes)};
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t length = utf8_length_at(text, at);
      if (length == 0) break;
      at += length;
    }
    ASSERT_EQ(at == text.size(), is_utf8(text)) << bytes;
  }
}

}  // namespace
}  // namespace tidewaiter
