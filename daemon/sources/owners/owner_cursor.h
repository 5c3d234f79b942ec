#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/sources/owners/owner_statement.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Where a source of ownership statements stands.
struct OwnerCursor {
  std::string query;       ///< hash of what the configuration says about reading
  std::string input;       ///< hash of the files and the map that were read, as they were then
  DayNumber first = 0;     ///< the first day that is told of
  DayNumber from = 0;      ///< the first day of this reading
  DayNumber day = 0;       ///< its last one
  std::int64_t given = 0;  ///< how many records of this reading have been given
  std::int64_t bad_given = 0;
  bool complete = false;            ///< all of them
  std::optional<DayNumber> stated;  ///< the day up to whose end coverage is stated
};

[[nodiscard]] std::string to_text(const OwnerCursor& cursor);  // JSON, one line
/// Errors: kCorruption if it is not what to_text() writes.
[[nodiscard]] Result<OwnerCursor> owner_cursor_from_text(std::string_view text);

}  // namespace tidewaiter
