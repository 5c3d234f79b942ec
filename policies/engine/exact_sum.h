#pragma once

#include <vector>

namespace tidewaiter {

/// An exact sum of doubles, from which values may be taken out again, whatever it passes through on
/// the way: 1.7e308 + 1.7e308 − 1.7e308 is 1.7e308.
///
/// Held as an expansion: doubles that do not overlap and whose exact sum is the sum. Source:
/// Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates",
/// Discrete & Computational Geometry 18, 1997, GROW-EXPANSION. Values from 2^900 on, whose sums may
/// leave the range of double, have an expansion of their own, scaled down by 2^200. So neither
/// overflows: 2^63 values less than 2^900 give less than 2^963.
class ExactSum {
 public:
  /// `x` finite. Subtract with add(-x).
  void add(double x);
  void add(const ExactSum& other);

  /// The nearest double, ties to even; 0 for an empty sum. Infinite if the sum is too large.
  [[nodiscard]] double rounded() const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(parts_, scaled_);
  }

 private:
  using Expansion = std::vector<double>;  ///< by growing magnitude, none zero
  static void grow(Expansion& expansion, double x);
  [[nodiscard]] static double rounded(const Expansion& expansion);

  Expansion parts_;
  Expansion scaled_;  ///< what was 2^900 or more, times 2^-200
};

}  // namespace tidewaiter
