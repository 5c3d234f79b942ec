#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/value.h"

namespace tidewaiter {

/// Whose SQL is written. What differs is in this header alone, so that another one is added here.
enum class SqlDialect : std::uint8_t {
  kSqlite,  ///< as Debian 12 has it, 3.40: for `floor` and `ceil` with its mathematical functions
  kDuckDb,  ///< 2.0
};

/// `"client.address"`: an identifier, whatever its letters are.
[[nodiscard]] std::string sql_name(std::string_view name);

/// A literal. Texts are in single quotes; a double has digits enough to read back as it is.
[[nodiscard]] std::string sql_literal(const Value& value);

/// `sum` of two int64 (`a + b`, say) where it fits into an int64, else NULL: SQLite goes on with a
/// double, DuckDB ends the query.
[[nodiscard]] std::string sql_int64_or_null(std::string_view sum, SqlDialect dialect);

/// The sum of an int64 over rows, those aside where it is NULL: 0 without any, NULL where it does
/// not fit into an int64, whatever it passes through on the way.
[[nodiscard]] std::string sql_whole_sum(std::string_view value, SqlDialect dialect);

/// The greatest whole number that is at most `value` / `divisor`, of an int64 and a divisor > 0.
[[nodiscard]] std::string sql_floor_divide(std::string_view value, std::int64_t divisor,
                                           SqlDialect dialect);

/// ASCII letters in lower case, and no others.
[[nodiscard]] std::string sql_ascii_lower(std::string_view text, SqlDialect dialect);

/// The least or greatest of two values that are not NULL; NULL if one is.
[[nodiscard]] std::string sql_extreme(bool least, std::string_view a, std::string_view b,
                                      SqlDialect dialect);

/// The part of a time (int64 µs since the epoch) in UTC: `day`, `month` or `year`.
[[nodiscard]] std::string sql_date_part(std::string_view part, std::string_view time,
                                        SqlDialect dialect);

}  // namespace tidewaiter
