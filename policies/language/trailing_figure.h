#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policies/language/expression.h"

namespace tidewaiter {

/// What the records of the stretch of time that ends at an instant come to, and where that must lie
/// for the instant to match: a correlation of Sigma (docs/evaluation.md, Correlations).
struct TrailingFigure {
  enum class Kind : std::uint8_t {
    kRecords,     ///< how many records there are, each as often as it is a step
    kSteps,       ///< how many of the steps there are
    kDistinct,    ///< how many different values there are
    kSum,         ///< sum of the values
    kMean,        ///< their mean
    kPercentile,  ///< their percentile by nearest rank
    kShare,       ///< of a value that comes at the instant: its share among all values, in per cent
  };
  struct Limit {
    ExprOp op = ExprOp::kGe;  ///< a comparison
    double number = 0;
  };

  Kind kind = Kind::kRecords;
  double percent = 0;         ///< kPercentile: 0 to 100
  std::vector<Limit> limits;  ///< all hold
};

/// Whether it lies where it must.
[[nodiscard]] bool meets(double figure, const std::vector<TrailingFigure::Limit>& limits);

/// Whether an instant that matches still does with more records.
[[nodiscard]] bool only_grows(const TrailingFigure& figure);

/// The comparison that differs where both sides are alike: `>=` for `>`, `==` for `!=`.
[[nodiscard]] ExprOp at_its_edge(ExprOp comparison);

/// "distinct >= 100", "percentile 95 > 2.5 and < 7": says all of it.
[[nodiscard]] std::string to_text(const TrailingFigure& figure);

/// ">= 100".
[[nodiscard]] std::string to_text(const TrailingFigure::Limit& limit);

}  // namespace tidewaiter
