#include "policies/lists/uk_csv.h"

#include <algorithm>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"
#include "policies/lists/entry_rows.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

bool is_uk_header(std::span<const std::string> cells) {
  const auto has = [cells](std::string_view column) {
    return std::ranges::find(cells, column) != cells.end();
  };
  return has("Name 6") && has("Name 1") && (has("Name type") || has("Alias Type"));
}

ColumnMeaning uk_column(std::string_view column) {
  using enum ColumnMeaning;
  static const std::unordered_map<std::string_view, ColumnMeaning> kColumns{
      {"Unique ID", kId},
      {"Group ID", kId},
      {"Designation Type", kKind},
      {"Group Type", kKind},
      {"Regime Name", kProgram},
      {"Regime", kProgram},
      {"Address Country", kCountry},
      {"Country", kCountry},
      {"Nationality(/ies)", kCountry},
      {"Nationality", kCountry},
      {"Current believed flag of ship", kCountry},
      {"Passport number", kIdentifier},
      {"Passport Number", kIdentifier},
      {"National Identifier number", kIdentifier},
      {"National Identification Number", kIdentifier},
      {"Business registration number (s)", kIdentifier},
      {"IMO number", kIdentifier}};
  const auto found = kColumns.find(column);
  return found == kColumns.end() ? kNothing : found->second;
}

class UkRows {
 public:
  ParsedList read(std::string_view text) {
    list_.format = "UK CSV";
    for_each_row(
        text, ',', [this](auto line, auto cells) { read_row(line, cells); },
        [this](ListFault fault) { list_.faults.push_back(std::move(fault)); });
    for (auto& [line, entry] : parties_) {
      keep_once_what_rows_say(entry);
      if (finish_entry(entry, list_.entries.size() + 1)) {
        list_.entries.push_back(std::move(entry));
      } else {
        list_.faults.push_back({line, "the party has no name"});
      }
    }
    return std::move(list_);
  }

 private:
  using Cells = std::span<const std::string>;
  struct Party {
    std::size_t line = 0;  ///< of its first row
    ListEntry entry;
  };

  void read_row(std::size_t line, Cells cells) {
    if (header_.empty()) {  // the date of the list stands before it
      if (is_uk_header(cells)) header_.assign(cells.begin(), cells.end());
      return;
    }
    if (cells.size() > header_.size()) {
      list_.faults.push_back({line, "expected " + std::to_string(header_.size()) +
                                        " cells as in the header, but there are " +
                                        std::to_string(cells.size())});
      return;
    }
    ListEntry row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      add_one_value(row, uk_column(header_[i]), as_utf8(cells[i]));
    }
    if (row.id.empty()) {
      list_.faults.push_back({line, "the row has no id"});
      return;
    }
    add_names(row, line, cells);
    add_to_party(line, std::move(row));
  }

  /// The text of a column; empty where the table has none.
  [[nodiscard]] std::string text_of(Cells cells, std::string_view column) const {
    const auto found = std::ranges::find(header_, column);
    const auto at = static_cast<std::size_t>(found - header_.begin());
    return at < cells.size() ? as_utf8(trimmed(cells[at])) : std::string();
  }

  void add_names(ListEntry& row, std::size_t line, Cells cells) {
    std::string name;
    for (const std::string_view column :
         {"Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6"}) {
      const std::string part = text_of(cells, column);
      if (!part.empty()) name += (name.empty() ? "" : " ") + part;
    }
    const std::string type =
        ascii_lower(text_of(cells, "Name type") + text_of(cells, "Alias Type"));
    const std::string strength =
        ascii_lower(text_of(cells, "Alias strength") + text_of(cells, "Alias Quality"));
    add_one_value(row,
                  strength.starts_with("low") ? ColumnMeaning::kWeakAlias
                  : type == "primary name"    ? ColumnMeaning::kName
                                              : ColumnMeaning::kAlias,
                  name);
    const std::string original =
        text_of(cells, "Name non-latin script") + text_of(cells, "Name Non-Latin Script");
    add_one_value(row, ColumnMeaning::kAlias, original);
    if (name.empty() && original.empty()) list_.faults.push_back({line, "the row has no name"});
  }

  void add_to_party(std::size_t line, ListEntry row) {
    const auto [place, is_new] = places_.try_emplace(row.id, parties_.size());
    if (is_new) parties_.push_back({line, {}});
    ListEntry& entry = parties_[place->second].entry;
    entry.id = row.id;
    add_further_row(entry, std::move(row));
  }

  ParsedList list_;
  std::vector<std::string> header_;
  std::vector<Party> parties_;                           ///< in the order of their first rows
  std::unordered_map<std::string, std::size_t> places_;  ///< of parties, by id
};

}  // namespace

bool looks_like_uk_csv(std::string_view text) {
  if (is_uk_header(first_row(text, ','))) return true;
  const std::size_t end = text.find('\n');
  return end != std::string_view::npos && is_uk_header(first_row(text.substr(end + 1), ','));
}

ParsedList parse_uk_csv(std::string_view text) { return UkRows().read(text); }

}  // namespace tidewaiter
