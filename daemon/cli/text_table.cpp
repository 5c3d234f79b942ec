#include "daemon/cli/text_table.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 8;

void append_cell(std::string& line, const TextTable::Column& column, std::string_view text,
                 Tone tone, std::size_t width, const Terminal& terminal) {
  const std::string shown = cut_to_width(text, width, terminal.unicode);
  const std::string padding(width - display_width(shown), ' ');
  if (column.right) line += padding;
  line += painted(shown, tone, terminal);
  if (!column.right) line += padding;
}

void end_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line;
  out += '\n';
}

}  // namespace

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

void TextTable::add_row(std::vector<Cell> cells) {
  assert(cells.size() == columns_.size());
  for (Cell& cell : cells) cell.text = printable(cell.text);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths(const Terminal& terminal) const {
  std::vector<std::size_t> widths(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths[i] = display_width(columns_[i].header);
    for (const std::vector<Cell>& row : rows_) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  if (terminal.width == 0) return widths;
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  };
  while (total() > terminal.width) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool can = columns_[i].shrinks && widths[i] > kLeastWidth;
      if (can && (widest == columns_.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string TextTable::render(const Terminal& terminal) const {
  const std::vector<std::size_t> width = widths(terminal);
  std::string out;
  std::string line;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) line.append(kGap, ' ');
    append_cell(line, columns_[i], columns_[i].header, Tone::kStrong, width[i], terminal);
  }
  end_line(out, std::move(line));
  for (const std::vector<Cell>& row : rows_) {
    line.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      append_cell(line, columns_[i], row[i].text, row[i].tone, width[i], terminal);
    }
    end_line(out, std::move(line));
  }
  return out;
}

}  // namespace tidewaiter
