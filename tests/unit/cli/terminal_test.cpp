#include "daemon/cli/terminal.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(Terminal, GroupsThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1204), "1,204");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
  EXPECT_EQ(grouped(100000), "100,000");
  EXPECT_EQ(grouped(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(Terminal, CountsNounsInTheRightNumber) {
  EXPECT_EQ(counted(1, "record"), "1 record");
  EXPECT_EQ(counted(0, "record"), "0 records");
  EXPECT_EQ(counted(1204, "record"), "1,204 records");
  EXPECT_EQ(counted(1, "entry", "entries"), "1 entry");
  EXPECT_EQ(counted(2, "entry", "entries"), "2 entries");
}

TEST(Terminal, MeasuresColumnsNotBytes) {
  EXPECT_EQ(display_width("plain"), 5U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("e\u0301"), 1U);  // a combining accent takes no column
  EXPECT_EQ(display_width("百炼"), 4U);
  EXPECT_EQ(display_width("\xff\xfe"), 2U);
}

TEST(Terminal, CutsToColumnsAndSaysSo) {
  EXPECT_EQ(cut_to_width("abcdef", 6, true), "abcdef");
  EXPECT_EQ(cut_to_width("abcdef", 4, true), "abc…");
  EXPECT_EQ(cut_to_width("abcdef", 4, false), "abc>");
  EXPECT_EQ(cut_to_width("百炼平台", 5, true), "百炼…");
  EXPECT_EQ(cut_to_width("百炼平台", 4, true), "百…");  // half a character does not fit
  EXPECT_EQ(cut_to_width("abc", 0, true), "");
}

TEST(Terminal, OutsideTextCannotMoveTheCursor) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("line\nline"), "line\\x0aline");
  EXPECT_EQ(printable("a\u202Eb"), "a\\u202eb");
  EXPECT_EQ(printable("a\u061Cb"), "a\\u061cb");  // as the verifier has it
  EXPECT_EQ(printable("\u009b"), "\\x9b");
  EXPECT_EQ(printable("\xc3("), "\\xc3(");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a lone surrogate
  EXPECT_EQ(printable("Zoë 百炼"), "Zoë 百炼");
}

TEST(Terminal, WrapsAtBlanks) {
  EXPECT_EQ(wrapped("one two three", 8, 2), "one two\n  three");
  EXPECT_EQ(wrapped("one two three", 0, 2), "one two three");
  EXPECT_EQ(wrapped("a verylongword b", 6, 0), "a\nverylongword\nb");
  // Five columns of the first line are the caller's.
  EXPECT_EQ(wrapped("one two three", 12, 2, 5), "one two\n  three");
  EXPECT_EQ(wrapped("one two three", 10, 2, 5), "one\n  two\n  three");
}

TEST(Terminal, PaintsOnlyWhereColorsAre) {
  Terminal terminal;
  EXPECT_EQ(painted("x", Tone::kBad, terminal), "x");
  terminal.color = true;
  EXPECT_EQ(painted("x", Tone::kBad, terminal), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(painted("x", Tone::kPlain, terminal), "x");
}

}  // namespace
}  // namespace tidewaiter
