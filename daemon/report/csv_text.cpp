#include "daemon/report/csv_text.h"

#include <algorithm>
#include <array>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// Digits with at most one point among them, behind a sign.
bool is_signed_number(std::string_view cell) {
  cell.remove_prefix(1);
  return !cell.empty() && is_digit(cell.front()) && std::ranges::count(cell, '.') <= 1 &&
         std::ranges::all_of(cell, [](char c) { return is_digit(c) || c == '.'; });
}

/// Full-width = + - @ in UTF-8: a spreadsheet of East Asia takes them for the narrow ones.
constexpr std::array<std::string_view, 4> kWideStarts{"\xef\xbc\x9d", "\xef\xbc\x8b",
                                                      "\xef\xbc\x8d", "\xef\xbc\xa0"};

bool is_formula(std::string_view cell) {
  if (cell.empty()) return false;
  if (std::ranges::any_of(kWideStarts, [cell](auto wide) { return cell.starts_with(wide); })) {
    return true;
  }
  const char first = cell.front();
  if (first == '+' || first == '-') return !is_signed_number(cell);
  return first == '=' || first == '@' || first == '\t' || first == '\r';
}

std::string csv_cell(std::string_view cell) {
  std::string text = (is_formula(cell) ? "'" : "") + std::string(cell);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string csv_row(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells)
    row += (&cell == &cells.front() ? "" : ",") + csv_cell(cell);
  return row + '\n';
}

}  // namespace tidewaiter
