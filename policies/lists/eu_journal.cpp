#include "policies/lists/eu_journal.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"
#include "policies/lists/entry_rows.h"

namespace tidewaiter {
namespace {

/// The values of a lettered text; of any other the text itself.
std::vector<std::string> lettered_values(std::string_view text) {
  std::vector<std::string> values;
  std::string mark = "(a)";
  if (!text.starts_with(mark)) return {std::string(text)};
  while (!text.empty()) {
    text.remove_prefix(mark.size());
    ++mark[1];
    const std::size_t end = mark[1] <= 'z' ? std::min(text.find(mark), text.size()) : text.size();
    std::string_view value = trimmed(text.substr(0, end));
    while (!value.empty() && (value.back() == ';' || value.back() == ',')) {
      value = trimmed(value.substr(0, value.size() - 1));
    }
    if (!value.empty()) values.emplace_back(value);
    text.remove_prefix(end);
  }
  return values;
}

/// The values of a cell; nothing if a quoted one does not end.
std::optional<std::vector<std::string>> values_of_cell(std::string_view cell) {
  std::vector<std::string> values(1);
  bool quoted = false;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    const char c = cell[at];
    if (c == '"' && quoted && at + 1 < cell.size() && cell[at + 1] == '"') {
      values.back() += cell[++at];
    } else if (c == '"' && (quoted || trimmed(values.back()).empty())) {
      quoted = !quoted;
    } else if (c == ';' && !quoted) {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return quoted ? std::nullopt : std::optional(std::move(values));
}

/// False if a quoted value does not end.
bool add_cell(ListEntry& entry, ColumnMeaning meaning, std::string_view cell) {
  const auto values = values_of_cell(cell);
  if (!values) return false;
  for (const std::string& value : *values) {
    for (const std::string& one : lettered_values(trimmed(value))) {
      add_one_value(entry, meaning, one);
    }
  }
  return true;
}

class JournalReader {
 public:
  ParsedList read(std::string_view text) {
    list_.format = "EU Official Journal (CSV)";
    for_each_row(
        text, ',', [this](auto line, auto cells) { read_row(line, cells); },
        [this](ListFault fault) { list_.faults.push_back(std::move(fault)); });
    list_.entries = entries_.take();
    return std::move(list_);
  }

 private:
  using Cells = std::span<const std::string>;

  void read_header(Cells cells) {
    header_.assign(cells.begin(), cells.end());
    for (const std::string& column : header_) meanings_.push_back(column_meaning(column));
    const auto annex = std::ranges::find(header_, "annex");
    annex_ = static_cast<std::size_t>(annex - header_.begin());
  }

  void read_row(std::size_t line, Cells cells) {
    if (header_.empty()) return read_header(cells);
    if (cells.size() != header_.size()) {
      list_.faults.push_back(wrong_cell_count(line, header_.size(), cells.size()));
      return;
    }
    ListEntry entry;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      read_cell(entry, line, i, as_utf8(trimmed(cells[i])));
    }
    const std::string annex =
        annex_ < cells.size() ? as_utf8(trimmed(cells[annex_])) : std::string();
    if (!entry.id.empty() && !annex.empty()) entry.id = annex + " " + entry.id;
    if (finish_entry(entry, ++rows_)) {
      entries_.add(std::move(entry));
    } else {
      list_.faults.push_back({line, "the row has no name"});
    }
  }

  void read_cell(ListEntry& entry, std::size_t line, std::size_t column, const std::string& cell) {
    const ColumnMeaning meaning = meanings_[column];
    if (meaning == ColumnMeaning::kName || meaning == ColumnMeaning::kId) {
      add_one_value(entry, meaning, cell);
    } else if (meaning != ColumnMeaning::kNothing && !add_cell(entry, meaning, cell)) {
      list_.faults.push_back(
          {line, "a quoted value of `" + header_[column].substr(0, 40) + "` does not end"});
    }
  }

  ParsedList list_;
  EntryRows entries_;
  std::vector<std::string> header_;
  std::vector<ColumnMeaning> meanings_;  ///< of the header's columns
  std::size_t annex_ = 0;                ///< its column
  std::size_t rows_ = 0;
};

}  // namespace

bool looks_like_eu_journal(std::string_view text) {
  const std::vector<std::string> header = first_row(text, ',');
  constexpr std::string_view kColumns[] = {"recordId", "annex", "measure", "schema", "name"};
  return std::ranges::all_of(kColumns, [&header](std::string_view column) {
    return std::ranges::find(header, column) != header.end();
  });
}

ParsedList parse_eu_journal(std::string_view text) { return JournalReader().read(text); }

}  // namespace tidewaiter
