#include "policies/engine/samples.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <tuple>

#include "policies/engine/exact_sum.h"
#include "policies/engine/lockstep.h"

namespace tidewaiter {
namespace {

Value finite(double value) { return std::isfinite(value) ? Value(value + 0.0) : Value(); }

/// Population standard deviation and mean; both sums exact and rounded once, so that the order of
/// the values does not matter.
struct Spread {
  double mean = 0.0;
  double deviation = 0.0;
};

Spread spread_of(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  ExactSum sum;
  for (const double value : values) sum.add(value);
  Spread spread;
  spread.mean = sum.rounded() / n;
  ExactSum squares;
  for (const double value : values) {
    const double off = value - spread.mean;
    const double square = off * off;
    if (!std::isfinite(square)) return {spread.mean, std::numeric_limits<double>::infinity()};
    squares.add(square);
  }
  spread.deviation = std::sqrt(squares.rounded() / n);
  return spread;
}

bool is_real(const Measure& measure) {
  return measure.argument && measure.argument->type == ValueType::kDouble;
}

std::vector<double> numbers(const Measure& measure, std::span<const Sample> samples) {
  std::vector<double> all;
  all.reserve(samples.size());
  for (const Sample& sample : samples) {
    all.push_back(is_real(measure) ? sample.number : static_cast<double>(sample.key));
  }
  return all;
}

/// µs between each record and the one before it.
std::vector<double> interarrivals(std::span<const Sample> samples) {
  std::vector<double> all;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    all.push_back(static_cast<double>(samples[i].time - samples[i - 1].time));
  }
  return all;
}

Value stddev(const Measure& measure, std::span<const Sample> samples) {
  return finite(spread_of(numbers(measure, samples)).deviation);
}

Value coefficient_of_variation(const Measure& measure, std::span<const Sample> samples) {
  const std::vector<double> values =
      measure.argument ? numbers(measure, samples) : interarrivals(samples);
  if (values.size() < 2) return {};
  const Spread spread = spread_of(values);
  if (spread.mean == 0.0) return {};
  return finite(spread.deviation / std::fabs(spread.mean));
}

/// Weights of the different values, and of all.
struct Frequencies {
  std::vector<Int128> weights;
  Int128 total = 0;
};

Frequencies frequencies(std::span<const Sample> samples) {
  std::map<std::int64_t, Int128> by_value;
  Frequencies all;
  for (const Sample& sample : samples) {
    by_value[sample.key] += sample.weight;
    all.total += sample.weight;
  }
  for (const auto& [value, weight] : by_value) all.weights.push_back(weight);
  return all;
}

Value entropy(std::span<const Sample> samples) {
  const Frequencies all = frequencies(samples);
  if (all.total <= 0) return {};
  ExactSum sum;
  for (const Int128 weight : all.weights) {
    if (weight == 0) continue;
    const double share = static_cast<double>(weight) / static_cast<double>(all.total);
    sum.add(-share * std::log2(share));
  }
  return finite(sum.rounded());
}

Value top_share(std::int64_t top, std::span<const Sample> samples) {
  Frequencies all = frequencies(samples);
  if (all.total <= 0) return {};
  std::ranges::sort(all.weights, std::greater<>());
  Int128 most = 0;
  for (std::size_t i = 0; i < all.weights.size() && static_cast<std::int64_t>(i) < top; ++i) {
    most += all.weights[i];
  }
  return finite(static_cast<double>(most) / static_cast<double>(all.total));
}

/// G = Σ (2i − n − 1) t_i / (n Σ t_i) over the groups' totals t_1 <= … <= t_n.
Value gini_of_whole(std::span<const Sample> samples) {
  std::map<std::int64_t, Int128> by_group;
  for (const Sample& sample : samples) by_group[sample.group] += sample.key;
  std::vector<Int128> totals;
  totals.reserve(by_group.size());
  for (const auto& [group, total] : by_group) totals.push_back(total);
  std::ranges::sort(totals);
  const auto n = static_cast<Int128>(totals.size());
  Int128 sum = 0;
  Int128 spread = 0;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    sum += totals[i];
    spread += (2 * (static_cast<Int128>(i) + 1) - n - 1) * totals[i];
  }
  if (sum <= 0 || totals.front() < 0) return {};
  return finite(static_cast<double>(spread) / (static_cast<double>(n) * static_cast<double>(sum)));
}

Value gini_of_doubles(std::span<const Sample> samples) {
  std::map<std::int64_t, ExactSum> by_group;
  for (const Sample& sample : samples) by_group[sample.group].add(sample.number);
  std::vector<double> totals;
  totals.reserve(by_group.size());
  for (const auto& [group, total] : by_group) totals.push_back(total.rounded());
  std::ranges::sort(totals);
  const auto n = static_cast<double>(totals.size());
  ExactSum sum;
  ExactSum spread;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    const double share = (2 * (static_cast<double>(i) + 1) - n - 1) * totals[i];
    if (!std::isfinite(share)) return {};
    sum.add(totals[i]);
    spread.add(share);
  }
  if (!(sum.rounded() > 0) || totals.front() < 0) return {};
  return finite(spread.rounded() / (n * sum.rounded()));
}

Value value_of(const Measure& measure, const Sample& sample) {
  return is_real(measure) ? Value(sample.number + 0.0) : Value(sample.key);  // no −0
}

/// The least value of the earliest time: which of its records came first says nothing.
Value first(const Measure& measure, std::span<const Sample> samples) {
  const auto later = std::ranges::upper_bound(samples, samples.front().time, {}, &Sample::time);
  return value_of(measure, *std::ranges::min_element(samples.begin(), later, {}, &Sample::key));
}

/// The greatest value of the latest time.
Value last(const Measure& measure, std::span<const Sample> samples) {
  const auto latest = std::ranges::lower_bound(samples, samples.back().time, {}, &Sample::time);
  return value_of(measure, *std::ranges::max_element(latest, samples.end(), {}, &Sample::key));
}

}  // namespace

bool keeps_samples(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kStddev:
    case Aggregate::kCv:
    case Aggregate::kEntropy:
    case Aggregate::kTopShare:
    case Aggregate::kGini:
    case Aggregate::kFirst:
    case Aggregate::kLast:
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
    case Aggregate::kMatched:
    case Aggregate::kLockstep:
      return true;
    case Aggregate::kCount:
    case Aggregate::kSum:
    case Aggregate::kMin:
    case Aggregate::kMax:
    case Aggregate::kDistinct:
    case Aggregate::kQuantile:
    case Aggregate::kAvg:
    case Aggregate::kRate:
    case Aggregate::kDeviation:
    case Aggregate::kCusum:
    case Aggregate::kFormula:
      return false;
  }
  return false;
}

Value value_of_samples(const Measure& measure, std::span<const Sample> samples) {
  if (samples.empty()) return {};
  switch (measure.aggregate) {
    case Aggregate::kStddev:
      return stddev(measure, samples);
    case Aggregate::kCv:
      return coefficient_of_variation(measure, samples);
    case Aggregate::kEntropy:
      return entropy(samples);
    case Aggregate::kTopShare:
      return top_share(measure.top, samples);
    case Aggregate::kGini:
      return is_real(measure) ? gini_of_doubles(samples) : gini_of_whole(samples);
    case Aggregate::kLockstep:
      return lockstep_of(measure, samples);
    case Aggregate::kFirst:
      return first(measure, samples);
    case Aggregate::kLast:
      return last(measure, samples);
    default:
      return {};
  }
}

Value mean_of(double total, std::int64_t n) { return finite(total / static_cast<double>(n)); }

Value mean_of(Int128 total, std::int64_t n, ValueType result) {
  if (result == ValueType::kDouble) return mean_of(static_cast<double>(total), n);
  Int128 mean = total / n;
  Int128 rest = total % n;
  if (rest < 0) {
    rest += n;
    --mean;
  }
  if (2 * rest > n || (2 * rest == n && mean % 2 != 0)) ++mean;
  return static_cast<std::int64_t>(mean);  // between the least and the greatest value
}

Value rate_of(double total, Duration length) {
  return finite(total / (static_cast<double>(length.us) / 1e6));
}

}  // namespace tidewaiter
