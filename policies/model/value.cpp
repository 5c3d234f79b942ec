#include "policies/model/value.h"

#include <array>
#include <charconv>

#include "policies/model/money.h"
#include "policies/model/time.h"

namespace tidewaiter {

std::string_view type_name(ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return "bool";
    case ValueType::kInt64:
      return "int64";
    case ValueType::kDouble:
      return "double";
    case ValueType::kString:
      return "string";
    case ValueType::kDuration:
      return "duration";
    case ValueType::kTimestamp:
      return "timestamp";
    case ValueType::kIp:
      return "ip";
    case ValueType::kMoney:
      return "money";
    case ValueType::kStringList:
      return "list of string";
  }
  return "unknown type";
}

namespace {

struct Formatter {
  ValueType type;

  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const {
    switch (type) {
      case ValueType::kDuration:
        return format_duration({value});
      case ValueType::kTimestamp:
        return format_time({value});
      case ValueType::kMoney:
        return format_money({value}) + " USD";
      default:
        return std::to_string(value);
    }
  }
  std::string operator()(double value) const {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
  }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::string>& values) const {
    std::string out;
    for (const std::string& value : values) {
      // Lists that belong together are read by their places: an empty one is shown.
      out += (out.empty() ? "[" : ", ") + (value.empty() ? std::string("\"\"") : value);
    }
    return out.empty() ? "[]" : out + "]";
  }
};

}  // namespace

std::string format_value(const Value& value, ValueType type) {
  return std::visit(Formatter{type}, value);
}

}  // namespace tidewaiter
