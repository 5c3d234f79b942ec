#include "policies/lists/table_list.h"

#include <algorithm>
#include <string>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/csl_cells.h"
#include "policies/lists/delimited_rows.h"
#include "policies/lists/entry_rows.h"

namespace tidewaiter {
namespace {

std::vector<ColumnMeaning> meanings_of(std::span<const std::string> header) {
  std::vector<ColumnMeaning> meanings;
  for (const std::string& name : header) meanings.push_back(column_meaning(name));
  return meanings;
}

bool has_name(const std::vector<ColumnMeaning>& meanings) {
  return std::ranges::find(meanings, ColumnMeaning::kName) != meanings.end();
}

class TableReader {
 public:
  explicit TableReader(char delimiter) : delimiter_(delimiter) {}

  ParsedList read(std::string_view text) {
    for_each_row(
        text, delimiter_, [this](auto line, auto cells) { read_row(line, cells); },
        [this](ListFault fault) { list_.faults.push_back(std::move(fault)); });
    if (has_name(meanings_)) list_.entries = entries_.take();
    const bool is_csl = documents_ != CslDocuments::kNone;
    list_.format = is_csl               ? "Consolidated Screening List (CSV)"
                   : delimiter_ == '\t' ? "table (TSV)"
                                        : "table (CSV)";
    return std::move(list_);
  }

 private:
  using Cells = std::span<const std::string>;

  void read_header(std::size_t line, Cells cells) {
    header_.assign(cells.begin(), cells.end());
    meanings_ = meanings_of(cells);
    documents_ = csl_documents(cells);
    if (has_name(meanings_)) return;
    list_.faults.push_back({line, "no column is a name: expected a header with `name`"});
  }

  void read_row(std::size_t line, Cells cells) {
    if (meanings_.empty()) return read_header(line, cells);
    while (cells.size() > meanings_.size() && trimmed(cells.back()).empty()) {
      cells = cells.first(cells.size() - 1);  // a delimiter at the end of the line
    }
    if (cells.size() > meanings_.size()) {
      list_.faults.push_back(wrong_cell_count(line, meanings_.size(), cells.size()));
      return;
    }
    ListEntry entry;
    for (std::size_t i = 0; i < cells.size(); ++i) read_cell(entry, i, as_utf8(cells[i]));
    if (finish_entry(entry, ++rows_)) {
      entries_.add(std::move(entry));
    } else {
      list_.faults.push_back({line, "the row has no name"});
    }
  }

  void read_cell(ListEntry& entry, std::size_t column, const std::string& cell) {
    if (documents_ != CslDocuments::kNone && header_[column] == "addresses") {
      add_csl_addresses(entry, cell);
    } else if (documents_ != CslDocuments::kNone && header_[column] == "ids") {
      add_csl_documents(entry, cell, documents_);
    } else {
      add_value(entry, meanings_[column], cell);
    }
  }

  char delimiter_;
  ParsedList list_;
  EntryRows entries_;
  std::vector<std::string> header_;
  std::vector<ColumnMeaning> meanings_;
  CslDocuments documents_ = CslDocuments::kNone;
  std::size_t rows_ = 0;
};

}  // namespace

bool looks_like_table(std::string_view text) {
  return has_name(meanings_of(first_row(text, delimiter_of(text))));
}

ParsedList parse_table(std::string_view text) { return TableReader(delimiter_of(text)).read(text); }

}  // namespace tidewaiter
