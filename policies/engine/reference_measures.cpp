#include "policies/engine/reference_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "policies/language/interpret.h"

namespace tidewaiter::reference {

Truth truth_of(const Value& value) {
  const bool* const known = std::get_if<bool>(&value);
  if (known == nullptr) return Truth::kUnknown;
  return *known ? Truth::kTrue : Truth::kFalse;
}

namespace {

using Bound = long double;
constexpr Bound kInfinity = std::numeric_limits<Bound>::infinity();

/// What a number may still turn out to be: any value of [low, high], or null. `exact` holds the
/// value where nothing is open about it.
struct Range {
  Bound low = -kInfinity;
  Bound high = kInfinity;
  bool maybe_null = false;
  std::optional<Value> exact;
};

const Range kAnything{-kInfinity, kInfinity, true, std::nullopt};

/// `value` is a number.
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

/// What no value of its type can be is null (docs/evaluation.md, Measures).
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

/// Says whether an expression over records cannot be negative, by what it is made of.
bool cannot_be_negative(const Expr& e) {
  switch (e.op) {
    case ExprOp::kLiteral:
      return is_number(e.literal) && bound_of(e.literal) >= 0;
    case ExprOp::kField:
      return field(e.index).nonnegative;
    case ExprOp::kAbs:
    case ExprOp::kHourOf:
    case ExprOp::kWeekdayOf:
      return true;
    case ExprOp::kIf:
      return cannot_be_negative(e.args[1]) && cannot_be_negative(e.args[2]);
    case ExprOp::kAdd:
    case ExprOp::kMul:
    case ExprOp::kDiv:
    case ExprOp::kRound:
    case ExprOp::kFloor:
    case ExprOp::kCeil:
    case ExprOp::kLeast:
    case ExprOp::kGreatest:
    case ExprOp::kDefault:
      return std::all_of(e.args.begin(), e.args.end(), cannot_be_negative);
    default:
      return false;
  }
}

/// What one measure sees of a window.
struct Seen {
  std::vector<Value> certain;
  std::vector<Value> maybe;
  std::int64_t unknown_values = 0;
  bool any_maybe = false;
  __extension__ typedef __int128 Weight;
  Weight certain_weight = 0;
  Weight maybe_weight = 0;
};

Seen look(const Measure& measure, const std::vector<const Input*>& inputs) {
  Seen seen;
  for (const Input* input : inputs) {
    const Bindings bindings{&input->record, {}, {}};
    const Truth where =
        measure.where ? truth_of(interpret(*measure.where, bindings)) : Truth::kTrue;
    if (where == Truth::kFalse) continue;
    const bool certain = where == Truth::kTrue && input->truth == Truth::kTrue;
    seen.any_maybe = seen.any_maybe || !certain;
    (certain ? seen.certain_weight : seen.maybe_weight) += input->record.requests;
    if (!measure.argument) continue;
    Value value = interpret(*measure.argument, bindings);
    if (is_null(value)) {
      ++seen.unknown_values;
    } else {
      (certain ? seen.certain : seen.maybe).push_back(std::move(value));
    }
  }
  return seen;
}

Value fit(Seen::Weight total) {
  if (total < std::numeric_limits<std::int64_t>::min() ||
      total > std::numeric_limits<std::int64_t>::max()) {
    return {};
  }
  return static_cast<std::int64_t>(total);
}

/// A sum of doubles as a whole multiple of 2^-1074, the least double, in limbs of 32 bits: enough
/// of them for 2^63 values of any size. Rounded once.
class FixedPointSum {
 public:
  void add(double x) {
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(x), &exponent);
    auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
    int shift = exponent - 53 + 1074;
    if (shift < 0) {  // a subnormal: its lowest bits are zeros
      mantissa >>= static_cast<unsigned>(-shift);
      shift = 0;
    }
    const auto limb = static_cast<std::size_t>(shift / 32);
    UnsignedWide wide = static_cast<UnsignedWide>(mantissa) << static_cast<unsigned>(shift % 32);
    for (std::size_t i = limb; wide != 0; ++i, wide >>= 32U) {
      const auto part = static_cast<std::int64_t>(wide & 0xFFFFFFFFU);
      limbs_[i] += x < 0 ? -part : part;
    }
    carry();
  }

  [[nodiscard]] double rounded() const {
    FixedPointSum magnitude = *this;
    const bool negative = limbs_.back() < 0;
    if (negative) {
      for (std::int64_t& limb : magnitude.limbs_) limb = -limb;
      magnitude.carry();
    }
    int top = static_cast<int>(kLimbs) * 32 - 1;
    while (top >= 0 && !magnitude.bit(top)) --top;
    if (top < 0) return 0.0;
    const int lowest = std::max(0, top - 52);  // of the bits that a double holds
    std::uint64_t kept = 0;
    for (int at = top; at >= lowest; --at) kept = kept * 2 + (magnitude.bit(at) ? 1 : 0);
    bool below = false;
    for (int at = 0; at < lowest - 1; ++at) below = below || magnitude.bit(at);
    const bool half = lowest > 0 && magnitude.bit(lowest - 1);
    if (half && (below || kept % 2 == 1)) ++kept;
    const double size = std::ldexp(static_cast<double>(kept), lowest - 1074);
    return negative ? -size : size;
  }

 private:
  __extension__ typedef unsigned __int128 UnsignedWide;
  static constexpr std::size_t kLimbs = 70;

  /// Leaves all limbs but the last, which has the sign, in [0, 2^32).
  void carry() {
    for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
      limbs_[i + 1] += limbs_[i] >> 32;
      limbs_[i] &= 0xFFFFFFFF;
    }
  }
  [[nodiscard]] bool bit(int at) const {
    return ((limbs_[static_cast<std::size_t>(at / 32)] >> (at % 32)) & 1) != 0;
  }

  std::array<std::int64_t, kLimbs> limbs_{};
};

/// Null if the rounded sum is no double.
Value exact_sum(const std::vector<Value>& values) {
  FixedPointSum sum;
  for (const Value& value : values) sum.add(std::get<double>(value));
  const double rounded = sum.rounded();
  return std::isfinite(rounded) ? Value(rounded) : Value();
}

Value sum_of(const std::vector<Value>& values, ValueType type) {
  if (type == ValueType::kDouble) return exact_sum(values);
  Seen::Weight total = 0;
  for (const Value& value : values) total += std::get<std::int64_t>(value);
  return fit(total);
}

Value certain_value(const Measure& measure, const Seen& seen) {
  switch (measure.aggregate) {
    case Aggregate::kCount:
      return fit(seen.certain_weight);
    case Aggregate::kSum:
      return sum_of(seen.certain, measure.type);
    case Aggregate::kDistinct:
      return static_cast<std::int64_t>(
          std::set<Value>(seen.certain.begin(), seen.certain.end()).size());
    case Aggregate::kMin:
      return seen.certain.empty() ? Value{}
                                  : *std::min_element(seen.certain.begin(), seen.certain.end());
    case Aggregate::kMax:
      return seen.certain.empty() ? Value{}
                                  : *std::max_element(seen.certain.begin(), seen.certain.end());
    case Aggregate::kQuantile: {
      if (seen.certain.empty()) return {};
      std::vector<Value> sorted = seen.certain;
      std::sort(sorted.begin(), sorted.end());
      // The first value that at least q of all are not above: rank / n >= q.
      const auto [numerator, denominator] = measure.quantile;
      const auto n = static_cast<Seen::Weight>(sorted.size());
      std::size_t rank = 1;
      while (static_cast<Seen::Weight>(rank) * denominator < numerator * n) ++rank;
      return sorted[rank - 1];
    }
  }
  return {};
}

/// An end of the range of a sum: without a limit, where a value of the measure has one.
Bound sum_bound(const std::vector<Value>& values, ValueType type) {
  if (type == ValueType::kDouble) {
    FixedPointSum sum;
    for (const Value& value : values) sum.add(std::get<double>(value));
    return sum.rounded();
  }
  Seen::Weight total = 0;
  for (const Value& value : values) total += std::get<std::int64_t>(value);
  return static_cast<Bound>(total);
}

Range sum_range(const Measure& measure, const Seen& seen, bool open) {
  std::vector<Value> least = seen.certain;
  std::vector<Value> most = seen.certain;
  for (const Value& value : seen.maybe) (bound_of(value) < 0 ? least : most).push_back(value);
  Range range{sum_bound(least, measure.type), sum_bound(most, measure.type), false, std::nullopt};
  if (open || seen.unknown_values > 0) {
    range.high = kInfinity;
    if (!cannot_be_negative(*measure.argument)) range.low = -kInfinity;
  }
  return range;
}

Range extreme_range(const Measure& measure, const Seen& seen, bool open, Bound floor) {
  const bool boundless = open || seen.unknown_values > 0;
  Range range{floor, kInfinity, seen.certain.empty(), std::nullopt};
  std::vector<Bound> certain;
  std::vector<Bound> all;
  certain.reserve(seen.certain.size());
  for (const Value& value : seen.certain) certain.push_back(bound_of(value));
  all = certain;
  for (const Value& value : seen.maybe) all.push_back(bound_of(value));
  if (measure.aggregate == Aggregate::kMin) {
    if (!boundless && !all.empty()) range.low = *std::min_element(all.begin(), all.end());
    if (!certain.empty()) range.high = *std::min_element(certain.begin(), certain.end());
  } else {
    if (!certain.empty()) range.low = *std::max_element(certain.begin(), certain.end());
    if (!boundless && !all.empty()) range.high = *std::max_element(all.begin(), all.end());
  }
  return range;
}

Range measure_range(const Measure& measure, const Seen& seen, bool open) {
  if (!open && !seen.any_maybe && seen.unknown_values == 0) {
    return exactly(certain_value(measure, seen));
  }
  const Bound floor = measure.argument && cannot_be_negative(*measure.argument) ? 0 : -kInfinity;
  switch (measure.aggregate) {
    case Aggregate::kCount: {
      const auto low = static_cast<Bound>(seen.certain_weight);
      return {low, open ? kInfinity : low + static_cast<Bound>(seen.maybe_weight), false,
              std::nullopt};
    }
    case Aggregate::kSum:
      return sum_range(measure, seen, open);
    case Aggregate::kDistinct: {
      std::set<Value> all(seen.certain.begin(), seen.certain.end());
      const auto low = static_cast<Bound>(all.size());
      all.insert(seen.maybe.begin(), seen.maybe.end());
      Bound most = static_cast<Bound>(all.size()) + static_cast<Bound>(seen.unknown_values);
      if (open) most = kInfinity;
      return {low, most, false, std::nullopt};
    }
    case Aggregate::kMin:
    case Aggregate::kMax:
      if (measure.type == ValueType::kString || measure.type == ValueType::kBool) return kAnything;
      return extreme_range(measure, seen, open, floor);
    case Aggregate::kQuantile:
      return {floor, kInfinity, seen.certain.empty(), std::nullopt};
  }
  return kAnything;
}

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

  // The reader lives inside judge(), which owns the ranges.
  const std::vector<Range>& measures_;
};

}  // namespace

Judgement judge(const Policy& policy, const std::vector<const Input*>& inputs, bool closed) {
  Judgement judgement;
  std::vector<Range> ranges;
  std::vector<Value> values;
  bool certain = closed;
  for (const Measure& measure : policy.measures) {
    const Seen seen = look(measure, inputs);
    certain = certain && !seen.any_maybe && seen.unknown_values == 0;
    values.push_back(certain_value(measure, seen));
    ranges.push_back(fitted(measure_range(measure, seen, !closed), measure.type));
    judgement.figures.push_back({measure.name, measure.type, values.back(), true});
  }
  judgement.answer = certain ? truth_of(interpret(policy.report_when, {nullptr, {}, values}))
                             : RangeReader(ranges).truth(policy.report_when);
  return judgement;
}

}  // namespace tidewaiter::reference
