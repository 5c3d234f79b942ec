#include "policies/sql/dialect.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <variant>

namespace tidewaiter {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string digits_of(double value) {
  std::array<char, 32> text{};
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  return {text.data(), written.ptr};
}

struct LiteralWriter {
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(bool value) const { return value ? "TRUE" : "FALSE"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return digits_of(value); }
  std::string operator()(const std::string& value) const { return quoted(value, '\''); }
  std::string operator()(const std::vector<std::string>& /*list*/) const { return "NULL"; }
};

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

}  // namespace

std::string sql_name(std::string_view name) { return quoted(name, '"'); }

std::string sql_literal(const Value& value) { return std::visit(LiteralWriter{}, value); }

std::string sql_int64_or_null(std::string_view sum, SqlDialect dialect) {
  if (dialect == SqlDialect::kDuckDb) return joined({"TRY(", sum, ")"});
  return joined({"(SELECT CASE typeof(v) WHEN 'integer' THEN v END FROM (SELECT ", sum, " AS v))"});
}

std::string sql_whole_sum(std::string_view value, SqlDialect dialect) {
  const std::string none = joined({"CASE WHEN count(", value, ") = 0 THEN 0 END"});
  if (dialect == SqlDialect::kDuckDb) {
    return joined({"coalesce(TRY_CAST(sum(", value, ") AS BIGINT), ", none, ")"});
  }
  // SQLite's sum() ends the query where it overflows: the halves of each number are added apart.
  constexpr std::int64_t kHalf = std::int64_t{1} << 32U;
  const std::string half = std::to_string(kHalf);
  const std::string high = joined({"sum(", sql_floor_divide(value, kHalf, dialect), ")"});
  const std::string low = joined({"sum(((", value, " % ", half, ") + ", half, ") % ", half, ")"});
  const std::string whole =
      joined({"((", high, " + ", low, " / ", half, ") * ", half, " + ", low, " % ", half, ")"});
  return joined(
      {"coalesce(CASE typeof(", whole, ") WHEN 'integer' THEN ", whole, " END, ", none, ")"});
}

std::string sql_floor_divide(std::string_view value, std::int64_t divisor, SqlDialect dialect) {
  const std::string d = std::to_string(divisor);
  return joined({"((", value, " - ((", value, " % ", d, ") + ", d, ") % ", d, ")",
                 dialect == SqlDialect::kDuckDb ? " // " : " / ", d, ")"});
}

std::string sql_ascii_lower(std::string_view text, SqlDialect dialect) {
  if (dialect == SqlDialect::kSqlite) return joined({"lower(", text, ")"});
  return joined(
      {"translate(", text, ", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"});
}

std::string sql_extreme(bool least, std::string_view a, std::string_view b, SqlDialect dialect) {
  if (dialect == SqlDialect::kSqlite) return joined({least ? "min(" : "max(", a, ", ", b, ")"});
  return joined({"CASE WHEN ", a, " IS NOT NULL AND ", b, " IS NOT NULL THEN ",
                 least ? "least(" : "greatest(", a, ", ", b, ") END"});
}

std::string sql_date_part(std::string_view part, std::string_view time, SqlDialect dialect) {
  if (dialect == SqlDialect::kDuckDb) {
    return joined({"date_part('", part, "', make_timestamp(", time, "))"});
  }
  const char* const format = part == "day" ? "%d" : part == "month" ? "%m" : "%Y";
  return joined({"CAST(strftime('", format, "', ", sql_floor_divide(time, 1'000'000, dialect),
                 ", 'unixepoch') AS INTEGER)"});
}

}  // namespace tidewaiter
