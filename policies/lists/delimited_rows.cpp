#include "policies/lists/delimited_rows.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

/// The code points of 0x80 to 0x9F in Windows-1252; 0: none.
constexpr std::array<char16_t, 32> kWindows1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append_code_point(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | (c >> 6U));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    out += static_cast<char>(0xE0U | (c >> 12U));
    out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

constexpr std::size_t kMostCells = 4'096;

/// Takes the characters of a text in turn and gives its rows.
class RowReader {
 public:
  RowReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  /// The next row; false at the end.
  bool next() {
    cells_.clear();
    begin_line_ = line_;
    fault_ = {};
    if (at_ >= text_.size()) return false;
    for (;;) {
      std::string text = cell();
      if (cells_.size() == kMostCells) {
        fault_ = "the row has more than 4,096 cells";
      } else {
        cells_.push_back(std::move(text));
      }
      if (at_ >= text_.size()) return true;
      const char c = text_[at_++];
      if (c == delimiter_) continue;
      if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      return true;
    }
  }

  [[nodiscard]] std::span<const std::string> cells() const { return cells_; }
  [[nodiscard]] std::size_t line() const { return begin_line_; }
  /// Why the row cannot be read; else empty.
  [[nodiscard]] std::string_view fault() const { return fault_; }

 private:
  std::string cell() {
    std::string out;
    if (at_ < text_.size() && text_[at_] == '"') quoted(out);
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == delimiter_ || c == '\n' || c == '\r') break;
      out += c;
      ++at_;
    }
    return out;
  }

  /// A quote that was opened by mistake would take in the rows behind it, up to the next one. It is
  /// told by what comes behind that one: then the row ends with its line.
  void quoted(std::string& out) {
    const std::size_t opened = at_++;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        if (at_ < text_.size() && text_[at_] == '"') {
          out += c;
          continue;
        }
        if (out.find('\n') == std::string::npos || ends_cell(at_)) {
          line_ += static_cast<std::size_t>(std::ranges::count(out, '\n'));
          return;
        }
        break;
      }
      out += c;
    }
    fault_ = "a quoted cell does not end: expected a closing quote";
    at_ = std::min(text_.find('\n', opened), text_.size());
  }

  [[nodiscard]] bool ends_cell(std::size_t at) const {
    if (at >= text_.size()) return true;
    const char c = text_[at];
    return c == delimiter_ || c == '\n' || c == '\r';
  }

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t begin_line_ = 1;
  std::string_view fault_;
  std::vector<std::string> cells_;
};

}  // namespace

void for_each_row(std::string_view text, char delimiter,
                  const std::function<void(std::size_t, std::span<const std::string>)>& row,
                  const std::function<void(ListFault)>& fault) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  RowReader rows(text, delimiter);
  while (rows.next()) {
    const bool blank = std::ranges::all_of(rows.cells(), [](const std::string& cell) {
      return trimmed(cell).empty() || cell == "\x1A";
    });
    if (!rows.fault().empty()) {
      fault({rows.line(), std::string(rows.fault())});
    } else if (!blank) {
      row(rows.line(), rows.cells());
    }
  }
}

ListFault wrong_cell_count(std::size_t line, std::size_t expected, std::size_t there) {
  return {line, "expected " + std::to_string(expected) + " cells as in the header, but there are " +
                    std::to_string(there)};
}

std::vector<std::string> first_row(std::string_view text, char delimiter) {
  std::vector<std::string> first;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  text.remove_prefix(begin == 0 ? 0 : std::min(text.rfind('\n', begin) + 1, begin));
  const std::size_t end = std::min(text.find('\n'), text.size());
  for_each_row(
      text.substr(0, end), delimiter,
      [&first](std::size_t, std::span<const std::string> cells) {
        first.assign(cells.begin(), cells.end());
      },
      [](const ListFault&) {});
  return first;
}

char delimiter_of(std::string_view text) {
  char best = ',';
  std::size_t most = 0;
  for (const char delimiter : {',', '\t', ';'}) {
    const std::size_t cells = first_row(text, delimiter).size();
    if (cells > most) {
      most = cells;
      best = delimiter;
    }
  }
  return best;
}

std::string as_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t length = utf8_length_at(text, at); length != 0) {
      out += text.substr(at, length);
      at += length;
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[at++]);
    const char32_t c = byte < 0xA0 ? kWindows1252[byte - 0x80U] : byte;
    append_code_point(out, c == 0 ? U'\uFFFD' : c);
  }
  return out;
}

std::vector<std::string> split_list(std::string_view text, std::string_view delimiter) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(delimiter), text.size());
    if (const std::string_view part = trimmed(text.substr(0, end)); !part.empty()) {
      parts.emplace_back(part);
    }
    if (end == text.size()) return parts;
    text.remove_prefix(end + delimiter.size());
  }
}

}  // namespace tidewaiter
