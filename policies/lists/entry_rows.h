#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Puts what a further row says of a party into its entry: its name, if the entry has none, else an
/// alias; other values are further ones.
void add_further_row(ListEntry& entry, ListEntry row);

/// When all rows are in: each alias and value once, and no alias that is the name.
void keep_once_what_rows_say(ListEntry& entry);

/// Entries of a list that may have several rows of one party: one for each name, address or
/// measure.
class EntryRows {
 public:
  /// Adds what a row says. If there is a row of the same id of the list's own, whose kind is the
  /// same or is not known of one of them, it becomes part of that entry (add_further_row()).
  void add(ListEntry row);

  /// The entries in the order of their first rows.
  [[nodiscard]] std::vector<ListEntry> take();

 private:
  std::vector<ListEntry> entries_;
  std::unordered_map<std::string, std::vector<std::size_t>> places_;  ///< by id
  std::unordered_set<std::size_t> several_;  ///< places of entries that have several rows
};

}  // namespace tidewaiter
