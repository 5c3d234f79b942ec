#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "policies/language/policy.h"

namespace tidewaiter {

/// Whether a word begins a measure, as `count` does: no name and no function of an expression over
/// records is one.
[[nodiscard]] inline bool is_aggregate(std::string_view word) {
  constexpr std::array kWritten = {
      Aggregate::kCount,    Aggregate::kSum,     Aggregate::kMin,      Aggregate::kMax,
      Aggregate::kDistinct, Aggregate::kAvg,     Aggregate::kQuantile, Aggregate::kRate,
      Aggregate::kStddev,   Aggregate::kCv,      Aggregate::kEntropy,  Aggregate::kTopShare,
      Aggregate::kGini,     Aggregate::kFirst,   Aggregate::kLast,     Aggregate::kDeviation,
      Aggregate::kCusum,    Aggregate::kLockstep};
  return std::ranges::any_of(
      kWritten, [word](Aggregate aggregate) { return aggregate_name(aggregate) == word; });
}

}  // namespace tidewaiter
