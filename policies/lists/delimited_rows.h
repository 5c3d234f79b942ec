#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/lists/list_entry.h"
#include "policies/model/trimmed.h"

namespace tidewaiter {

/// Goes through the rows of a text of comma-separated values (RFC 4180), or with another delimiter.
/// Tells `row` the line at which each begins and its cells, whose texts live until it returns;
/// `fault` a row with more than 4,096 cells or with a quoted cell that does not end: whose closing
/// quote is missing, or stands lines later with more of a cell behind it. Such a row ends with its
/// line, so that the rows behind it are read. Quotes within bare cells are
/// letters, and text after a closing quote belongs to the cell: official lists have both. Blank
/// rows are passed over, and so are a byte-order mark and the DOS end of file (0x1A).
void for_each_row(std::string_view text, char delimiter,
                  const std::function<void(std::size_t line, std::span<const std::string>)>& row,
                  const std::function<void(ListFault)>& fault);

/// That a row has other cells than its header.
[[nodiscard]] ListFault wrong_cell_count(std::size_t line, std::size_t expected, std::size_t there);

/// The cells of the first row that is not blank; none of a text that is.
[[nodiscard]] std::vector<std::string> first_row(std::string_view text, char delimiter);

/// Comma, tab or semicolon: whichever splits the first row into most cells, the comma of equals.
[[nodiscard]] char delimiter_of(std::string_view text);

/// `text` if it is UTF-8, else as Windows-1252 (the encoding of older official files) has it.
[[nodiscard]] std::string as_utf8(std::string_view text);

/// The parts between delimiters, trimmed, without empty ones.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text,
                                                  std::string_view delimiter);

}  // namespace tidewaiter
