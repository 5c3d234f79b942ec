#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidewaiter::reference {

/// A sum of doubles as a whole multiple of 2^-1074, the least double, in limbs of 32 bits: enough
/// of them for 2^63 values of any size. Every value added is finite.
class FixedPointSum {
 public:
  void add(double x);

  /// Rounded once, to the nearest double, of two the even one; infinite where none is near.
  [[nodiscard]] double rounded() const;

 private:
  __extension__ typedef unsigned __int128 UnsignedWide;
  static constexpr std::size_t kLimbs = 70;

  /// Leaves all limbs but the last, which has the sign, in [0, 2^32).
  void carry();
  [[nodiscard]] bool bit(int at) const;

  std::array<std::int64_t, kLimbs> limbs_{};
};

/// The sum of `terms`, rounded once; the first term that is not finite, if there is one.
[[nodiscard]] double rounded_total(const std::vector<double>& terms);

}  // namespace tidewaiter::reference
