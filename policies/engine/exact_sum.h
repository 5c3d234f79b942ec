#pragma once

#include <vector>

namespace tidewaiter {

/// An exact sum of doubles, from which values may be taken out again.
///
/// Held as an expansion: doubles that do not overlap and whose exact sum is the sum. Source:
/// Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates",
/// Discrete & Computational Geometry 18, 1997, GROW-EXPANSION.
class ExactSum {
 public:
  /// `x` finite. Subtract with add(-x).
  void add(double x);
  void add(const ExactSum& other);

  /// The nearest double, ties to even; 0 for an empty sum. Not finite if the sum is too large.
  [[nodiscard]] double rounded() const;

 private:
  std::vector<double> parts_;  ///< by growing magnitude, none zero
};

}  // namespace tidewaiter
