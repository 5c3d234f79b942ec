#include "daemon/cli/text_table.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TextTable two_rows() {
  TextTable table({{.header = "NAME", .shrinks = true}, {.header = "N", .right = true}});
  table.add_row({{"百炼/17"}, {"1,204"}});
  table.add_row({{"a-rather-long-name"}, {"7"}});
  return table;
}

TEST(TextTable, AlignsByDisplayWidth) {
  EXPECT_EQ(two_rows().render({}),
            "NAME                    N\n"
            "百炼/17             1,204\n"
            "a-rather-long-name      7\n");
}

TEST(TextTable, ShrinksToTheTerminal) {
  Terminal terminal;
  terminal.width = 18;
  EXPECT_EQ(two_rows().render(terminal),
            "NAME             N\n"
            "百炼/17      1,204\n"
            "a-rather-l…      7\n");
}

TEST(TextTable, NeverShrinksBelowEightColumns) {
  Terminal terminal;
  terminal.width = 3;
  terminal.unicode = false;
  EXPECT_EQ(two_rows().render(terminal),
            "NAME          N\n"
            "百炼/17   1,204\n"
            "a-rathe>      7\n");
}

TextTable folding_rows() {
  TextTable table({{.header = "NAME"},
                   {.header = "WHO", .folds = true},
                   {.header = "N", .right = true, .folds = true},
                   {.header = "STATE"}});
  table.add_row({{"one"}, {"account:gateway/17"}, {"1,204"}, {"open"}});
  table.add_row({{"two"}, {"a text of several words that is long"}, {"7"}, {"open"}});
  return table;
}

TEST(TextTable, FoldsUncutBelowTheRowWhereItIsTooWide) {
  Terminal terminal;
  terminal.width = 32;
  EXPECT_EQ(folding_rows().render(terminal),
            "NAME  STATE\n"
            "    WHO\n"
            "one   open\n"
            "    account:gateway/17  n 1,204\n"
            "two   open\n"
            "    a text of several words that\n"
            "    is long\n"
            "    n 7\n");
}

TEST(TextTable, KeepsARowOnALineWhereItFits) {
  Terminal terminal;
  terminal.width = 80;
  EXPECT_EQ(folding_rows().render(terminal), folding_rows().render({}));
}

TEST(TextTable, LeavesNoBlanksAtLineEnds) {
  TextTable table({{.header = "A"}, {.header = "B"}});
  table.add_row({{"x"}, {""}});
  EXPECT_EQ(table.render({}), "A  B\nx\n");
}

TEST(TextTable, EscapesWhatCellsHold) {
  TextTable table({{.header = "A"}});
  table.add_row({{"x\x1b[31m\ny"}});
  EXPECT_EQ(table.render({}), "A\nx\\x1b[31m\\x0ay\n");
}

}  // namespace
}  // namespace tidewaiter
