#include "policies/lists/ofac_csv.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "policies/lists/delimited_rows.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kPrimaryColumns = 12;
constexpr std::size_t kAliasColumns = 5;
constexpr std::size_t kAddressColumns = 6;

/// A cell's text; empty for `-0-`.
std::string value_of(const std::string& cell) {
  const std::string_view text = trimmed(cell);
  return text == "-0-" ? std::string() : as_utf8(text);
}

bool is_entry_number(std::string_view cell) {
  cell = trimmed(cell);
  return !cell.empty() && std::ranges::all_of(cell, is_digit);
}

/// Identifiers stand in the remarks: "Passport A1234567 (Iran); National ID No. 12-34".
std::vector<std::string> identifiers_in(std::string_view remarks) {
  std::vector<std::string> found;
  for (const std::string& part : split_list(remarks, ";")) {
    const std::string_view text = part;
    for (const std::string_view label : {"Passport ", "National ID No. ", "Tax ID No. ",
                                         "Registration ID ", "Identification Number "}) {
      const std::size_t at = text.find(label);
      if (at == std::string_view::npos) continue;
      const std::string_view rest = text.substr(at + label.size());
      found.emplace_back(rest.substr(0, rest.find_first_of(" .,(")));
      break;
    }
  }
  return found;
}

class OfacReader {
 public:
  ParsedList read(const OfacFiles& files) {
    list_.format = "OFAC CSV";
    const auto faulty = [this](ListFault fault) { list_.faults.push_back(std::move(fault)); };
    for_each_row(
        files.primary, ',', [this](auto line, auto cells) { primary(line, cells); }, faulty);
    const auto of = [this](ListFile file) {
      return
          [this, file](ListFault fault) { add_fault(fault.line, file, std::move(fault.message)); };
    };
    for_each_row(
        files.aliases, ',', [this](auto line, auto cells) { alias(line, cells); },
        of(ListFile::kAliases));
    for_each_row(
        files.addresses, ',', [this](auto line, auto cells) { address(line, cells); },
        of(ListFile::kAddresses));
    return std::move(list_);
  }

 private:
  using Cells = std::span<const std::string>;

  void add_fault(std::size_t line, ListFile file, std::string message) {
    list_.faults.push_back({line, std::move(message), file});
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
    entry.identifiers = identifiers_in(value_of(cells[11]));
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
    if (country.empty() || std::ranges::find(entry->countries, country) != entry->countries.end()) {
      return;
    }
    entry->countries.push_back(country);
  }

  ParsedList list_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

bool looks_like_ofac_csv(std::string_view text) {
  bool found = false;
  const std::size_t end = std::min(text.find('\n'), text.size());
  for_each_row(
      text.substr(0, end), ',',
      [&found](std::size_t, std::span<const std::string> cells) {
        found = cells.size() == kPrimaryColumns && is_entry_number(cells[0]);
      },
      [](const ListFault&) {});
  return found;
}

ParsedList parse_ofac_csv(const OfacFiles& files) { return OfacReader().read(files); }

}  // namespace tidewaiter
