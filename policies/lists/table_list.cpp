#include "policies/lists/table_list.h"

#include <algorithm>
#include <string>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"

namespace tidewaiter {
namespace {

std::vector<std::string> header_of(std::string_view text, char delimiter) {
  std::vector<std::string> header;
  const std::size_t end = std::min(text.find('\n'), text.size());
  for_each_row(
      text.substr(0, end), delimiter,
      [&header](std::size_t, std::span<const std::string> cells) {
        header.assign(cells.begin(), cells.end());
      },
      [](const ListFault&) {});
  return header;
}

char delimiter_of(std::string_view text) {
  char best = ',';
  std::size_t most = 0;
  for (const char delimiter : {',', '\t', ';'}) {
    const std::size_t cells = header_of(text, delimiter).size();
    if (cells > most) {
      most = cells;
      best = delimiter;
    }
  }
  return best;
}

std::vector<ColumnMeaning> meanings_of(std::span<const std::string> header) {
  std::vector<ColumnMeaning> meanings;
  for (const std::string& name : header) meanings.push_back(column_meaning(name));
  return meanings;
}

bool has_name(const std::vector<ColumnMeaning>& meanings) {
  return std::ranges::find(meanings, ColumnMeaning::kName) != meanings.end();
}

}  // namespace

bool looks_like_table(std::string_view text) {
  return has_name(meanings_of(header_of(text, delimiter_of(text))));
}

ParsedList parse_table(std::string_view text) {
  ParsedList list;
  const char delimiter = delimiter_of(text);
  list.format = delimiter == '\t' ? "table (TSV)" : "table (CSV)";
  std::vector<ColumnMeaning> meanings;
  std::size_t number = 0;
  const auto read = [&](std::size_t line, std::span<const std::string> cells) {
    if (meanings.empty()) {
      meanings = meanings_of(cells);
      if (!has_name(meanings)) {
        list.faults.push_back({line, "no column is a name: expected a header with `name`"});
      }
      return;
    }
    ListEntry entry;
    for (std::size_t i = 0; i < std::min(cells.size(), meanings.size()); ++i) {
      add_value(entry, meanings[i], as_utf8(cells[i]));
    }
    if (cells.size() > meanings.size()) {
      list.faults.push_back({line, "expected " + std::to_string(meanings.size()) +
                                       " cells as in the header, but there are " +
                                       std::to_string(cells.size())});
    } else if (finish_entry(entry, ++number)) {
      list.entries.push_back(std::move(entry));
    } else {
      list.faults.push_back({line, "the row has no name"});
    }
  };
  for_each_row(text, delimiter, read,
               [&list](ListFault fault) { list.faults.push_back(std::move(fault)); });
  if (!has_name(meanings)) list.entries.clear();
  return list;
}

}  // namespace tidewaiter
