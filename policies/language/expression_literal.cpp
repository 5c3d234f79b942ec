#include "policies/language/expression_literal.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "policies/language/leading_zero.h"
#include "policies/model/ascii.h"
#include "policies/model/ip_text.h"
#include "policies/model/money.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

/// A number token cut into its decimal and its unit.
struct NumberParts {
  std::string whole;
  std::string fraction;
  std::string_view unit;
};

NumberParts split_number(std::string_view text) {
  NumberParts parts;
  std::size_t i = 0;
  while (i < text.size() && is_digit(text[i])) parts.whole += text[i++];
  if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
    for (++i; i < text.size() && is_digit(text[i]);) parts.fraction += text[i++];
  }
  parts.unit = text.substr(i);
  return parts;
}

std::optional<std::size_t> power_of(std::string_view unit) {
  if (unit.empty()) return 0;
  if (unit == "k") return 3;
  if (unit == "M") return 6;
  if (unit == "G") return 9;
  return std::nullopt;
}

/// Moves the decimal point `places` to the right.
void shift(NumberParts& parts, std::size_t places) {
  while (parts.fraction.size() < places) parts.fraction += '0';
  parts.whole += parts.fraction.substr(0, places);
  parts.fraction.erase(0, places);
  while (parts.fraction.ends_with('0')) parts.fraction.pop_back();
}

template <class T>
std::optional<T> read(const std::string& digits) {
  T value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

tl::unexpected<ExprProblem> bad_literal(const SourceSpan& span, std::string message,
                                        std::string hint) {
  return tl::unexpected(ExprProblem{span, kBadLiteral, std::move(message), std::move(hint)});
}

Built build_duration(const Token& token, bool negative) {
  const Result<Duration> duration = parse_duration(token.text);
  if (!duration) {
    return bad_literal(token.span, "`" + token.text + "` is not a number with a unit",
                       "units: k M G for numbers; us ms s m h d w for durations, as in `1h30m`; "
                       "`10 USD`");
  }
  return make_literal(ValueType::kDuration, negative ? -duration->us : duration->us, token.span);
}

}  // namespace

Expr make_node(ExprOp op, ValueType type, std::vector<Expr> args, const SourceSpan& span) {
  Expr expr;
  expr.op = op;
  expr.type = type;
  expr.args = std::move(args);
  expr.span = span;
  return expr;
}

Expr make_literal(ValueType type, Value value, const SourceSpan& span) {
  Expr expr;
  expr.op = ExprOp::kLiteral;
  expr.type = type;
  expr.literal = std::move(value);
  expr.span = span;
  return expr;
}

Expr make_field(FieldId id, const SourceSpan& span) {
  Expr expr;
  expr.op = ExprOp::kField;
  expr.type = field(id).type;
  expr.index = id;
  expr.span = span;
  return expr;
}

Built build_number(const Token& token, bool negative, bool usd) {
  if (has_leading_zero(token.text)) {
    return bad_literal(token.span,
                       "`" + token.text + "` begins with 0: others read such a number as octal",
                       "write `" + without_leading_zeros(token.text) + "`");
  }
  NumberParts parts = split_number(token.text);
  const std::optional<std::size_t> power = power_of(parts.unit);
  const bool point_written = !parts.fraction.empty();
  if (!power) {
    if (!usd) return build_duration(token, negative);
    return bad_literal(token.span, "`" + token.text + "` is not an amount of money",
                       "write `10 USD`");
  }
  shift(parts, *power);
  const std::string sign = negative ? "-" : "";
  const std::string text =
      sign + parts.whole + (parts.fraction.empty() ? "" : "." + parts.fraction);
  if (usd) {
    const Result<Money> money = parse_money(text);
    if (!money) return bad_literal(token.span, money.error().message, "write `12.50 USD`");
    return make_literal(ValueType::kMoney, money->nano_usd, token.span);
  }
  const bool is_whole = parts.fraction.empty() && (*power > 0 || !point_written);
  if (is_whole) {
    const std::optional<std::int64_t> value = read<std::int64_t>(text);
    if (!value) {
      return bad_literal(token.span, "`" + token.text + "` does not fit int64",
                         "write it as a double with a decimal point");
    }
    return make_literal(ValueType::kInt64, *value, token.span);
  }
  const std::optional<double> value = read<double>(text);
  if (!value || !std::isfinite(*value)) {
    return bad_literal(token.span, "`" + token.text + "` does not fit double", "");
  }
  // One zero only, so that equal values have equal texts.
  return make_literal(ValueType::kDouble, *value == 0.0 ? 0.0 : *value, token.span);
}

Built convert_literal(Expr expr, ValueType target) {
  if (expr.op != ExprOp::kLiteral || expr.type != ValueType::kString || target == expr.type) {
    return expr;
  }
  const std::string& text = std::get<std::string>(expr.literal);
  if (target == ValueType::kTimestamp) {
    const Result<UtcTime> time = parse_time(text, true);
    if (!time) {
      return bad_literal(expr.span, "`" + text + "` is not a time",
                         "write \"2026-01-31\" or \"2026-01-31T08:00:00Z\"");
    }
    return make_literal(target, time->us, expr.span);
  }
  if (target == ValueType::kDuration) {
    const Result<Duration> duration = parse_duration(text);
    if (!duration) {
      return bad_literal(expr.span, "`" + text + "` is not a duration", "write `24h` or `1h30m`");
    }
    return make_literal(target, duration->us, expr.span);
  }
  if (target == ValueType::kIp) {
    Result<std::string> ip = canonical_ip(text);
    if (!ip) {
      return bad_literal(expr.span, "`" + text + "` is not an IP address",
                         "for a network write `cidr(x, \"10.0.0.0/8\")`");
    }
    return make_literal(target, *std::move(ip), expr.span);
  }
  return expr;
}

}  // namespace tidewaiter
