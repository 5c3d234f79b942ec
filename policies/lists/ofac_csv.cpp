#include "policies/lists/ofac_csv.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"
#include "policies/lists/ofac_documents.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kPrimaryColumns = 12;
constexpr std::size_t kAliasColumns = 5;
constexpr std::size_t kAddressColumns = 6;
constexpr std::size_t kCommentColumns = 2;

/// A cell's text; empty for `-0-`.
std::string value_of(const std::string& cell) {
  const std::string_view text = trimmed(cell);
  return text == "-0-" ? std::string() : as_utf8(text);
}

bool is_entry_number(std::string_view cell) {
  cell = trimmed(cell);
  return !cell.empty() && std::ranges::all_of(cell, is_digit);
}

class OfacReader {
 public:
  ParsedList read(const OfacFiles& files) {
    list_.format = "OFAC CSV";
    read_rows(files.comments, ListFile::kComments, &OfacReader::comment);
    read_rows(files.primary, ListFile::kPrimary, &OfacReader::primary);
    read_rows(files.aliases, ListFile::kAliases, &OfacReader::alias);
    read_rows(files.addresses, ListFile::kAddresses, &OfacReader::address);
    for (ListEntry& entry : list_.entries) keep_each_value_once(entry);
    for (const auto& [id, comment] : comments_) {
      if (places_.contains(id)) continue;
      add_fault(comment.line, ListFile::kComments, "there is no entry " + id);
    }
    return std::move(list_);
  }

 private:
  using Cells = std::span<const std::string>;

  /// What a row of the file of comments adds to the remarks of an entry.
  struct Comment {
    std::size_t line = 0;
    std::string text;
  };

  void read_rows(std::string_view text, ListFile file,
                 void (OfacReader::*row)(std::size_t, Cells)) {
    for_each_row(
        text, ',', [this, row](std::size_t line, Cells cells) { (this->*row)(line, cells); },
        [this, file](ListFault fault) { add_fault(fault.line, file, std::move(fault.message)); });
  }

  void add_fault(std::size_t line, ListFile file, std::string message) {
    list_.faults.push_back({line, std::move(message), file});
  }

  void comment(std::size_t line, Cells cells) {
    if (cells.size() < kCommentColumns || !is_entry_number(cells[0])) {
      add_fault(line, ListFile::kComments,
                "expected 2 cells, an entry's number first, but there are " +
                    std::to_string(cells.size()));
      return;
    }
    Comment& comment =
        comments_.try_emplace(std::string(trimmed(cells[0])), Comment{line, {}}).first->second;
    comment.text += cells[1];
  }

  /// The remarks are cut within words and go on in the file of comments.
  void read_remarks(std::size_t line, ListEntry& entry, const std::string& cell) {
    std::string remarks = value_of(cell).empty() ? std::string() : cell;
    const auto comment = comments_.find(entry.id);
    if (comment != comments_.end()) remarks += comment->second.text;
    if (add_ofac_remarks(entry, as_utf8(trimmed(remarks)))) return;
    add_fault(line, ListFile::kPrimary,
              "the remarks of entry " + entry.id +
                  " end within an alias: expected the file of comments, which has the rest");
  }

  void primary(std::size_t line, Cells cells) {
    if (cells.size() < kPrimaryColumns || !is_entry_number(cells[0])) {
      list_.faults.push_back({line, "expected 12 cells, an entry's number first, but there are " +
                                        std::to_string(cells.size())});
      return;
    }
    ListEntry entry;
    entry.id = trimmed(cells[0]);
    entry.name = value_of(cells[1]);
    if (entry.name.empty()) {
      list_.faults.push_back({line, "entry " + entry.id + " has no name"});
      return;
    }
    const std::string type = value_of(cells[2]);
    entry.kind = type == "individual" ? PartyKind::kPerson : PartyKind::kOrganisation;
    entry.programs = split_list(value_of(cells[3]), "] [");
    add_one_value(entry, ColumnMeaning::kIdentifier, value_of(cells[5]));  // a vessel's call sign
    add_one_value(entry, ColumnMeaning::kCountry, value_of(cells[9]));     // its flag
    read_remarks(line, entry, cells[11]);
    if (!places_.try_emplace(entry.id, list_.entries.size()).second) {
      list_.faults.push_back({line, "entry " + entry.id + " is there twice"});
      return;
    }
    list_.entries.push_back(std::move(entry));
  }

  ListEntry* entry_of(std::size_t line, ListFile file, Cells cells, std::size_t columns) {
    if (cells.size() < columns) {
      add_fault(line, file,
                "expected " + std::to_string(columns) + " cells, but there are " +
                    std::to_string(cells.size()));
      return nullptr;
    }
    const auto place = places_.find(std::string(trimmed(cells[0])));
    if (place == places_.end()) {
      add_fault(line, file, "there is no entry " + std::string(trimmed(cells[0])));
      return nullptr;
    }
    return &list_.entries[place->second];
  }

  void alias(std::size_t line, Cells cells) {
    ListEntry* entry = entry_of(line, ListFile::kAliases, cells, kAliasColumns);
    if (entry == nullptr) return;
    const std::string name = value_of(cells[3]);
    if (name.empty()) {
      add_fault(line, ListFile::kAliases, "the alias has no name");
      return;
    }
    const bool quoted = name.size() > 2 && name.front() == '\'' && name.back() == '\'';
    const bool weak = ascii_lower(value_of(cells[4])).find("weak") != std::string::npos;
    entry->aliases.push_back({name, quoted || weak});
  }

  void address(std::size_t line, Cells cells) {
    ListEntry* entry = entry_of(line, ListFile::kAddresses, cells, kAddressColumns);
    if (entry == nullptr) return;
    const std::string country = value_of(cells[4]);
    add_one_value(*entry, ColumnMeaning::kCountry, country);
  }

  ParsedList list_;
  std::unordered_map<std::string, std::size_t> places_;  ///< of entries, by number
  std::unordered_map<std::string, Comment> comments_;    ///< the same
};

}  // namespace

bool looks_like_ofac_csv(std::string_view text) {
  const std::vector<std::string> cells = first_row(text, ',');
  return cells.size() == kPrimaryColumns && is_entry_number(cells[0]);
}

ParsedList parse_ofac_csv(const OfacFiles& files) { return OfacReader().read(files); }

}  // namespace tidewaiter
