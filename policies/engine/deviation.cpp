#include "policies/engine/deviation.h"

#include <algorithm>
#include <cmath>

namespace tidewaiter {
namespace {

double median_of(std::vector<double>& values) {
  const auto middle = static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, values.begin() + middle);
  const double upper = values[static_cast<std::size_t>(middle)];
  if (values.size() % 2 != 0) return upper;
  const double lower = *std::max_element(values.begin(), values.begin() + middle);
  return lower / 2 + upper / 2;  // halves first: their sum may be no double
}

}  // namespace

std::optional<Usual> usual_of(std::vector<double> values) {
  if (values.size() < kLeastHistory) return std::nullopt;
  Usual usual;
  usual.median = median_of(values);
  for (double& value : values) value = std::fabs(value - usual.median);
  usual.mad = median_of(values);
  if (!(usual.mad > 0) || !std::isfinite(usual.mad)) return std::nullopt;
  return usual;
}

Value deviation_from(const Usual& usual, double x) {
  constexpr double kNormalQuantile = 0.6745;
  const double score = kNormalQuantile * (x - usual.median) / usual.mad;
  return std::isfinite(score) ? Value(score + 0.0) : Value();
}

}  // namespace tidewaiter
