#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tidewaiter {

/// The static types of fields and expressions.
enum class ValueType : std::uint8_t {
  kBool,
  kInt64,
  kDouble,
  kString,
  kDuration,   ///< held as int64 microseconds
  kTimestamp,  ///< held as int64 microseconds since the epoch
  kIp,         ///< held as text: an IPv4 or IPv6 address in its canonical form (RFC 5952)
  kMoney,      ///< held as int64 nano-USD
  kStringList,
};

/// One value; std::monostate is null: absent, and so unknown. The static type is known from
/// the field or expression that it belongs to; timestamps, durations and money are int64 here.
using Value =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

[[nodiscard]] inline bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

/// "int64", "timestamp", "list of string": the words of the documentation and of messages.
[[nodiscard]] std::string_view type_name(ValueType type);

/// A value for people, by its type: "2026-01-01T00:00:00Z", "24h", "12.5 USD", "null".
[[nodiscard]] std::string format_value(const Value& value, ValueType type);

}  // namespace tidewaiter
