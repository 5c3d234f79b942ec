#include "policies/engine/reference_history.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace tidewaiter::reference {
namespace {

Value finite(double value) { return std::isfinite(value) ? Value(value + 0.0) : Value(); }

double middle_of(std::vector<double> sorted) {
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2;
}

/// Where figures lie and how they spread; nothing where they do not say what is usual.
struct Scale {
  double median = 0;
  double mad = 0;
};

std::optional<Scale> scale_of(const std::vector<double>& past) {
  if (past.size() < 7) return std::nullopt;
  Scale scale;
  scale.median = middle_of(past);
  std::vector<double> off;
  off.reserve(past.size());
  for (const double x : past) off.push_back(std::abs(x - scale.median));
  scale.mad = middle_of(off);
  if (scale.mad == 0 || !std::isfinite(scale.mad)) return std::nullopt;
  return scale;
}

Score deviation(const std::vector<double>& past) {
  const std::optional<Scale> scale = scale_of(past);
  if (!scale) return {};
  return [scale = *scale](double x) { return finite(0.6745 * (x - scale.median) / scale.mad); };
}

/// The sums are taken anew from the first for every figure: no state to get wrong.
Score cusum(std::vector<double> past) {
  std::reverse(past.begin(), past.end());
  std::size_t estimating = (past.size() + 1) / 2;
  if (estimating < 7) estimating = 7;
  if (past.size() < estimating) return {};
  const auto split = past.begin() + static_cast<std::ptrdiff_t>(estimating);
  const std::optional<Scale> scale = scale_of({past.begin(), split});
  if (!scale) return {};
  Score score = [scale = *scale, later = std::vector<double>(split, past.end())](double x) {
    std::vector<double> all = later;
    all.push_back(x);
    double sum = 0;
    for (const double each : all) {
      sum = sum + (each - scale.median) / (1.4826 * scale.mad) - 0.5;
      if (!std::isfinite(sum)) return Value();
      if (sum < 0) sum = 0;
    }
    return finite(sum);
  };
  // Where a term before the figure is no double, no figure has a score.
  return is_null(score(scale->median)) ? Score() : score;
}

}  // namespace

Score score_of(const Measure& measure, const std::vector<double>& past) {
  return measure.aggregate == Aggregate::kCusum ? cusum(past) : deviation(past);
}

}  // namespace tidewaiter::reference
