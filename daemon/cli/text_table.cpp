#include "daemon/cli/text_table.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <numeric>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 8;
constexpr std::size_t kFoldIndent = 4;

void append_cell(std::string& line, const TextTable::Column& column, std::string_view text,
                 Tone tone, std::size_t width, const Terminal& terminal) {
  const std::string shown = cut_to_width(text, width, terminal.unicode);
  const std::string padding(width - display_width(shown), ' ');
  if (column.right) line += padding;
  line += painted(shown, tone, terminal);
  if (!column.right) line += padding;
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Cells below a row: as many on a line as fit, none cut.
class Flow {
 public:
  explicit Flow(const Terminal& terminal) : terminal_(terminal) {}

  void add(const std::string& text, Tone tone) {
    if (text.empty()) return;
    const std::size_t size = display_width(text);
    if (column_ > 0 && column_ + kGap + size > terminal_.width) end();
    text_.append(column_ == 0 ? kFoldIndent : kGap, ' ');
    column_ += column_ == 0 ? kFoldIndent : kGap;
    text_ += painted(wrapped(text, terminal_.width, kFoldIndent, column_), tone, terminal_);
    column_ += size;
  }

  [[nodiscard]] std::string take() {
    end();
    return std::move(text_);
  }

 private:
  void end() {
    if (column_ > 0) text_ += '\n';
    column_ = 0;
  }

  const Terminal& terminal_;
  std::string text_;
  std::size_t column_ = 0;
};

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

std::vector<std::size_t> TextTable::natural_widths() const {
  std::vector<std::size_t> widths(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths[i] = display_width(columns_[i].header);
    for (const std::vector<Cell>& row : rows_) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  return widths;
}

std::vector<std::size_t> TextTable::fitting(std::vector<std::size_t> widths, bool folded,
                                            std::size_t limit) const {
  const auto total = [&] {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!folded || !columns_[i].folds) sum += widths[i] + (sum > 0 ? kGap : 0);
    }
    return sum;
  };
  while (total() > limit) {
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
  std::vector<std::size_t> width = natural_widths();
  const std::size_t whole = std::accumulate(width.begin(), width.end(), kGap * (width.size() - 1));
  const bool narrow = terminal.width > 0 && whole > terminal.width;
  const bool folded = narrow && std::any_of(columns_.begin(), columns_.end(),
                                            [](const Column& column) { return column.folds; });
  if (narrow) width = fitting(std::move(width), folded, terminal.width);
  std::string out;
  const auto add_line = [&](const std::vector<Cell>& cells, bool header) {
    std::string line;
    Flow below(terminal);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      if (folded && column.folds) {
        // Numbers say what they are, so their headers need no line.
        const std::string label = column.right ? lower_case(column.header) + " " : std::string();
        if (!(header && column.right)) below.add(label + cells[i].text, cells[i].tone);
        continue;
      }
      if (!line.empty()) line.append(kGap, ' ');
      append_cell(line, column, cells[i].text, cells[i].tone, width[i], terminal);
    }
    end_line(out, std::move(line));
    out += below.take();
  };
  std::vector<Cell> headers;
  for (const Column& column : columns_) headers.push_back({column.header, Tone::kStrong});
  add_line(headers, true);
  for (const std::vector<Cell>& row : rows_) add_line(row, false);
  return out;
}

}  // namespace tidewaiter
