#include "policies/lists/uk_csv.h"

#include <algorithm>
#include <optional>
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
  static const std::unordered_map<std::string_view, ColumnMeaning> columns{
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
  const auto found = columns.find(column);
  return found == columns.end() ? kNothing : found->second;
}

/// Which columns a name is made of; at least as many as there are cells where there is none.
class UkNameColumns {
 public:
  explicit UkNameColumns(std::span<const std::string> header) {
    for (const std::string_view column :
         {"Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6"}) {
      parts_.push_back(place(header, column, column));
    }
    type_ = place(header, "Name type", "Alias Type");
    strength_ = place(header, "Alias strength", "Alias Quality");
    original_ = place(header, "Name non-latin script", "Name Non-Latin Script");
  }

  /// False if the row has no name.
  [[nodiscard]] bool add_names(ListEntry& row, std::span<const std::string> cells) const {
    std::string name;
    for (const std::size_t place : parts_) {
      const std::string part = text_at(cells, place);
      if (!part.empty()) name += (name.empty() ? "" : " ") + part;
    }
    const bool is_weak = ascii_lower(text_at(cells, strength_)).starts_with("low");
    const bool is_primary = ascii_lower(text_at(cells, type_)) == "primary name";
    add_one_value(row,
                  is_weak      ? ColumnMeaning::kWeakAlias
                  : is_primary ? ColumnMeaning::kName
                               : ColumnMeaning::kAlias,
                  name);
    const std::string original = text_at(cells, original_);
    add_one_value(row, ColumnMeaning::kAlias, original);
    return !name.empty() || !original.empty();
  }

 private:
  static std::size_t place(std::span<const std::string> header, std::string_view column,
                           std::string_view or_else) {
    const auto found = std::ranges::find_if(
        header, [&](const std::string& one) { return one == column || one == or_else; });
    return static_cast<std::size_t>(found - header.begin());
  }

  static std::string text_at(std::span<const std::string> cells, std::size_t place) {
    return place < cells.size() ? as_utf8(trimmed(cells[place])) : std::string();
  }

  std::vector<std::size_t> parts_;
  std::size_t type_ = 0;
  std::size_t strength_ = 0;
  std::size_t original_ = 0;
};

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

  void read_header(Cells cells) {
    for (const std::string& column : cells) meanings_.push_back(uk_column(column));
    names_.emplace(cells);
  }

  void read_row(std::size_t line, Cells cells) {
    if (!names_) {  // the date of the list stands before it
      if (is_uk_header(cells)) read_header(cells);
      return;
    }
    if (cells.size() > meanings_.size()) {
      list_.faults.push_back(wrong_cell_count(line, meanings_.size(), cells.size()));
      return;
    }
    ListEntry row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      add_one_value(row, meanings_[i], as_utf8(cells[i]));
    }
    if (row.id.empty()) {
      list_.faults.push_back({line, "the row has no id"});
      return;
    }
    if (!names_->add_names(row, cells)) list_.faults.push_back({line, "the row has no name"});
    add_to_party(line, std::move(row));
  }

  void add_to_party(std::size_t line, ListEntry row) {
    const auto [place, is_new] = places_.try_emplace(row.id, parties_.size());
    if (is_new) parties_.push_back({line, {}});
    ListEntry& entry = parties_[place->second].entry;
    entry.id = row.id;
    add_further_row(entry, std::move(row));
  }

  ParsedList list_;
  std::vector<ColumnMeaning> meanings_;                  ///< of the header's columns
  std::optional<UkNameColumns> names_;                   ///< nothing before the header
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
