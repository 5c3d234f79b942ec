#pragma once

#include <optional>
#include <span>
#include <vector>

#include "policies/model/value.h"

namespace tidewaiter {

/// Where a subject's usual figures lie, and how far they spread.
struct Usual {
  double median = 0.0;
  double mad = 0.0;  ///< median absolute deviation from the median; above 0
};

/// Fewer windows than this say nothing about what is usual.
inline constexpr std::size_t kLeastHistory = 7;

/// Nothing with fewer than kLeastHistory values, or where more than half of them are equal: their
/// MAD is 0, and no distance can be told. The median of an even number is the mean of the middle
/// two. Pure.
[[nodiscard]] std::optional<Usual> usual_of(std::vector<double> values);

/// usual_of() the values of `all` that are not in `left_out`: both ascend, and each of `left_out`
/// is one of `all`, as often as it stands there. In m log n for m left out of n. Pure.
[[nodiscard]] std::optional<Usual> usual_without(std::span<const double> all,
                                                 std::span<const double> left_out);

/// 0.6745 · (x − median) / MAD; 0.6745 is the 0.75 quantile of N(0, 1), so that the score of a
/// normal variable is its z-score. Source: Iglewicz & Hoaglin, "How to Detect and Handle Outliers",
/// ASQC, 1993 (modified z-score). Null if it is no double.
[[nodiscard]] Value deviation_from(const Usual& usual, double x);

}  // namespace tidewaiter
