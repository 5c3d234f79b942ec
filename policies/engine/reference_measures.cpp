#include "policies/engine/reference_measures.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "policies/engine/reference_history.h"
#include "policies/engine/reference_ranges.h"
#include "policies/engine/reference_steps.h"
#include "policies/engine/reference_sum.h"
#include "policies/engine/reference_trailing.h"
#include "policies/language/interpret.h"

namespace tidewaiter::reference {

namespace {

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
    case ExprOp::kDayOf:
    case ExprOp::kWeekOf:
    case ExprOp::kMonthOf:
    case ExprOp::kSketchDistance:
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

/// A certain record with its value, for what is more than a total of values.
struct Point {
  std::int64_t time = 0;
  std::int64_t seq = 0;
  std::int64_t requests = 0;
  Value value;
  Value group;
};

/// What one measure sees of a window.
struct Seen {
  std::vector<Value> certain;
  std::vector<Value> maybe;
  std::vector<Point> points;  ///< of the certain ones, by (time, seq)
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
    const bool is_over_times =
        measure.aggregate == Aggregate::kCv || measure.aggregate == Aggregate::kLockstep;
    if (!measure.argument && !is_over_times) continue;
    Value value = measure.argument ? interpret(*measure.argument, bindings) : Value(true);
    Value group = measure.group ? interpret(*measure.group, bindings) : Value(true);
    if (is_null(value) || is_null(group)) {
      ++seen.unknown_values;
    } else {
      if (certain) {
        seen.points.push_back(
            {input->record.time.us, input->seq, input->record.requests, value, std::move(group)});
      }
      (certain ? seen.certain : seen.maybe).push_back(std::move(value));
    }
  }
  std::sort(seen.points.begin(), seen.points.end(), [](const Point& a, const Point& b) {
    return std::tie(a.time, a.seq) < std::tie(b.time, b.seq);
  });
  return seen;
}

Value fit(Seen::Weight total) {
  if (total < std::numeric_limits<std::int64_t>::min() ||
      total > std::numeric_limits<std::int64_t>::max()) {
    return {};
  }
  return static_cast<std::int64_t>(total);
}

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

/// What count() or sum(x), and so a rate, has in the certain inputs.
Bound total_bound(const Measure& measure, const Seen& seen) {
  if (!measure.argument) return static_cast<Bound>(seen.certain_weight);
  return sum_bound(seen.certain, measure.argument->type);
}

double as_double(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

Value finite(double x) { return std::isfinite(x) ? Value(x == 0 ? 0.0 : x) : Value(); }

/// The mean, and the root of the mean square around it.
std::pair<double, double> moments(const std::vector<double>& xs) {
  const auto n = static_cast<double>(xs.size());
  const double mean = rounded_total(xs) / n;
  std::vector<double> squares;
  squares.reserve(xs.size());
  for (const double x : xs) squares.push_back((x - mean) * (x - mean));
  return {mean, std::sqrt(rounded_total(squares) / n)};
}

Value mean_of(const Measure& measure, const Seen& seen) {
  const auto n = static_cast<Seen::Weight>(seen.certain.size());
  if (n == 0) return {};
  if (measure.argument->type == ValueType::kDouble) {
    std::vector<double> xs;
    for (const Value& value : seen.certain) xs.push_back(std::get<double>(value));
    return finite(rounded_total(xs) / static_cast<double>(n));
  }
  Seen::Weight total = 0;
  for (const Value& value : seen.certain) total += std::get<std::int64_t>(value);
  if (measure.type == ValueType::kDouble) {
    return finite(static_cast<double>(total) / static_cast<double>(n));
  }
  // The whole number nearest to total / n, the even one of two.
  Seen::Weight low = total / n - 1;
  while ((low + 1) * n <= total) ++low;
  const Seen::Weight twice_rest = 2 * (total - low * n);
  const bool up = twice_rest > n || (twice_rest == n && low % 2 != 0);
  return static_cast<std::int64_t>(low + (up ? 1 : 0));
}

Value variation_of(const Measure& measure, const Seen& seen) {
  std::vector<double> xs;
  if (measure.argument) {
    for (const Value& value : seen.certain) xs.push_back(as_double(value));
  } else {
    for (std::size_t i = 0; i + 1 < seen.points.size(); ++i) {
      xs.push_back(static_cast<double>(seen.points[i + 1].time - seen.points[i].time));
    }
  }
  if (xs.size() < 2) return {};
  const auto [mean, deviation] = moments(xs);
  return mean == 0 ? Value() : finite(deviation / std::abs(mean));
}

/// How often each value was asked for, most often first.
std::vector<Seen::Weight> frequencies_of(const Seen& seen) {
  std::map<Value, Seen::Weight> of;
  for (const Point& point : seen.points) of[point.value] += point.requests;
  std::vector<Seen::Weight> all;
  all.reserve(of.size());
  for (const auto& [value, requests] : of) all.push_back(requests);
  std::sort(all.rbegin(), all.rend());
  return all;
}

Value share_of_top(const Measure& measure, const Seen& seen) {
  Seen::Weight total = 0;
  Seen::Weight top = 0;
  std::int64_t rank = 0;
  for (const Seen::Weight requests : frequencies_of(seen)) {
    total += requests;
    if (++rank <= measure.top) top += requests;
  }
  return total == 0 ? Value() : finite(static_cast<double>(top) / static_cast<double>(total));
}

Value entropy_of(const Seen& seen) {
  Seen::Weight total = 0;
  for (const Point& point : seen.points) total += point.requests;
  if (total == 0) return {};
  std::vector<double> terms;
  for (const Seen::Weight requests : frequencies_of(seen)) {
    if (requests == 0) continue;
    const double p = static_cast<double>(requests) / static_cast<double>(total);
    terms.push_back(-p * std::log2(p));
  }
  return finite(rounded_total(terms));
}

/// Σ (2i − n − 1) t_i / (n Σ t_i), t ascending.
Value gini_of(const Measure& measure, const Seen& seen) {
  std::map<Value, std::vector<Value>> groups;
  for (const Point& point : seen.points) groups[point.group].push_back(point.value);
  const auto n = static_cast<Seen::Weight>(groups.size());
  if (measure.argument->type != ValueType::kDouble) {
    std::multiset<Seen::Weight> totals;
    for (const auto& [group, values] : groups) {
      Seen::Weight total = 0;
      for (const Value& value : values) total += std::get<std::int64_t>(value);
      totals.insert(total);
    }
    Seen::Weight all = 0;
    Seen::Weight uneven = 0;
    Seen::Weight i = 0;
    for (const Seen::Weight total : totals) {
      all += total;
      uneven += (2 * ++i - n - 1) * total;
    }
    if (all <= 0 || *totals.begin() < 0) return {};
    return finite(static_cast<double>(uneven) /
                  (static_cast<double>(n) * static_cast<double>(all)));
  }
  std::multiset<double> totals;
  for (const auto& [group, values] : groups) {
    std::vector<double> xs;
    for (const Value& value : values) xs.push_back(std::get<double>(value));
    totals.insert(rounded_total(xs));
  }
  std::vector<double> terms;
  std::vector<double> all;
  for (const double total : totals) {
    const auto i = static_cast<double>(terms.size() + 1);
    terms.push_back((2 * i - static_cast<double>(n) - 1) * total);
    all.push_back(total);
  }
  const double sum = rounded_total(all);
  const double uneven = rounded_total(terms);
  if (!std::isfinite(uneven) || !(sum > 0) || *totals.begin() < 0) return {};
  return finite(uneven / (static_cast<double>(n) * sum));
}

/// Pair by pair, as the formula is written.
Value lockstep_of(const Measure& measure, const Seen& seen) {
  std::map<Value, std::set<std::pair<std::int64_t, Value>>> actions;
  for (const Point& point : seen.points) {
    std::int64_t slot = point.time / measure.slot.us;
    if (slot * measure.slot.us > point.time) --slot;
    actions[point.group].emplace(slot, point.value);
  }
  Seen::Weight common = 0;
  Seen::Weight either = 0;
  for (auto a = actions.begin(); a != actions.end(); ++a) {
    for (auto b = std::next(a); b != actions.end(); ++b) {
      std::set<std::pair<std::int64_t, Value>> both = a->second;
      both.insert(b->second.begin(), b->second.end());
      either += static_cast<Seen::Weight>(both.size());
      common += static_cast<Seen::Weight>(a->second.size() + b->second.size() - both.size());
    }
  }
  if (either == 0) return {};
  return finite(static_cast<double>(common) / static_cast<double>(either));
}

/// The values of the records of one time, of which there is one at least.
std::set<Value> values_at(const Seen& seen, std::int64_t time) {
  std::set<Value> values;
  for (const Point& point : seen.points) {
    if (point.time == time) values.insert(point.value);
  }
  return values;
}

/// Writes a zero in one way.
Value plain(const Value& value) {
  const auto* real = std::get_if<double>(&value);
  return real != nullptr && *real == 0 ? Value(0.0) : value;
}

Value rate_of(double total, Duration length) {
  return finite(total / (static_cast<double>(length.us) / 1e6));
}

Value certain_value(const Measure& measure, const Seen& seen, Duration length) {
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
    case Aggregate::kAvg:
      return mean_of(measure, seen);
    case Aggregate::kRate:
      return rate_of(static_cast<double>(total_bound(measure, seen)), length);
    case Aggregate::kStddev: {
      std::vector<double> xs;
      for (const Value& value : seen.certain) xs.push_back(as_double(value));
      return xs.empty() ? Value() : finite(moments(xs).second);
    }
    case Aggregate::kCv:
      return variation_of(measure, seen);
    case Aggregate::kEntropy:
      return entropy_of(seen);
    case Aggregate::kTopShare:
      return share_of_top(measure, seen);
    case Aggregate::kGini:
      return seen.points.empty() ? Value() : gini_of(measure, seen);
    case Aggregate::kLockstep:
      return lockstep_of(measure, seen);
    case Aggregate::kFirst:
      if (seen.points.empty()) return {};
      return plain(*values_at(seen, seen.points.front().time).begin());
    case Aggregate::kLast:
      if (seen.points.empty()) return {};
      return plain(*values_at(seen, seen.points.back().time).rbegin());
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
    case Aggregate::kMatched:
    case Aggregate::kDeviation:
    case Aggregate::kCusum:
    case Aggregate::kFormula:
      break;  // judge() knows
  }
  return {};
}

Range count_range(const Seen& seen, bool open) {
  const auto low = static_cast<Bound>(seen.certain_weight);
  return {low, open ? kInfinity : low + static_cast<Bound>(seen.maybe_weight), false, std::nullopt};
}

Range sum_range(const Measure& measure, const Seen& seen, bool open) {
  std::vector<Value> least = seen.certain;
  std::vector<Value> most = seen.certain;
  for (const Value& value : seen.maybe) (bound_of(value) < 0 ? least : most).push_back(value);
  const ValueType type = measure.argument->type;
  Range range{sum_bound(least, type), sum_bound(most, type), false, std::nullopt};
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

Range measure_range(const Measure& measure, const Seen& seen, bool open, Duration length) {
  if (!open && !seen.any_maybe && seen.unknown_values == 0) {
    return exactly(certain_value(measure, seen, length));
  }
  const Bound floor = measure.argument && cannot_be_negative(*measure.argument) ? 0 : -kInfinity;
  switch (measure.aggregate) {
    case Aggregate::kCount:
      return count_range(seen, open);
    case Aggregate::kSum:
      return sum_range(measure, seen, open);
    case Aggregate::kRate: {
      Range range = measure.argument ? sum_range(measure, seen, open) : count_range(seen, open);
      for (Bound* bound : {&range.low, &range.high}) {
        if (std::isinf(*bound)) continue;
        const Value rate = rate_of(static_cast<double>(*bound), length);
        *bound = is_null(rate) ? std::copysign(kInfinity, *bound) : Bound{std::get<double>(rate)};
      }
      return range;
    }
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
    default:
      return kAnything;
  }
}

Value history_value(const Score& score, const Value& x) {
  return score && is_number(x) ? score(as_double(x)) : Value();
}

Range history_range(const Measure& measure, const Score& score, const Past::History& history,
                    const Range& x, bool closed) {
  if (!score) return closed ? exactly(Value()) : kAnything;
  if ((!closed && !history.settled) || x.maybe_null) return kAnything;
  Range range{x.low, x.high, false, std::nullopt};
  // No cumulative sum is below 0, however low the figure.
  if (measure.aggregate == Aggregate::kCusum && range.low == -kInfinity) range.low = 0;
  for (const auto& [from, to] : {std::pair{x.low, &range.low}, std::pair{x.high, &range.high}}) {
    if (std::isinf(from)) continue;
    const Value scored = score(static_cast<double>(from));
    if (is_null(scored)) return kAnything;
    *to = std::get<double>(scored);
  }
  if (range.low == range.high) range.exact = Value(static_cast<double>(range.low));
  return range;
}

/// Of what a record may still undo nothing is told before the window is closed.
Range steps_range(const Measure& measure, const StepCount& count, bool open) {
  if (!open && !count.in_doubt) return exactly(Value(count.least));
  const bool undone_by_more =
      measure.aggregate == Aggregate::kMissing || measure.pattern->without.has_value() ||
      (measure.pattern->trailing && !only_grows(*measure.pattern->trailing));
  if (open && undone_by_more) return kAnything;
  return {static_cast<Bound>(count.least), open ? kInfinity : static_cast<Bound>(count.most), false,
          std::nullopt};
}

}  // namespace

Judgement judge(const Policy& policy, const std::vector<const Input*>& inputs, Duration length,
                bool closed, const Past& past) {
  Judgement judgement;
  std::vector<Range> ranges;
  std::vector<Value> values;
  bool certain = closed;
  for (const Measure& measure : policy.measures) {
    if (measure.baseline) {
      const std::size_t base = measure.baseline->measure;
      const Past::History& history = past.histories[values.size()];
      const Score score = history.lost ? Score() : score_of(measure, history.values);
      values.push_back(history_value(score, values[base]));
      ranges.push_back(history_range(measure, score, history, ranges[base], closed));
    } else if (measure.formula) {
      values.push_back(interpret(*measure.formula, {nullptr, {}, values}));
      ranges.push_back(fitted(range_over(*measure.formula, ranges), measure.type));
    } else if (measure.pattern) {
      const StepCount count = measure.pattern->trailing
                                  ? count_instants(measure, inputs, past.window_end - length)
                                  : count_steps(measure, inputs, past.window_end);
      certain = certain && !count.in_doubt;
      values.emplace_back(count.least);
      ranges.push_back(steps_range(measure, count, !closed));
    } else {
      const Seen seen = look(measure, inputs);
      certain = certain && !seen.any_maybe && seen.unknown_values == 0;
      values.push_back(certain_value(measure, seen, length));
      ranges.push_back(fitted(measure_range(measure, seen, !closed, length), measure.type));
    }
    judgement.figures.push_back({measure.name, measure.type, values.back(), true});
  }
  if (past.scattered) {
    certain = false;
    std::fill(ranges.begin(), ranges.end(), kAnything);
  }
  judgement.certain = certain;
  judgement.answer = certain ? truth_of(interpret(policy.report_when, {nullptr, {}, values}))
                             : truth_over(policy.report_when, ranges);
  return judgement;
}

}  // namespace tidewaiter::reference
