#include "policies/engine/reference_ranges.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "policies/language/interpret.h"

namespace tidewaiter::reference {

Bound bound_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<Bound>(*whole);
  return static_cast<Bound>(std::get<double>(value));
}

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

Range exactly(const Value& value) {
  if (is_null(value)) return {-kInfinity, kInfinity, true, value};
  if (!is_number(value)) return {-kInfinity, kInfinity, false, value};
  return {bound_of(value), bound_of(value), false, value};
}

Range fitted(Range range, ValueType type) {
  const Bound most = type == ValueType::kDouble
                         ? static_cast<Bound>(std::numeric_limits<double>::max())
                         : static_cast<Bound>(std::numeric_limits<std::int64_t>::max());
  const Bound least = type == ValueType::kDouble
                          ? -most
                          : static_cast<Bound>(std::numeric_limits<std::int64_t>::min());
  if (std::isnan(range.low)) range.low = -kInfinity;
  if (std::isnan(range.high)) range.high = kInfinity;
  if (range.low > most || range.high < least) range.maybe_null = true;
  return range;
}

namespace {

/// report_when over ranges.
class RangeReader {
 public:
  explicit RangeReader(const std::vector<Range>& measures) : measures_(measures) {}

  [[nodiscard]] Truth truth(const Expr& e) const {
    switch (e.op) {
      case ExprOp::kNot:
        return negate(truth(e.args[0]));
      case ExprOp::kAnd: {
        Truth all = Truth::kTrue;
        for (const Expr& arg : e.args) all = std::min(all, truth(arg));
        return all;
      }
      case ExprOp::kOr: {
        Truth any = Truth::kFalse;
        for (const Expr& arg : e.args) any = std::max(any, truth(arg));
        return any;
      }
      case ExprOp::kEq:
      case ExprOp::kNe:
      case ExprOp::kLt:
      case ExprOp::kLe:
      case ExprOp::kGt:
      case ExprOp::kGe:
        return compare(e);
      default: {
        const Range range = number(e);
        return range.exact ? truth_of(*range.exact) : Truth::kUnknown;
      }
    }
  }

  [[nodiscard]] Range number(const Expr& e) const {
    if (e.op == ExprOp::kLiteral) return exactly(e.literal);
    if (e.op == ExprOp::kMeasure) return measures_[e.index];
    if (e.op == ExprOp::kIf) return choose(e);
    if (e.type == ValueType::kBool && e.op != ExprOp::kDefault && e.op != ExprOp::kIn) {
      const Truth t = truth(e);
      return t == Truth::kUnknown ? kAnything : exactly(Value(t == Truth::kTrue));
    }
    std::vector<Range> args;
    std::vector<Value> values;
    for (const Expr& arg : e.args) {
      args.push_back(number(arg));
      if (auto value = only_value(args.back(), arg.type)) values.push_back(*std::move(value));
    }
    if (values.size() == args.size()) return exactly(with_values(e, values));
    return arithmetic(e, args);
  }

 private:
  static Truth negate(Truth t) {
    if (t == Truth::kUnknown) return t;
    return t == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
  }

  static Truth decide(bool always, bool never) {
    if (always) return Truth::kTrue;
    return never ? Truth::kFalse : Truth::kUnknown;
  }

  /// The only value that a range leaves, be it null.
  static std::optional<Value> only_value(const Range& range, ValueType type) {
    if (range.exact) return range.exact;
    if (range.maybe_null || range.low != range.high || std::isinf(range.low)) return std::nullopt;
    if (type == ValueType::kDouble) return static_cast<double>(range.low);
    return static_cast<std::int64_t>(range.low);
  }

  [[nodiscard]] Truth compare(const Expr& e) const {
    Range a = number(e.args[0]);
    Range b = number(e.args[1]);
    if (e.args[0].type == ValueType::kDouble || e.args[1].type == ValueType::kDouble) {
      // An int64 beside a double counts as the nearest double.
      a.low = static_cast<double>(a.low);
      a.high = static_cast<double>(a.high);
      b.low = static_cast<double>(b.low);
      b.high = static_cast<double>(b.high);
    }
    if (a.exact && b.exact) return truth_of(with_values(e, {*a.exact, *b.exact}));
    if (a.maybe_null || b.maybe_null) return Truth::kUnknown;
    switch (e.op) {
      case ExprOp::kLt:
        return decide(a.high < b.low, a.low >= b.high);
      case ExprOp::kLe:
        return decide(a.high <= b.low, a.low > b.high);
      case ExprOp::kGt:
        return decide(a.low > b.high, a.high <= b.low);
      case ExprOp::kGe:
        return decide(a.low >= b.high, a.high < b.low);
      default: {
        const bool equal = a.low == a.high && b.low == b.high && a.low == b.low;
        const bool apart = a.high < b.low || b.high < a.low;
        const Truth same = decide(equal, apart);
        return e.op == ExprOp::kEq ? same : negate(same);
      }
    }
  }

  /// Computes one node with its arguments' exact values put in.
  static Value with_values(const Expr& e, const std::vector<Value>& values) {
    Expr node = e;
    for (std::size_t i = 0; i < values.size(); ++i) {
      Expr literal;
      literal.op = ExprOp::kLiteral;
      literal.type = e.args[i].type;
      literal.literal = values[i];
      node.args[i] = literal;
    }
    return interpret(node, {});
  }

  [[nodiscard]] Range choose(const Expr& e) const {
    const Truth condition = truth(e.args[0]);
    if (condition == Truth::kTrue) return number(e.args[1]);
    if (condition == Truth::kFalse) return number(e.args[2]);
    return hull(number(e.args[1]), number(e.args[2]), true);
  }

  static Range hull(const Range& a, const Range& b, bool maybe_null) {
    return {std::min(a.low, b.low), std::max(a.high, b.high), maybe_null, std::nullopt};
  }

  static Bound times(Bound a, Bound b) { return a == 0 || b == 0 ? 0 : a * b; }

  /// Least and greatest over the four pairs of bounds.
  template <class Operation>
  static Range corners(const Range& a, const Range& b, Operation operation) {
    const std::array<Bound, 4> all{operation(a.low, b.low), operation(a.low, b.high),
                                   operation(a.high, b.low), operation(a.high, b.high)};
    return {*std::min_element(all.begin(), all.end()), *std::max_element(all.begin(), all.end()),
            a.maybe_null || b.maybe_null, std::nullopt};
  }

  static Range arithmetic(const Expr& e, const std::vector<Range>& args) {
    if (e.type == ValueType::kDouble) {
      // The bounds of a double are what double arithmetic makes of the operands' bounds.
      std::vector<Range> rounded = args;
      for (Range& arg : rounded) {
        arg.low = static_cast<double>(arg.low);
        arg.high = static_cast<double>(arg.high);
      }
      Range range = bounds(e.op, rounded);
      range.low = static_cast<double>(range.low);
      range.high = static_cast<double>(range.high);
      return is_arithmetic(e.op) ? fitted(range, e.type) : range;
    }
    return is_arithmetic(e.op) ? fitted(bounds(e.op, args), e.type) : bounds(e.op, args);
  }

  static bool is_arithmetic(ExprOp op) {
    return op == ExprOp::kAdd || op == ExprOp::kSub || op == ExprOp::kMul || op == ExprOp::kDiv ||
           op == ExprOp::kNeg;
  }

  static Range bounds(ExprOp op, const std::vector<Range>& args) {
    switch (op) {
      case ExprOp::kAdd:
        return {args[0].low + args[1].low, args[0].high + args[1].high,
                args[0].maybe_null || args[1].maybe_null, std::nullopt};
      case ExprOp::kSub:
        return {args[0].low - args[1].high, args[0].high - args[1].low,
                args[0].maybe_null || args[1].maybe_null, std::nullopt};
      case ExprOp::kNeg:
        return {-args[0].high, -args[0].low, args[0].maybe_null, std::nullopt};
      case ExprOp::kMul:
        return corners(args[0], args[1], times);
      case ExprOp::kDiv:
        if (args[1].low <= 0 && args[1].high >= 0) return kAnything;
        return corners(args[0], args[1], [](Bound a, Bound b) {
          if (std::isinf(b)) return std::isinf(a) ? std::copysign(Bound{0}, a) : Bound{0};
          return a / b;
        });
      case ExprOp::kDefault:
        if (args[0].exact) return is_null(*args[0].exact) ? args[1] : args[0];
        if (!args[0].maybe_null) return args[0];
        return hull(args[0], args[1], args[1].maybe_null);
      default:
        return kAnything;
    }
  }

  // A reader lives inside one call, whose caller owns the ranges.
  const std::vector<Range>& measures_;
};

}  // namespace

Range range_over(const Expr& formula, const std::vector<Range>& ranges) {
  return RangeReader(ranges).number(formula);
}

Truth truth_over(const Expr& condition, const std::vector<Range>& ranges) {
  return RangeReader(ranges).truth(condition);
}

}  // namespace tidewaiter::reference
