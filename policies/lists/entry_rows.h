#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Puts what a further row says of a party into its entry: its name, if the entry has none, else an
/// alias; other values are further ones. What the entry has is not put in again.
void add_further_row(ListEntry& entry, ListEntry row);

/// Entries of a list that may have several rows of one party: one for each name, address or
/// measure.
class EntryRows {
 public:
  /// Adds what a row says. If there is a row of the same id of the list's own, whose kind is the
  /// same or is not known of one of them, it becomes part of that entry (add_further_row()).
  void add(ListEntry row);

  /// The entries in the order of their first rows.
  [[nodiscard]] std::vector<ListEntry> take() { return std::move(entries_); }

 private:
  std::vector<ListEntry> entries_;
  std::unordered_map<std::string, std::vector<std::size_t>> places_;  ///< by id
};

}  // namespace tidewaiter
