#include "policies/language/expression_types.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policies/language/expression_literal.h"
#include "policies/language/ip_network.h"
#include "policies/language/text_match.h"

namespace tidewaiter {
namespace {

using enum ValueType;

tl::unexpected<ExprProblem> mismatch(const SourceSpan& span, std::string message,
                                     std::string hint) {
  return tl::unexpected(ExprProblem{span, kTypeMismatch, std::move(message), std::move(hint)});
}

std::string name_of(ValueType type) { return std::string(type_name(type)); }

/// The type and, where it is known, what the values count: a number of tokens is no amount of
/// money.
std::string kind_of(const Expr& expr) {
  std::string text = name_of(expr.type);
  if (expr.type == kMoney) return text + " (US dollars)";
  const bool counts = expr.op == ExprOp::kField && is_number(expr.type);
  if (counts && !field(expr.index).unit.empty()) {
    text += " (" + std::string(field(expr.index).unit) + ")";
  }
  return text;
}

Expr pair_node(ExprOp op, ValueType type, Expr left, Expr right) {
  const SourceSpan span = join(left.span, right.span);
  std::vector<Expr> args;
  args.reserve(2);
  args.push_back(std::move(left));
  args.push_back(std::move(right));
  return make_node(op, type, std::move(args), span);
}

/// How a value of the type is written, for hints.
std::string_view example_of(ValueType type) {
  switch (type) {
    case kBool:
      return "`true` or `false`";
    case kInt64:
    case kDouble:
      return "a number such as `50k`";
    case kString:
      return "a text in quotes";
    case kDuration:
      return "a duration such as `24h`";
    case kTimestamp:
      return "a time such as \"2026-01-31\"";
    case kIp:
      return "an address such as \"192.0.2.1\"";
    case kMoney:
      return "an amount such as `10 USD`";
    case kStringList:
      return "a list field";
  }
  return "";
}

/// Result type of left op right, or nothing. The table of docs/policy-language.md.
std::optional<ValueType> arithmetic_type(ExprOp op, ValueType a, ValueType b) {
  const bool numbers = is_number(a) && is_number(b);
  switch (op) {
    case ExprOp::kAdd:
      if (a == kTimestamp && b == kDuration) return kTimestamp;
      if (a == kDuration && b == kTimestamp) return kTimestamp;
      [[fallthrough]];
    case ExprOp::kSub:
      if (numbers) return a == kInt64 && b == kInt64 ? kInt64 : kDouble;
      if (a == b && (a == kDuration || a == kMoney)) return a;
      if (op == ExprOp::kSub && a == kTimestamp && b == kTimestamp) return kDuration;
      if (op == ExprOp::kSub && a == kTimestamp && b == kDuration) return kTimestamp;
      return std::nullopt;
    case ExprOp::kMul:
      if (numbers) return a == kInt64 && b == kInt64 ? kInt64 : kDouble;
      if ((a == kDuration || a == kMoney) && b == kInt64) return a;
      if (a == kInt64 && (b == kDuration || b == kMoney)) return b;
      return std::nullopt;
    case ExprOp::kDiv:
      if (numbers || (a == b && (a == kDuration || a == kMoney))) return kDouble;
      return std::nullopt;
    case ExprOp::kMod:
      if (a == kInt64 && b == kInt64) return kInt64;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::string_view arithmetic_hint(ExprOp op, ValueType a, ValueType b) {
  if (a == kBool || b == kBool) return "a truth value cannot be counted; write `if(x, 1, 0)`";
  if (a == kMoney || b == kMoney) {
    return "money adds to money, multiplies by int64 and divides by money; to compare an average, "
           "multiply the other side: `total > 2 * 1 USD`";
  }
  if (a == kTimestamp || b == kTimestamp) {
    return "times differ by a duration: `time - created > 7d`, `time + 1h`";
  }
  if (a == kDuration || b == kDuration) {
    return "durations add to durations, multiply by int64 and divide by a duration: `x / 1s`";
  }
  if (op == ExprOp::kMod) return "`%` takes two whole numbers";
  return "expected numbers on both sides";
}

/// Whether the two sides may be compared for equality.
bool comparable(ValueType a, ValueType b) { return a == b || (is_number(a) && is_number(b)); }

}  // namespace

std::string_view symbol_of(ExprOp op) {
  switch (op) {
    case ExprOp::kEq:
      return "==";
    case ExprOp::kNe:
      return "!=";
    case ExprOp::kLt:
      return "<";
    case ExprOp::kLe:
      return "<=";
    case ExprOp::kGt:
      return ">";
    case ExprOp::kGe:
      return ">=";
    case ExprOp::kAdd:
      return "+";
    case ExprOp::kSub:
      return "-";
    case ExprOp::kMul:
      return "*";
    case ExprOp::kDiv:
      return "/";
    case ExprOp::kMod:
      return "%";
    case ExprOp::kAnd:
      return "and";
    case ExprOp::kOr:
      return "or";
    default:
      return "?";
  }
}

bool is_number(ValueType type) { return type == kInt64 || type == kDouble; }

bool is_ordered(ValueType type) {
  return is_number(type) || type == kDuration || type == kTimestamp || type == kMoney;
}

TreeSize tree_size(const Expr& expr) {
  TreeSize size{0, 1};
  for (const Expr& arg : expr.args) {
    const TreeSize inner = tree_size(arg);
    size.depth = std::max(size.depth, inner.depth);
    size.nodes += inner.nodes;
  }
  ++size.depth;
  return size;
}

Built build_not(Expr argument, const SourceSpan& span) {
  if (argument.type != kBool) {
    return mismatch(argument.span, "`not` of a " + name_of(argument.type),
                    "expected a truth value, such as a comparison");
  }
  std::vector<Expr> args;
  args.push_back(std::move(argument));
  return make_node(ExprOp::kNot, kBool, std::move(args), span);
}

Built build_logical(ExprOp op, std::vector<Expr> arguments) {
  for (const Expr& argument : arguments) {
    if (argument.type == kBool) continue;
    return mismatch(argument.span,
                    "`" + std::string(symbol_of(op)) + "` takes truth values, this is " +
                        name_of(argument.type),
                    "expected a comparison, such as `x > 0`");
  }
  if (arguments.size() == 1) return std::move(arguments.front());
  const SourceSpan span = join(arguments.front().span, arguments.back().span);
  return make_node(op, kBool, std::move(arguments), span);
}

tl::expected<std::optional<ValueType>, ExprProblem> unify(Expr& a, Expr& b) {
  if (a.type != b.type) {
    Built left = convert_literal(std::move(a), b.type);
    if (!left) return tl::unexpected(std::move(left.error()));
    a = *std::move(left);
    Built right = convert_literal(std::move(b), a.type);
    if (!right) return tl::unexpected(std::move(right.error()));
    b = *std::move(right);
  }
  if (a.type == b.type) return std::optional(a.type);
  if (is_number(a.type) && is_number(b.type)) return std::optional(kDouble);
  return std::optional<ValueType>();
}

Built build_comparison(ExprOp op, Expr left, Expr right) {
  const auto unified = unify(left, right);
  if (!unified) return tl::unexpected(unified.error());
  const std::string symbol(symbol_of(op));
  if (!comparable(left.type, right.type)) {
    return mismatch(right.span,
                    "`" + symbol + "` compares " + kind_of(left) + " with " + kind_of(right),
                    "expected " + std::string(example_of(left.type)) + " on the right");
  }
  if (left.type == kStringList) {
    return mismatch(left.span, "a list cannot be compared with `" + symbol + "`",
                    "write `equals(list, \"text\")`: true if any element does");
  }
  const bool equality = op == ExprOp::kEq || op == ExprOp::kNe;
  if (!equality && !is_ordered(left.type)) {
    return mismatch(left.span,
                    "`" + symbol + "` needs an order, " + name_of(left.type) + " values have none",
                    "use `==`, `!=` or `in`");
  }
  return pair_node(op, kBool, std::move(left), std::move(right));
}

Built build_in(Expr value, std::vector<Expr> literals, const SourceSpan& span) {
  if (value.type == kStringList) {
    return mismatch(value.span, "a list cannot stand before `in`",
                    "write `equals(list, \"text\")`: true if any element does");
  }
  std::vector<Expr> args;
  args.reserve(literals.size() + 1);
  args.push_back(std::move(value));
  for (Expr& literal : literals) {
    Built converted = convert_literal(std::move(literal), args.front().type);
    if (!converted) return converted;
    if (!comparable(args.front().type, converted->type)) {
      return mismatch(
          converted->span,
          "`in` compares " + name_of(args.front().type) + " with " + name_of(converted->type),
          "expected " + std::string(example_of(args.front().type)));
    }
    args.push_back(*std::move(converted));
  }
  return make_node(ExprOp::kIn, kBool, std::move(args), span);
}

Built build_negation(Expr argument, const SourceSpan& span) {
  if (!is_number(argument.type) && argument.type != kDuration && argument.type != kMoney) {
    return mismatch(argument.span, "`-` of a " + name_of(argument.type),
                    "expected a number, a duration or money");
  }
  const ValueType type = argument.type;
  std::vector<Expr> args;
  args.push_back(std::move(argument));
  return make_node(ExprOp::kNeg, type, std::move(args), span);
}

Built build_arithmetic(ExprOp op, Expr left, Expr right) {
  if (op == ExprOp::kAdd && left.type == kString && right.type == kString) {
    return pair_node(ExprOp::kConcat, kString, std::move(left), std::move(right));
  }
  const std::optional<ValueType> type = arithmetic_type(op, left.type, right.type);
  if (!type) {
    const bool left_fits = is_ordered(left.type);
    return mismatch(left_fits ? right.span : left.span,
                    "`" + std::string(symbol_of(op)) + "` does not take " + kind_of(left) +
                        " and " + kind_of(right),
                    std::string(arithmetic_hint(op, left.type, right.type)));
  }
  return pair_node(op, *type, std::move(left), std::move(right));
}

Built build_text_match(Expr value, TextPattern pattern, const SourceSpan& span,
                       const SourceSpan& pattern_span) {
  if (value.type != kString && value.type != kIp && value.type != kStringList) {
    return mismatch(value.span, "a text is matched here, this is " + name_of(value.type),
                    "expected a string, an address or a list of strings");
  }
  if (pattern.mode == TextPattern::Mode::kRegex) {
    if (const auto error = regex_error(pattern)) {
      return tl::unexpected(
          ExprProblem{pattern_span, kBadRegex,
                      "`" + pattern.pattern + "` is not a regular expression: " + *error,
                      "RE2 syntax; no look-around, no back references"});
    }
  }
  std::vector<Expr> args;
  args.push_back(std::move(value));
  Expr expr = make_node(ExprOp::kTextMatch, kBool, std::move(args), span);
  expr.text = std::move(pattern);
  return expr;
}

Built build_cidr(Expr value, std::string_view network, const SourceSpan& span,
                 const SourceSpan& network_span) {
  if (value.type != kIp) {
    return mismatch(value.span, "a network holds addresses, this is " + name_of(value.type),
                    "expected an ip field such as `client.address`");
  }
  const std::optional<IpNetwork> parsed = parse_network(network);
  if (!parsed || !is_exact(*parsed)) {
    return tl::unexpected(
        ExprProblem{network_span, kBadNetwork, "`" + std::string(network) + "` is not a network",
                    "write an address and a prefix, all bits beyond it zero: \"10.0.0.0/8\", "
                    "\"2001:db8::/32\""});
  }
  std::vector<Expr> args;
  args.push_back(std::move(value));
  Expr expr = make_node(ExprOp::kCidr, kBool, std::move(args), span);
  expr.text.pattern = std::string(network);
  return expr;
}

}  // namespace tidewaiter
