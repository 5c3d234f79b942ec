#include "policies/lists/delimited_rows.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

struct Read {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
  std::vector<std::size_t> faults;
};

Read read(std::string_view text, char delimiter = ',') {
  Read out;
  for_each_row(
      text, delimiter,
      [&out](std::size_t line, std::span<const std::string> cells) {
        out.rows.emplace_back(cells.begin(), cells.end());
        out.lines.push_back(line);
      },
      [&out](const ListFault& fault) { out.faults.push_back(fault.line); });
  return out;
}

// The examples of RFC 4180, section 2.
TEST(DelimitedRows, ReadsWhatTheStandardSays) {
  const Read got = read("aaa,\"b \r\nbb\",ccc\r\nzzz,\"y\"\"y\",xxx\n");
  EXPECT_THAT(got.rows, ElementsAre(ElementsAre("aaa", "b \r\nbb", "ccc"),
                                    ElementsAre("zzz", "y\"y", "xxx")));
  EXPECT_THAT(got.lines, ElementsAre(1, 3));
}

TEST(DelimitedRows, PassesOverMarksAndBlankRows) {
  EXPECT_THAT(read("\xEF\xBB\xBF\"a\"\tb\n\n\x1A", '\t').rows, ElementsAre(ElementsAre("a", "b")));
}

TEST(DelimitedRows, TellsAQuoteThatDoesNotEnd) {
  const Read got = read("a,b\nc,\"d\n");
  EXPECT_THAT(got.rows, ElementsAre(ElementsAre("a", "b")));
  EXPECT_THAT(got.faults, ElementsAre(2));
}

TEST(DelimitedRows, AStrayQuoteTakesInNoOtherRow) {
  const Read got = read("name,country\n\"Abu Ali,IQ\nIvan Petrov,RU\n\"Osama,SA\nJane Roe,FR\n");
  EXPECT_THAT(got.rows,
              ElementsAre(ElementsAre("name", "country"), ElementsAre("Ivan Petrov", "RU"),
                          ElementsAre("Jane Roe", "FR")));
  EXPECT_THAT(got.lines, ElementsAre(1, 3, 5));
  EXPECT_THAT(got.faults, ElementsAre(2, 4));
}

TEST(DelimitedRows, TextBehindAClosingQuoteBelongsToTheCell) {
  EXPECT_THAT(read("\"a\" b,\"c\"\"d\" e\n").rows, ElementsAre(ElementsAre("a b", "c\"d e")));
}

TEST(DelimitedRows, HaveNoMoreCellsThanAnyList) {
  const Read got = read("a,b\n" + std::string(10'000, ',') + "\nc,d\n");
  EXPECT_THAT(got.rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_THAT(got.faults, ElementsAre(2));
}

TEST(DelimitedRows, TheFirstRowTellsTheDelimiter) {
  EXPECT_EQ(delimiter_of("a;b\n"), ';');
  EXPECT_EQ(delimiter_of("\n \r\nname\tid,x\tkind\n"), '\t');
  EXPECT_EQ(delimiter_of("name\n"), ',');
  EXPECT_THAT(first_row("\xEF\xBB\xBF\n\na,b\nc,d\n", ','), ElementsAre("a", "b"));
  EXPECT_THAT(first_row("\n", ','), testing::IsEmpty());
}

// 0x93 and 0x94 are quotation marks in Windows-1252, 0xE9 is é.
TEST(DelimitedRows, OlderFilesAreWindows1252) {
  EXPECT_EQ(as_utf8("caf\xE9 \x93x\x94"), "café “x”");
  EXPECT_EQ(as_utf8("café"), "café");
}

TEST(DelimitedRows, ListsOfTexts) {
  EXPECT_THAT(split_list(" a ;; b;", ";"), ElementsAre("a", "b"));
  EXPECT_THAT(split_list("", ";"), testing::IsEmpty());
}

}  // namespace
}  // namespace tidewaiter
