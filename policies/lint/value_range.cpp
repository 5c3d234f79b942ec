#include "policies/lint/value_range.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "policies/language/similarity_sketch.h"
#include "policies/lint/truth_analysis.h"
#include "policies/model/calendar_date.h"
#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

constexpr long double kInfinity = ValueRange::kInfinity;

bool is_whole(ValueType type) {
  return type == ValueType::kInt64 || type == ValueType::kDuration ||
         type == ValueType::kTimestamp || type == ValueType::kMoney || type == ValueType::kBool;
}

ValueRange closed(long double low, long double high) { return {low, high, false, false}; }

ValueRange hull(const ValueRange& a, const ValueRange& b) {
  ValueRange out;
  out.low = std::min(a.low, b.low);
  out.high = std::max(a.high, b.high);
  out.low_open = !a.contains(out.low) && !b.contains(out.low);
  out.high_open = !a.contains(out.high) && !b.contains(out.high);
  return out;
}

/// Never has a value, as a quotient by 0: no claim about it holds.
constexpr ValueRange kNoValue{1, -1, false, false};

constexpr auto kLeastInt = static_cast<long double>(std::numeric_limits<std::int64_t>::min());
constexpr auto kMostInt = static_cast<long double>(std::numeric_limits<std::int64_t>::max());

/// Of whole numbers what does not fit int64 has no value.
ValueRange fitting(const ValueRange& range, ValueType type) {
  if (!is_whole(type)) return range;
  const ValueRange fits = intersection(range, closed(kLeastInt, kMostInt));
  return fits.empty() ? kNoValue : fits;
}

/// Doubles round: the ends move outward by more than any rounding. An end of 0 is exact, for a
/// product or quotient has the sign that it should.
ValueRange rounded(ValueRange range, ValueType type) {
  if (type != ValueType::kDouble) return range;
  constexpr long double kSlack = 1e-12L;
  if (std::isfinite(range.low)) range.low -= std::fabs(range.low) * kSlack;
  if (std::isfinite(range.high)) range.high += std::fabs(range.high) * kSlack;
  return range;
}

ValueRange negated(const ValueRange& a) { return {-a.high, -a.low, a.high_open, a.low_open}; }

ValueRange sum(const ValueRange& a, const ValueRange& b) {
  return {a.low + b.low, a.high + b.high, a.low_open || b.low_open, a.high_open || b.high_open};
}

/// 0 times anything is 0, without end as it may be.
long double times(long double a, long double b) { return a == 0 || b == 0 ? 0 : a * b; }

ValueRange product(const ValueRange& a, const ValueRange& b) {
  const std::array corners = {times(a.low, b.low), times(a.low, b.high), times(a.high, b.low),
                              times(a.high, b.high)};
  return closed(*std::ranges::min_element(corners), *std::ranges::max_element(corners));
}

/// A quotient by zero has no value, so that only the other divisors count.
ValueRange quotient(const ValueRange& a, const ValueRange& b) {
  if (b.low == 0 && b.high == 0) return kNoValue;
  if (b.high <= 0 && b.low < 0) return quotient(negated(a), negated(b));
  if (b.low > 0) {
    return product(a, closed(std::isinf(b.high) ? 0 : 1 / b.high, 1 / b.low));
  }
  if (b.low < 0) return {};
  return closed(a.low >= 0 ? 0 : -kInfinity, a.high <= 0 ? 0 : kInfinity);
}

ValueRange remainder_range(const ValueRange& a, const ValueRange& b) {
  if (b.low == 0 && b.high == 0) return kNoValue;
  const long double most = std::max(std::fabs(b.low), std::fabs(b.high)) - 1;
  return closed(a.low >= 0 ? 0 : -most, a.high <= 0 ? 0 : most);
}

ValueRange absolute(const ValueRange& a) {
  if (a.low >= 0) return a;
  if (a.high <= 0) return negated(a);
  return closed(0, std::max(-a.low, a.high));
}

ValueRange field_range(FieldId id) {
  if (id == kFieldTime) {
    return {static_cast<long double>(kRecordTimes.from.us),
            static_cast<long double>(kRecordTimes.to.us), false, true};
  }
  return field(id).nonnegative ? closed(0, kInfinity) : ValueRange{};
}

/// Years follow one another as the instants do.
ValueRange year_range(const ValueRange& times) {
  const auto year_of = [](long double us) {
    const auto instant = static_cast<std::int64_t>(std::clamp(us, kLeastInt, kMostInt));
    return static_cast<long double>(calendar_date(floor_divide(instant, kDay.us)).year);
  };
  return closed(year_of(times.low), year_of(times.high_open ? times.high - 1 : times.high));
}

/// How many values of the argument there can be in one window of one subject.
ValueRange distinct_range(const Policy& policy, const Expr& argument) {
  const bool is_subject =
      argument.op == ExprOp::kField &&
      std::ranges::find(policy.for_each, argument.index) != policy.for_each.end();
  if (is_subject) return closed(0, 1);
  if (!is_whole(argument.type)) return closed(0, kInfinity);
  const ValueRange values =
      argument.type == ValueType::kBool ? closed(0, 1) : whole_range(range_of(argument, {}));
  return closed(0, std::max(values.high - values.low + 1, 0.0L));
}

ValueRange sum_range(const Expr& argument) {
  const ValueRange one = range_of(argument, {});
  return closed(one.low >= 0 ? 0 : -kInfinity, one.high <= 0 ? 0 : kInfinity);
}

/// Of values that are never negative, sums, rates and their like are not either.
ValueRange sign_of(const std::optional<Expr>& argument) {
  const bool nonnegative = !argument || range_of(*argument, {}).low >= 0;
  return closed(nonnegative ? 0 : -kInfinity, kInfinity);
}

/// `earlier`: the measures before this one.
ValueRange measure_range(const Policy& policy, const Measure& measure,
                         std::span<const ValueRange> earlier) {
  switch (measure.aggregate) {
    case Aggregate::kCount:
    case Aggregate::kStddev:
    case Aggregate::kEntropy:
      return closed(0, kInfinity);
    case Aggregate::kRate:
    case Aggregate::kCv:
      return sign_of(measure.argument);
    case Aggregate::kSum:
      return sum_range(*measure.argument);
    case Aggregate::kDistinct:
      return distinct_range(policy, *measure.argument);
    case Aggregate::kMin:
    case Aggregate::kMax:
    case Aggregate::kQuantile:
    case Aggregate::kFirst:
    case Aggregate::kLast:
      return range_of(*measure.argument, {});
    case Aggregate::kAvg:
      return rounded(range_of(*measure.argument, {}), ValueType::kDouble);
    case Aggregate::kTopShare:
    case Aggregate::kGini:
    case Aggregate::kLockstep:
      return closed(0, 1);
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
    case Aggregate::kMatched:
      return closed(0, kInfinity);
    case Aggregate::kDeviation:
      return {};
    case Aggregate::kCusum:
      return closed(0, kInfinity);
    case Aggregate::kFormula:
      return intersection(range_of(*measure.formula, earlier),
                          share_range(*measure.formula, earlier, measure_orders(policy)));
  }
  return {};
}

template <class Combine>
ValueRange fold(const Expr& expr, std::span<const ValueRange> measures, Combine combine) {
  ValueRange out = range_of(expr.args.front(), measures);
  for (std::size_t i = 1; i < expr.args.size(); ++i) {
    out = combine(out, range_of(expr.args[i], measures));
  }
  return out;
}

ValueRange least(const ValueRange& a, const ValueRange& b) {
  return closed(std::min(a.low, b.low), std::min(a.high, b.high));
}

ValueRange greatest(const ValueRange& a, const ValueRange& b) {
  return closed(std::max(a.low, b.low), std::max(a.high, b.high));
}

ValueRange literal_range(const Expr& expr) {
  const long double value = number_of(expr.literal);
  return std::isnan(value) ? ValueRange{} : closed(value, value);
}

}  // namespace

ValueRange intersection(const ValueRange& a, const ValueRange& b) {
  ValueRange out;
  out.low = std::max(a.low, b.low);
  out.high = std::min(a.high, b.high);
  out.low_open = !a.contains(out.low) || !b.contains(out.low);
  out.high_open = !a.contains(out.high) || !b.contains(out.high);
  return out;
}

ValueRange whole_range(const ValueRange& range) {
  long double low = std::ceil(range.low);
  long double high = std::floor(range.high);
  if (range.low_open && low == range.low) low += 1;
  if (range.high_open && high == range.high) high -= 1;
  return closed(low, high);
}

long double number_of(const Value& value) {
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) {
    return static_cast<long double>(*whole);
  }
  if (const auto* const real = std::get_if<double>(&value)) return *real;
  if (const auto* const truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  return std::numeric_limits<long double>::quiet_NaN();
}

ValueRange share_range(const Expr& expr, std::span<const ValueRange> measures,
                       std::span<const MeasureOrder> orders) {
  if (expr.op != ExprOp::kDiv) return {};
  const Expr& part = expr.args[0];
  const Expr& whole = expr.args[1];
  const bool of_measures = part.op == ExprOp::kMeasure && whole.op == ExprOp::kMeasure;
  if (!of_measures || part.index >= measures.size() || measures[part.index].low < 0) return {};
  const bool ordered = std::ranges::any_of(orders, [&](const MeasureOrder& order) {
    return order.low == part.index && order.high == whole.index;
  });
  return ordered ? closed(0, 1) : ValueRange{};
}

bool may_overflow(const Expr& expr, std::span<const ValueRange> measures) {
  // Figures that a policy may well meet.
  constexpr long double kOrdinary = 1e9L;
  const auto ordinary = [&](std::size_t i) {
    ValueRange range = range_of(expr.args[i], measures);
    if (std::isinf(range.low)) range.low = std::min(-kOrdinary, range.high);
    if (std::isinf(range.high)) range.high = std::max(kOrdinary, range.low);
    return range;
  };
  ValueRange result = closed(0, 0);
  if (is_whole(expr.type)) {
    if (expr.op == ExprOp::kAdd) result = sum(ordinary(0), ordinary(1));
    if (expr.op == ExprOp::kSub) result = sum(ordinary(0), negated(ordinary(1)));
    if (expr.op == ExprOp::kMul) result = product(ordinary(0), ordinary(1));
  }
  if (result.low < kLeastInt || result.high > kMostInt) return true;
  return std::ranges::any_of(expr.args,
                             [&](const Expr& arg) { return may_overflow(arg, measures); });
}

std::vector<ValueRange> measure_ranges(const Policy& policy) {
  std::vector<ValueRange> ranges;
  ranges.reserve(policy.measures.size());
  for (const Measure& measure : policy.measures) {
    ranges.push_back(measure_range(policy, measure, ranges));
  }
  return ranges;
}

ValueRange range_of(const Expr& expr, std::span<const ValueRange> measures) {
  const auto arg = [&](std::size_t i) { return range_of(expr.args[i], measures); };
  switch (expr.op) {
    case ExprOp::kLiteral:
      return literal_range(expr);
    case ExprOp::kField:
      return expr.type == ValueType::kBool ? closed(0, 1) : field_range(expr.index);
    case ExprOp::kMeasure:
      return expr.index < measures.size() ? measures[expr.index] : ValueRange{};
    case ExprOp::kAdd:
      return rounded(fitting(sum(arg(0), arg(1)), expr.type), expr.type);
    case ExprOp::kSub:
      return rounded(fitting(sum(arg(0), negated(arg(1))), expr.type), expr.type);
    case ExprOp::kMul:
      return rounded(fitting(product(arg(0), arg(1)), expr.type), expr.type);
    case ExprOp::kDiv:
      return rounded(quotient(arg(0), arg(1)), expr.type);
    case ExprOp::kMod:
      return remainder_range(arg(0), arg(1));
    case ExprOp::kNeg:
      return fitting(negated(arg(0)), expr.type);
    case ExprOp::kAbs:
      return fitting(absolute(arg(0)), expr.type);
    case ExprOp::kIf:
      return hull(arg(1), arg(2));
    case ExprOp::kDefault:
      return hull(arg(0), arg(1));
    case ExprOp::kLeast:
      return fold(expr, measures, least);
    case ExprOp::kGreatest:
      return fold(expr, measures, greatest);
    case ExprOp::kRound:
    case ExprOp::kFloor:
    case ExprOp::kCeil: {
      const ValueRange inner = arg(0);
      return closed(std::floor(inner.low), std::ceil(inner.high));
    }
    case ExprOp::kHourOf:
      return closed(0, 23);
    case ExprOp::kWeekdayOf:
      return closed(1, 7);
    case ExprOp::kDayOf:
      return closed(1, 31);
    case ExprOp::kWeekOf:
      return closed(1, 53);
    case ExprOp::kMonthOf:
      return closed(1, 12);
    case ExprOp::kYearOf:
      return year_range(arg(0));
    case ExprOp::kSketchDistance:
      return closed(0, static_cast<long double>(kSketchBits));
    default:
      return {};
  }
}

}  // namespace tidewaiter
