#include "daemon/sources/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using Outcome = CsvSplitter::Outcome;
using Cells = std::vector<std::string_view>;

struct Case {
  const char* name;
  std::string_view record;
  Outcome outcome;
  Cells cells;
  char delimiter = ',';
};

class CsvSplitterTest : public testing::TestWithParam<Case> {};

TEST_P(CsvSplitterTest, SplitsByRfc4180) {
  const Case& c = GetParam();
  CsvSplitter splitter(c.delimiter);
  ASSERT_EQ(splitter.split(c.record), c.outcome) << splitter.problem();
  if (c.outcome == Outcome::kRecord) {
    EXPECT_THAT(splitter.cells(), testing::ElementsAreArray(c.cells));
  }
}

// The records of RFC 4180, section 2, and their neighbours.
INSTANTIATE_TEST_SUITE_P(
    All, CsvSplitterTest,
    testing::Values(
        Case{"Plain", "aaa,bbb,ccc", Outcome::kRecord, {"aaa", "bbb", "ccc"}},
        Case{"OneCell", "aaa", Outcome::kRecord, {"aaa"}},
        Case{"Empty", "", Outcome::kRecord, {""}},
        Case{"EmptyCells", ",,", Outcome::kRecord, {"", "", ""}},
        Case{"SpacesBelongToCells", " a , b", Outcome::kRecord, {" a ", " b"}},
        Case{"Quoted", R"("aaa","bbb",ccc)", Outcome::kRecord, {"aaa", "bbb", "ccc"}},
        Case{"LineEndWithin",
             "\"aaa\",\"b\r\nbb\",ccc",
             Outcome::kRecord,
             {"aaa", "b\r\nbb", "ccc"}},
        Case{"DelimiterWithin", R"("a,b",c)", Outcome::kRecord, {"a,b", "c"}},
        Case{"DoubledQuote", R"("aaa","b""bb","ccc")", Outcome::kRecord, {"aaa", "b\"bb", "ccc"}},
        Case{"OnlyQuotes", R"("""","""""",x)", Outcome::kRecord, {"\"", "\"\"", "x"}},
        Case{"EmptyQuoted", R"("",a,"")", Outcome::kRecord, {"", "a", ""}},
        Case{"OtherDelimiter", "a,b;c", Outcome::kRecord, {"a,b", "c"}, ';'},
        Case{"Tab", "a\t\"b\tc\"", Outcome::kRecord, {"a", "b\tc"}, '\t'},
        Case{"NotClosed", R"(a,"b)", Outcome::kOpenQuote, {}},
        Case{"NotClosedAfterDoubled", R"(a,"b"")", Outcome::kOpenQuote, {}},
        Case{"QuoteInBareCell", R"(a"b,c)", Outcome::kBad, {}},
        Case{"TextBehindQuote", R"("a"b,c)", Outcome::kBad, {}}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tidewaiter
