#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter {

__extension__ using Int128 = __int128;

/// What a measure keeps of one certain record whose value is known. Measures that running totals
/// cannot give are computed from all samples of a window.
struct Sample {
  std::int64_t time = 0;  ///< µs
  std::int64_t seq = 0;
  std::int64_t weight = 0;  ///< the record's `requests`
  std::int64_t key = 0;     ///< the argument; for doubles key_of()
  double number = 0.0;      ///< the argument, if a double
  std::int64_t group = 0;   ///< gini's group

  template <class Archive>
  void serialize(Archive& archive) {
    archive(time, seq, weight, key, number, group);
  }
};

/// Says whether a measure is computed from samples.
[[nodiscard]] bool keeps_samples(Aggregate aggregate);

/// The value of a measure for which keeps_samples(), by the formulas of docs/evaluation.md,
/// Measures. `samples` are all of the window's, by (time, seq). Pure.
[[nodiscard]] Value value_of_samples(const Measure& measure, std::span<const Sample> samples);

/// Arithmetic mean of `n` > 0 values: of doubles from their rounded exact sum, null if that is
/// infinite; of whole numbers as a double, of money and durations rounded to even.
[[nodiscard]] Value mean_of(double total, std::int64_t n);
[[nodiscard]] Value mean_of(Int128 total, std::int64_t n, ValueType result);

/// A total a second of `length`; null if no double.
[[nodiscard]] Value rate_of(double total, Duration length);

}  // namespace tidewaiter
