#include "policies/lists/entry_rows.h"

#include <algorithm>
#include <utility>

namespace tidewaiter {
namespace {

void add_further(std::vector<std::string>& to, std::vector<std::string>& values) {
  for (std::string& value : values) {
    if (std::ranges::find(to, value) == to.end()) to.push_back(std::move(value));
  }
}

}  // namespace

void add_further_row(ListEntry& entry, ListEntry row) {
  if (!entry.kind) entry.kind = row.kind;
  if (entry.name.empty()) {
    entry.name = std::move(row.name);
  } else if (!row.name.empty()) {
    row.aliases.insert(row.aliases.begin(), {std::move(row.name), false});
  }
  for (ListedName& alias : row.aliases) {
    const bool is_known =
        alias.text == entry.name ||
        std::ranges::find(entry.aliases, alias.text, &ListedName::text) != entry.aliases.end();
    if (!is_known) entry.aliases.push_back(std::move(alias));
  }
  add_further(entry.countries, row.countries);
  add_further(entry.identifiers, row.identifiers);
  add_further(entry.programs, row.programs);
}

void EntryRows::add(ListEntry row) {
  if (row.has_own_id) {
    std::vector<std::size_t>& places = places_[row.id];
    for (const std::size_t place : places) {
      ListEntry& entry = entries_[place];
      if (!entry.kind || !row.kind || *entry.kind == *row.kind) {
        return add_further_row(entry, std::move(row));
      }
    }
    places.push_back(entries_.size());
  }
  entries_.push_back(std::move(row));
}

}  // namespace tidewaiter
