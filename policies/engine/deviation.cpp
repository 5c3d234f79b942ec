#include "policies/engine/deviation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tidewaiter {
namespace {

double middle_of_two(double lower, double upper) {
  return lower / 2 + upper / 2;  // halves first: their sum may be no double
}

double median_of(std::vector<double>& values) {
  const auto middle = static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, values.begin() + middle);
  const double upper = values[static_cast<std::size_t>(middle)];
  if (values.size() % 2 != 0) return upper;
  const double lower = *std::max_element(values.begin(), values.begin() + middle);
  return middle_of_two(lower, upper);
}

/// Ascending values of which some are passed over.
class Remainder {
 public:
  Remainder(std::span<const double> all, std::span<const double> left_out) : all_(all) {
    auto from = all.begin();
    for (const double value : left_out) {
      from = std::ranges::lower_bound(from, all.end(), value);
      passed_over_.push_back(static_cast<std::size_t>(from - all.begin()));
      ++from;  // an equal one is the next
    }
  }

  [[nodiscard]] std::size_t size() const { return all_.size() - passed_over_.size(); }

  [[nodiscard]] double at(std::size_t i) const {
    for (const std::size_t place : passed_over_) {
      if (place > i) break;
      ++i;
    }
    return all_[i];
  }

 private:
  std::span<const double> all_;
  std::vector<std::size_t> passed_over_;  ///< their places, ascending
};

/// The median of `count` ascending numbers, each found by its place.
template <class At>
double middle(std::size_t count, const At& at) {
  const double upper = at(count / 2);
  return count % 2 != 0 ? upper : middle_of_two(at(count / 2 - 1), upper);
}

/// The smallest place at which `holds`, which holds from some place on; `end` if nowhere.
template <class Holds>
std::size_t first_place(std::size_t from, std::size_t end, const Holds& holds) {
  while (from < end) {
    const std::size_t between = from + (end - from) / 2;
    if (holds(between)) {
      end = between;
    } else {
      from = between + 1;
    }
  }
  return from;
}

/// The distance from `center` that is the k-th, from 0, in ascending order. Distances ascend from
/// the center to both sides, so that the k-th is found by how many before it lie on the left.
double distance_at(const Remainder& values, double center, std::size_t k) {
  const std::size_t split =
      first_place(0, values.size(), [&](std::size_t i) { return values.at(i) >= center; });
  const auto left = [&](std::size_t i) { return std::fabs(values.at(split - 1 - i) - center); };
  const auto right = [&](std::size_t i) { return std::fabs(values.at(split + i) - center); };
  const std::size_t on_right = values.size() - split;
  const std::size_t least = k > on_right ? k - on_right : 0;
  const std::size_t most = std::min(k, split);
  // Of the k least distances so many are left ones; the next of either side is the k-th.
  const std::size_t taken =
      first_place(least, most, [&](std::size_t i) { return left(i) >= right(k - i - 1); });
  const bool has_left = taken < split;
  const bool has_right = k - taken < on_right;
  if (!has_left) return right(k - taken);
  return has_right ? std::min(left(taken), right(k - taken)) : left(taken);
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

std::optional<Usual> usual_without(std::span<const double> all, std::span<const double> left_out) {
  const Remainder values(all, left_out);
  if (values.size() < kLeastHistory) return std::nullopt;
  Usual usual;
  usual.median = middle(values.size(), [&](std::size_t i) { return values.at(i); });
  usual.mad =
      middle(values.size(), [&](std::size_t i) { return distance_at(values, usual.median, i); });
  if (!(usual.mad > 0) || !std::isfinite(usual.mad)) return std::nullopt;
  return usual;
}

Value deviation_from(const Usual& usual, double x) {
  constexpr double kNormalQuantile = 0.6745;
  const double score = kNormalQuantile * (x - usual.median) / usual.mad;
  return std::isfinite(score) ? Value(score + 0.0) : Value();
}

}  // namespace tidewaiter
