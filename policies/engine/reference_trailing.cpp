#include "policies/engine/reference_trailing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <variant>

#include "policies/engine/reference_sum.h"
#include "policies/language/interpret.h"

namespace tidewaiter::reference {
namespace {

using Kind = TrailingFigure::Kind;

/// An input as one step. One that is several steps is several of them.
struct Occurrence {
  UtcTime time;
  std::size_t step = 0;
  Value value;  ///< null: it has none
};

Truth truth_in(const Input& input, const Expr& where) {
  return std::min(input.truth, truth_of(interpret(where, {&input.record, {}, {}})));
}

/// The inputs that are steps at least as truly as `least` says.
std::vector<Occurrence> occurrences(const Measure& measure, const std::vector<const Input*>& inputs,
                                    Truth least) {
  std::vector<Occurrence> all;
  for (const Input* input : inputs) {
    for (std::size_t step = 0; step < measure.pattern->steps.size(); ++step) {
      if (truth_in(*input, measure.pattern->steps[step].where) < least) continue;
      Occurrence one{input->record.time, step, {}};
      if (measure.argument) one.value = interpret(*measure.argument, {&input->record, {}, {}});
      all.push_back(std::move(one));
    }
  }
  return all;
}

double number_of(const Value& value) {
  const auto* const whole = std::get_if<std::int64_t>(&value);
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
}

/// What the stretch that ends at `now` is held against its limits by: one figure, none, or, of
/// shares, one for each value that comes at `now`.
std::vector<double> figures_at(UtcTime now, const Measure& measure,
                               const std::vector<Occurrence>& all) {
  const TrailingFigure& figure = *measure.pattern->trailing;
  double records = 0;
  std::set<std::size_t> steps;
  std::multiset<Value> values;
  std::set<Value> fresh;
  for (const Occurrence& one : all) {
    if (one.time > now || now - one.time > measure.pattern->within) continue;
    ++records;
    steps.insert(one.step);
    if (is_null(one.value)) continue;
    values.insert(one.value);
    if (one.time == now) fresh.insert(one.value);
  }
  const auto n = static_cast<double>(values.size());
  std::vector<double> numbers;
  const bool of_numbers =
      figure.kind == Kind::kSum || figure.kind == Kind::kMean || figure.kind == Kind::kPercentile;
  if (of_numbers && values.empty()) return {};
  if (of_numbers) std::ranges::transform(values, std::back_inserter(numbers), number_of);
  switch (figure.kind) {
    case Kind::kRecords:
      return {records};
    case Kind::kSteps:
      return {static_cast<double>(steps.size())};
    case Kind::kDistinct:
      return {static_cast<double>(std::set<Value>(values.begin(), values.end()).size())};
    case Kind::kSum:
      return {rounded_total(numbers)};
    case Kind::kMean:
      return {rounded_total(numbers) / n};
    case Kind::kPercentile: {
      const double rank = std::max(1.0, std::ceil(figure.percent / 100.0 * n));
      std::ranges::sort(numbers);
      return {numbers[static_cast<std::size_t>(rank) - 1]};
    }
    case Kind::kShare:
      for (const Value& value : fresh) {
        numbers.push_back(100.0 * static_cast<double>(values.count(value)) / n);
      }
      return numbers;
  }
  return {};
}

std::set<UtcTime> instants_from(UtcTime first, const std::vector<Occurrence>& all) {
  std::set<UtcTime> times;
  for (const Occurrence& one : all) {
    if (one.time >= first) times.insert(one.time);
  }
  return times;
}

std::int64_t matching(UtcTime first, const Measure& measure, const std::vector<Occurrence>& all) {
  const std::set<UtcTime> instants = instants_from(first, all);
  return std::ranges::count_if(instants, [&](UtcTime now) {
    return std::ranges::any_of(figures_at(now, measure, all), [&](double figure) {
      return meets(figure, measure.pattern->trailing->limits);
    });
  });
}

}  // namespace

StepCount count_instants(const Measure& measure, const std::vector<const Input*>& inputs,
                         UtcTime window_begin) {
  const UtcTime first = window_begin + measure.pattern->within;
  const std::vector<Occurrence> certain = occurrences(measure, inputs, Truth::kTrue);
  const std::vector<Occurrence> possible = occurrences(measure, inputs, Truth::kUnknown);
  StepCount count;
  count.in_doubt = certain.size() != possible.size();
  if (count.in_doubt && !only_grows(*measure.pattern->trailing)) {
    count.most = static_cast<std::int64_t>(instants_from(first, possible).size());
    return count;
  }
  count.least = matching(first, measure, certain);
  count.most = matching(first, measure, possible);
  return count;
}

std::string nearest_figure(const Measure& measure, const std::vector<const Input*>& inputs) {
  const std::vector<Occurrence> all = occurrences(measure, inputs, Truth::kTrue);
  std::vector<double> figures;
  for (const Occurrence& one : all) {
    const std::vector<double> here = figures_at(one.time, measure, all);
    figures.insert(figures.end(), here.begin(), here.end());
  }
  const std::string within = " within " + format_duration(measure.pattern->within);
  if (figures.empty()) return "nothing to judge" + within;
  const auto [least, most] = std::ranges::minmax(figures);
  const auto text = [](double figure) {
    return to_text(TrailingFigure::Limit{ExprOp::kEq, figure}).substr(3);
  };
  if (only_grows(*measure.pattern->trailing)) return "at most " + text(most) + within;
  return text(least) + " to " + text(most) + within;
}

}  // namespace tidewaiter::reference
