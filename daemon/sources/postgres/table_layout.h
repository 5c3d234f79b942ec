#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// One member of the rows of an answer, and the SQL that it is made by.
struct TableMember {
  std::string_view name;  ///< in the answer
  std::string_view
      column;            ///< of the table: null is answered where it is not there, or not readable
  std::string_view sql;  ///< the expression; empty: the column as a text of bounded length
};

/// A table that a gateway keeps, and what is read of it. What is not named here is never selected.
struct TableLayout {
  std::string_view endpoint;                 ///< "litellm"
  std::string_view relation;                 ///< as SQL writes its name
  std::string_view time;                     ///< column by which it is read; empty: by its id alone
  std::string_view time_us;                  ///< … in µs since the epoch
  std::string_view time_of;                  ///< the value of the column for the µs in `%`
  std::string_view id;                       ///< column that tells rows of one time apart
  std::string_view id_type;                  ///< of a parameter that is compared with it
  std::string_view where;                    ///< what other rows have not; empty: nothing
  std::span<const std::string_view> needed;  ///< columns without which there is nothing to read
  std::span<const TableMember> members;
};

/// All of them, sorted by endpoint.
[[nodiscard]] std::span<const TableLayout> table_layouts();
/// Null if there is none.
[[nodiscard]] const TableLayout* find_table_layout(std::string_view endpoint);

/// The statement that reads a page of a table: rows with $1 <= time < $2 (µs), of these behind
/// ($3 µs, $4) in the order of (time, id), at most $5. Of a table without a time $1 to $3 do not
/// matter. An empty $4 is before the first row. Each row has `key_time` (µs; 0 without a time) and
/// `key_id` besides its members. `columns`: those that are there and may be read.
/// Errors: kInvalidInput if one that is needed is not among them.
[[nodiscard]] Result<std::string> select_text(const TableLayout& layout,
                                              const std::set<std::string, std::less<>>& columns);

}  // namespace tidewaiter
