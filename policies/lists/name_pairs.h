#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Two names of one row of a table.
struct NamePair {
  std::size_t line = 0;
  std::string a;
  std::string b;
  std::optional<PartyKind> kind;  ///< nothing where the table does not say
};

/// A name of one row, to be looked for.
struct WantedName {
  std::size_t line = 0;
  std::string name;
  std::optional<PartyKind> kind;
  std::string id;  ///< empty where the table has none
};

template <class Row>
struct NameTable {
  std::vector<Row> rows;
  std::vector<ListFault> faults;
  bool has_header = true;
};

/// Pairs from a table with commas, tabs or semicolons (delimiter_of). The header names the columns:
/// `name1` and `name2` (or `primary_name` and `alias`, `name` and `alias`, `query` and
/// `expected_match`, `a` and `b`) and, where it has one, `kind` (`schema`, `type`, `sdn_type`).
/// Without such a header the first two columns are the names. Rows that begin with `#` are
/// comments.
[[nodiscard]] NameTable<NamePair> parse_name_pairs(std::string_view text);

/// Names from such a table: a column `name` (`full_name`, `customer`, …), and `kind` and `id` where
/// it has them. Without such a header the first column is the name.
[[nodiscard]] NameTable<WantedName> parse_wanted_names(std::string_view text);

}  // namespace tidewaiter
