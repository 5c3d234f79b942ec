#include "policies/language/interpret.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "policies/language/ip_network.h"
#include "policies/language/similarity_sketch.h"
#include "policies/language/text_match.h"
#include "policies/language/value_list.h"
#include "policies/model/ascii.h"
#include "policies/model/calendar_date.h"
#include "policies/model/time.h"
#include "policies/model/whole_division.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

constexpr Value kNull{};

std::int64_t as_int(const Value& value) { return std::get<std::int64_t>(value); }

/// An int64 beside a double counts as the nearest double.
double as_double(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

Value finite(double value) { return std::isfinite(value) ? Value(value) : kNull; }

/// A double without fraction as int64, null beyond its range. 2^63 is exact as a double.
Value whole(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  if (!(value >= -kLimit && value < kLimit)) return kNull;
  return static_cast<std::int64_t>(value);
}

/// Brings a branch of `if`, `default`, `least`, `greatest` to the node's type.
Value as_type(Value value, ValueType type) {
  if (type == ValueType::kDouble && std::holds_alternative<std::int64_t>(value)) {
    return as_double(value);
  }
  return value;
}

std::optional<bool> truth(const Value& value) {
  if (const bool* known = std::get_if<bool>(&value)) return *known;
  return std::nullopt;
}

/// -1, 0 or 1. Both sides hold a value of one comparable type; no NaN arises in the language, and
/// one from outside compares as null.
std::optional<int> compare(const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return std::nullopt;
  if (std::holds_alternative<double>(a) || std::holds_alternative<double>(b)) {
    const double x = as_double(a);
    const double y = as_double(b);
    if (std::isnan(x) || std::isnan(y)) return std::nullopt;
    return x < y ? -1 : static_cast<int>(x > y);
  }
  return a < b ? -1 : static_cast<int>(b < a);
}

Value int_arithmetic(ExprOp op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case ExprOp::kAdd:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case ExprOp::kSub:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case ExprOp::kMul:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    case ExprOp::kMod:
      if (b == 0) return kNull;
      return b == -1 ? std::int64_t{0} : a % b;  // INT64_MIN % -1 traps, though its value is 0
    default:
      return kNull;
  }
  return overflow ? kNull : Value(result);
}

Value arithmetic(const Expr& expr, const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return kNull;
  if (expr.type != ValueType::kDouble) return int_arithmetic(expr.op, as_int(a), as_int(b));
  const double x = as_double(a);
  const double y = as_double(b);
  switch (expr.op) {
    case ExprOp::kAdd:
      return finite(x + y);
    case ExprOp::kSub:
      return finite(x - y);
    case ExprOp::kMul:
      return finite(x * y);
    case ExprOp::kDiv:
      return y == 0.0 ? kNull : finite(x / y);
    default:
      return kNull;
  }
}

Value negate(const Value& value) {
  if (const double* x = std::get_if<double>(&value)) return -*x;
  return is_null(value) ? kNull : int_arithmetic(ExprOp::kSub, 0, as_int(value));
}

Value absolute(const Value& value) {
  if (const double* x = std::get_if<double>(&value)) return std::fabs(*x);
  if (is_null(value)) return kNull;
  return as_int(value) < 0 ? negate(value) : value;
}

/// Start of the slot, null for a width that is not positive or a start before int64.
Value truncate(const Value& time, const Value& width) {
  if (is_null(time) || is_null(width) || as_int(width) <= 0) return kNull;
  const std::int64_t remainder = as_int(time) % as_int(width);
  const std::int64_t back = remainder < 0 ? remainder + as_int(width) : remainder;
  return int_arithmetic(ExprOp::kSub, as_int(time), back);
}

std::int64_t floor_modulo(std::int64_t a, std::int64_t b) { return (a % b + b) % b; }

Value hour_of(const Value& time) {
  if (is_null(time)) return kNull;
  return floor_modulo(floor_divide(as_int(time), kHour.us), 24);
}

/// 1970-01-01 was a Thursday, day 4 of the week.
Value weekday_of(const Value& time) {
  if (is_null(time)) return kNull;
  return floor_modulo(floor_divide(as_int(time), kDay.us) + 3, 7) + 1;
}

/// A part of the date in UTC.
Value date_part(ExprOp op, const Value& time) {
  if (is_null(time)) return kNull;
  const std::int64_t day = floor_divide(as_int(time), kDay.us);
  if (op == ExprOp::kWeekOf) return iso_week(day);
  const CalendarDate date = calendar_date(day);
  return op == ExprOp::kDayOf ? date.day : op == ExprOp::kMonthOf ? date.month : date.year;
}

Value parsed_time(const Value& text) {
  if (is_null(text)) return kNull;
  const Result<UtcTime> time = parse_time(std::get<std::string>(text), true);
  return time ? Value(time->us) : kNull;
}

Value parsed_int(const Value& value) {
  if (is_null(value)) return kNull;
  const std::string& text = std::get<std::string>(value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? Value(number) : kNull;
}

/// [-] digits [. digits] [e [+-] digits]: what JSON calls a number, leading zeros allowed.
bool is_decimal(std::string_view text) {
  const auto digits = [&text] {
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count > 0;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!digits()) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!digits()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!digits()) return false;
  }
  return text.empty();
}

Value parsed_double(const Value& value) {
  if (is_null(value)) return kNull;
  const std::string& text = std::get<std::string>(value);
  if (!is_decimal(text)) return kNull;
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? finite(number) : kNull;
}

Value to_string_value(const Value& value) {
  if (is_null(value)) return kNull;
  if (const bool* flag = std::get_if<bool>(&value)) return std::string(*flag ? "true" : "false");
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return value;
}

Value seconds(const Value& value) {
  if (is_null(value)) return kNull;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return int_arithmetic(ExprOp::kMul, *number, kSecond.us);
  }
  return whole(std::round(std::get<double>(value) * static_cast<double>(kSecond.us)));
}

Value text_match(const TextPattern& pattern, const Value& value) {
  if (is_null(value)) return kNull;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return std::ranges::any_of(
        *list, [&](const std::string& item) { return matches_text(pattern, item); });
  }
  return matches_text(pattern, std::get<std::string>(value));
}

Value bits_apart(const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return kNull;
  const std::optional<std::uint64_t> left = read_sketch(std::get<std::string>(a));
  const std::optional<std::uint64_t> right = read_sketch(std::get<std::string>(b));
  return left && right ? Value(sketch_distance(*left, *right)) : kNull;
}

Value cidr(std::string_view text, const Value& value) {
  if (is_null(value)) return kNull;
  const std::optional<IpNetwork> network = parse_network(text);
  const std::optional<IpAddress> address = parse_ip(std::get<std::string>(value));
  if (!network || !address) return kNull;
  return contains(*network, *address);
}

/// Walks one tree for one record.
class Interpreter {
 public:
  explicit Interpreter(const Bindings& bindings) : bindings_(bindings) {}

  // One case a group of operations; the groups are below.
  Value run(const Expr& expr) {  // NOLINT(misc-no-recursion): trees are at most 64 deep
    switch (expr.op) {
      case ExprOp::kLiteral:
        return expr.literal;
      case ExprOp::kField:
        return bindings_.record == nullptr ? kNull : field_value(*bindings_.record, expr.index);
      case ExprOp::kColumn:
        return expr.index < bindings_.columns.size() ? bindings_.columns[expr.index] : kNull;
      case ExprOp::kMeasure:
        return expr.index < bindings_.measures.size() ? bindings_.measures[expr.index] : kNull;
      case ExprOp::kNot:
      case ExprOp::kAnd:
      case ExprOp::kOr:
        return logical(expr);
      case ExprOp::kEq:
      case ExprOp::kNe:
      case ExprOp::kLt:
      case ExprOp::kLe:
      case ExprOp::kGt:
      case ExprOp::kGe:
        return comparison(expr);
      case ExprOp::kIn:
        return membership(expr);
      case ExprOp::kInList:
        return list_membership(expr);
      case ExprOp::kIf:
        return conditional(expr);
      case ExprOp::kDefault: {
        Value value = run(expr.args[0]);
        return as_type(is_null(value) ? run(expr.args[1]) : std::move(value), expr.type);
      }
      case ExprOp::kLeast:
      case ExprOp::kGreatest:
        return extreme(expr);
      case ExprOp::kAdd:
      case ExprOp::kSub:
      case ExprOp::kMul:
      case ExprOp::kDiv:
      case ExprOp::kMod:
        return arithmetic(expr, run(expr.args[0]), run(expr.args[1]));
      case ExprOp::kConcat:
        return concat(run(expr.args[0]), run(expr.args[1]));
      case ExprOp::kTruncate:
        return truncate(run(expr.args[0]), run(expr.args[1]));
      case ExprOp::kSketchDistance:
        return bits_apart(run(expr.args[0]), run(expr.args[1]));
      case ExprOp::kPartyCheck:
      case ExprOp::kPartyFigure:
        return party(expr);
      default:
        return unary(expr, run(expr.args[0]));
    }
  }

 private:
  /// Operations of one argument.
  static Value unary(const Expr& expr, const Value& value) {
    switch (expr.op) {
      case ExprOp::kExists:
        return !is_null(value);
      case ExprOp::kTextMatch:
        return text_match(expr.text, value);
      case ExprOp::kCidr:
        return cidr(expr.text.pattern, value);
      case ExprOp::kNeg:
        return negate(value);
      case ExprOp::kAbs:
        return absolute(value);
      case ExprOp::kRound:
        return is_null(value) ? kNull : whole(std::round(as_double(value)));
      case ExprOp::kFloor:
        return is_null(value) ? kNull : whole(std::floor(as_double(value)));
      case ExprOp::kCeil:
        return is_null(value) ? kNull : whole(std::ceil(as_double(value)));
      case ExprOp::kLower:
        return is_null(value) ? kNull : Value(ascii_lower(std::get<std::string>(value)));
      case ExprOp::kHourOf:
        return hour_of(value);
      case ExprOp::kWeekdayOf:
        return weekday_of(value);
      case ExprOp::kDayOf:
      case ExprOp::kWeekOf:
      case ExprOp::kMonthOf:
      case ExprOp::kYearOf:
        return date_part(expr.op, value);
      case ExprOp::kParseTime:
        return parsed_time(value);
      case ExprOp::kToInt:
        return parsed_int(value);
      case ExprOp::kToDouble:
        return parsed_double(value);
      case ExprOp::kToString:
        return to_string_value(value);
      case ExprOp::kSeconds:
        return seconds(value);
      default:
        return kNull;
    }
  }

  Value logical(const Expr& expr) {
    if (expr.op == ExprOp::kNot) {
      const std::optional<bool> known = truth(run(expr.args[0]));
      return known ? Value(!*known) : kNull;
    }
    const bool decisive = expr.op == ExprOp::kOr;  // true decides an or, false an and
    bool unknown = false;
    for (const Expr& arg : expr.args) {
      const std::optional<bool> known = truth(run(arg));
      if (known == decisive) return decisive;
      unknown = unknown || !known;
    }
    return unknown ? kNull : Value(!decisive);
  }

  Value comparison(const Expr& expr) {
    const std::optional<int> order = compare(run(expr.args[0]), run(expr.args[1]));
    if (!order) return kNull;
    switch (expr.op) {
      case ExprOp::kEq:
        return *order == 0;
      case ExprOp::kNe:
        return *order != 0;
      case ExprOp::kLt:
        return *order < 0;
      case ExprOp::kLe:
        return *order <= 0;
      case ExprOp::kGt:
        return *order > 0;
      default:
        return *order >= 0;
    }
  }

  Value membership(const Expr& expr) {
    const Value value = run(expr.args[0]);
    if (is_null(value)) return kNull;
    return std::any_of(expr.args.begin() + 1, expr.args.end(),
                       [&](const Expr& arg) { return compare(value, arg.literal) == 0; });
  }

  Value list_membership(const Expr& expr) {
    const Value value = run(expr.args[0]);
    if (is_null(value)) return kNull;
    std::optional<UtcTime> time;
    if (expr.args.size() > 1) {
      const Value at = run(expr.args[1]);
      if (is_null(at)) return kNull;
      time = UtcTime{as_int(at)};
    }
    const auto stands = [&](std::span<const Interval> times) {
      return time ? holds_at(times, *time) : !times.empty();
    };
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
      return std::ranges::any_of(
          *list, [&](const std::string& item) { return stands(expr.list->times_of_text(item)); });
    }
    return stands(expr.list->times_of(value));
  }

  Value conditional(const Expr& expr) {
    const std::optional<bool> known = truth(run(expr.args[0]));
    if (!known) return kNull;
    return as_type(run(expr.args[*known ? 1 : 2]), expr.type);
  }

  Value extreme(const Expr& expr) {
    Value best;
    for (const Expr& arg : expr.args) {
      Value value = as_type(run(arg), expr.type);
      if (is_null(value)) return kNull;
      const std::optional<int> order = compare(value, best);
      if (!order || (expr.op == ExprOp::kLeast ? *order < 0 : *order > 0)) best = std::move(value);
    }
    return best;
  }

  /// By the slow way of looking names up, which the fast one is held against.
  Value party(const Expr& expr) {
    if (bindings_.record == nullptr) return kNull;
    const PartyCheck::Verdict verdict = expr.check->judge(*bindings_.record, NameLookup::kScan);
    if (expr.op == ExprOp::kPartyCheck) return verdict.truth ? Value(*verdict.truth) : kNull;
    return verdict.figure ? Value(*verdict.figure) : kNull;
  }

  static Value concat(const Value& a, const Value& b) {
    if (is_null(a) || is_null(b)) return kNull;
    return std::get<std::string>(a) + std::get<std::string>(b);
  }

  const Bindings& bindings_;
};

}  // namespace

Value interpret(const Expr& expr, const Bindings& bindings) {
  return Interpreter(bindings).run(expr);
}

}  // namespace tidewaiter
