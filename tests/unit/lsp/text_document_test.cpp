#include "daemon/lsp/text_document.h"

#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

std::size_t offset(const TextDocument& text, std::int64_t line, std::int64_t character) {
  return text.offset_of({line, character});
}

TEST(TextDocument, CountsUtf16CodeUnits) {
  const TextDocument text("aü🌊b\r\nc");  // bytes: a 0, ü 1, 🌊 3, b 7, \r 8, \n 9, c 10
  EXPECT_EQ(offset(text, 0, 0), 0U);
  EXPECT_EQ(offset(text, 0, 1), 1U);
  EXPECT_EQ(offset(text, 0, 2), 3U);
  EXPECT_EQ(offset(text, 0, 3), 3U) << "inside a surrogate pair";
  EXPECT_EQ(offset(text, 0, 4), 7U);
  EXPECT_EQ(offset(text, 0, 5), 8U);
  EXPECT_EQ(offset(text, 0, 99), 8U) << "beyond the line";
  EXPECT_EQ(offset(text, 1, 0), 10U);
  EXPECT_EQ(offset(text, 9, 0), 11U) << "beyond the text";
  EXPECT_EQ(text.position_of(7).character, 4);
  EXPECT_EQ(text.position_of(11).line, 1);
  EXPECT_EQ(text.position_of_column(1, 4).character, 4);
}

TEST(TextDocument, ReplacesARange) {
  TextDocument text("one\ntwo\nthree");
  text.replace({0, 2}, {2, 1}, "X\nY");
  EXPECT_EQ(text.text(), "onX\nYhree");
  text.replace({1, 99}, {99, 0}, "\n");
  EXPECT_EQ(text.text(), "onX\nYhree\n");
  text.replace({1, 3}, {0, 0}, "-");  // an end before its begin
  EXPECT_EQ(text.text(), "onX\nYhr-ee\n");
}

// A document that is edited is the text that the edits make: against std::string on bytes.
TEST(TextDocument, RandomEditsAgreeWithAPlainText) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mt19937_64 random(seed);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  std::string plain = "policy: a\ntitle: b\n";
  TextDocument text(plain);
  for (int i = 0; i < 2000; ++i) {
    std::size_t from = below(plain.size() + 1);
    std::size_t to = below(plain.size() + 1);
    if (from > to) std::swap(from, to);
    if (to - from > 20) to = from + 20;
    std::string fresh;
    for (std::size_t n = below(8); n > 0; --n) fresh += "ab\n:- "[below(6)];
    const LspPosition begin = text.position_of(from);
    const LspPosition end = text.position_of(to);
    ASSERT_EQ(text.offset_of(begin), from);
    plain.replace(from, to - from, fresh);
    text.replace(begin, end, fresh);
    ASSERT_EQ(text.text(), plain);
  }
}

}  // namespace
}  // namespace tidewaiter
