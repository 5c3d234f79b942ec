#pragma once

#include <string>
#include <vector>

#include "daemon/cli/terminal.h"

namespace tidewaiter {

/// A table of text in aligned columns: a header, rows, two blanks between columns.
class TextTable {
 public:
  struct Column {
    std::string header;
    bool right = false;    ///< numbers stand at the right
    bool shrinks = false;  ///< may be cut to let the table fit the terminal's width
    bool folds = false;    ///< goes below its row, uncut, where the table is wider than that
  };
  struct Cell {
    std::string text;  ///< shown through printable()
    Tone tone = Tone::kPlain;
  };

  explicit TextTable(std::vector<Column> columns);

  /// Takes one cell a column.
  void add_row(std::vector<Cell> cells);

  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// Header and rows, each ended by a line feed, no blanks at a line's end. Where the table is
  /// wider than the terminal, its folding columns go to lines of their own below each row,
  /// indented; a number there has its header before it. If what stays is still wider, the widest
  /// shrinking columns give way, down to eight columns each.
  [[nodiscard]] std::string render(const Terminal& terminal) const;

 private:
  [[nodiscard]] std::vector<std::size_t> natural_widths() const;
  [[nodiscard]] std::vector<std::size_t> fitting(std::vector<std::size_t> widths, bool folded,
                                                 std::size_t limit) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace tidewaiter
