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
