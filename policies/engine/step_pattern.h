#pragma once

#include <cstdint>
#include <span>

#include "policies/engine/samples.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// What one record is to a pattern. Bit i: it is step i; the bit after the last step: it is
/// `without`.
struct StepMarks {
  std::uint32_t certain = 0;
  std::uint32_t possible = 0;  ///< what it is, or may be; includes `certain`

  /// As the key of a sample, and back.
  [[nodiscard]] std::int64_t key() const {
    return (static_cast<std::int64_t>(possible) << 32U) | static_cast<std::int64_t>(certain);
  }
  [[nodiscard]] static StepMarks of_key(std::int64_t key) {
    const auto bits = static_cast<std::uint64_t>(key);
    return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U)};
  }
};

/// How often something happened: at least so often whatever is unknown, and at most.
struct PatternCount {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

/// Counts over all records of a window that is closed (docs/evaluation.md, Steps). `samples` are
/// by time, their keys those of StepMarks; `window_end` in µs bounds the times that kMissing waits
/// for. One pass for kCompleted. Pure.
[[nodiscard]] PatternCount count_pattern(const Measure& measure, std::span<const Sample> samples,
                                         std::int64_t window_end);

}  // namespace tidewaiter
