#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// What changed in one field of an entry: the values that are gone, and those that are new. The
/// field is called as the column of a table that has it: `name`, `kind`, `alias`, `weak_alias`,
/// `country`, `identifier`, `program`.
struct FieldChange {
  std::string_view field;
  std::vector<std::string> removed;
  std::vector<std::string> added;
};

/// An entry that both lists have, of one list's content and of the other's.
struct EntryChange {
  const ListEntry* before = nullptr;
  const ListEntry* after = nullptr;
  std::vector<FieldChange> fields;  ///< at least one
};

/// How a list differs from an earlier issue of it. The pointers are into the two lists.
struct ListDiff {
  std::vector<const ListEntry*> added;    ///< in the order of the later list
  std::vector<const ListEntry*> removed;  ///< in the order of the earlier one
  std::vector<EntryChange> changed;       ///< in the order of the later list
  std::size_t same = 0;                   ///< entries that are as they were
};

/// Entries are the same party by the list's own id, or, where the list has none, by their name as
/// it is written; several of one id or name are paired where they are equal, else in their order.
/// The order of values, and of entries, is no change.
///
/// Threads: pure. Time: n log n in the entries of both. The lists outlive the result.
[[nodiscard]] ListDiff list_diff(const std::vector<ListEntry>& before,
                                 const std::vector<ListEntry>& after);

}  // namespace tidewaiter
