#include "policies/lists/entry_rows.h"

#include <iterator>
#include <utility>

#include "policies/lists/column_meaning.h"
#include "policies/lists/keep_first.h"

namespace tidewaiter {
namespace {

void move_to_end(std::vector<std::string>& to, std::vector<std::string>& values) {
  to.insert(to.end(), std::move_iterator(values.begin()), std::move_iterator(values.end()));
}

}  // namespace

void add_further_row(ListEntry& entry, ListEntry row) {
  if (!entry.kind) entry.kind = row.kind;
  if (entry.name.empty()) {
    entry.name = std::move(row.name);
  } else if (!row.name.empty()) {
    entry.aliases.push_back({std::move(row.name), false});
  }
  for (ListedName& alias : row.aliases) entry.aliases.push_back(std::move(alias));
  move_to_end(entry.countries, row.countries);
  move_to_end(entry.identifiers, row.identifiers);
  move_to_end(entry.programs, row.programs);
  add_one_value(entry, ColumnMeaning::kLicenceRequirement, row.licence.requirement);
  add_one_value(entry, ColumnMeaning::kLicenceReview, row.licence.review);
}

void keep_once_what_rows_say(ListEntry& entry) {
  keep_first_of_each(entry.aliases, &ListedName::text);
  std::erase_if(entry.aliases, [&entry](const ListedName& one) { return one.text == entry.name; });
  keep_each_value_once(entry);
}

void EntryRows::add(ListEntry row) {
  if (row.has_own_id) {
    std::vector<std::size_t>& places = places_[row.id];
    for (const std::size_t place : places) {
      ListEntry& entry = entries_[place];
      if (!entry.kind || !row.kind || *entry.kind == *row.kind) {
        several_.insert(place);
        return add_further_row(entry, std::move(row));
      }
    }
    places.push_back(entries_.size());
  }
  entries_.push_back(std::move(row));
}

std::vector<ListEntry> EntryRows::take() {
  for (const std::size_t place : several_) keep_once_what_rows_say(entries_[place]);
  return std::move(entries_);
}

}  // namespace tidewaiter
