#include "policies/engine/reference_sum.h"

#include <algorithm>
#include <cmath>

namespace tidewaiter::reference {

void FixedPointSum::add(double x) {
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(x), &exponent);
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  int shift = exponent - 53 + 1074;
  if (shift < 0) {  // a subnormal: its lowest bits are zeros
    mantissa >>= static_cast<unsigned>(-shift);
    shift = 0;
  }
  const auto limb = static_cast<std::size_t>(shift / 32);
  UnsignedWide wide = static_cast<UnsignedWide>(mantissa) << static_cast<unsigned>(shift % 32);
  for (std::size_t i = limb; wide != 0; ++i, wide >>= 32U) {
    const auto part = static_cast<std::int64_t>(wide & 0xFFFFFFFFU);
    limbs_[i] += x < 0 ? -part : part;
  }
  carry();
}

double FixedPointSum::rounded() const {
  FixedPointSum magnitude = *this;
  const bool negative = limbs_.back() < 0;
  if (negative) {
    for (std::int64_t& limb : magnitude.limbs_) limb = -limb;
    magnitude.carry();
  }
  int top = static_cast<int>(kLimbs) * 32 - 1;
  while (top >= 0 && !magnitude.bit(top)) --top;
  if (top < 0) return 0.0;
  const int lowest = std::max(0, top - 52);  // of the bits that a double holds
  std::uint64_t kept = 0;
  for (int at = top; at >= lowest; --at) kept = kept * 2 + (magnitude.bit(at) ? 1 : 0);
  bool below = false;
  for (int at = 0; at < lowest - 1; ++at) below = below || magnitude.bit(at);
  const bool half = lowest > 0 && magnitude.bit(lowest - 1);
  if (half && (below || kept % 2 == 1)) ++kept;
  const double size = std::ldexp(static_cast<double>(kept), lowest - 1074);
  return negative ? -size : size;
}

void FixedPointSum::carry() {
  for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
    limbs_[i + 1] += limbs_[i] >> 32;
    limbs_[i] &= 0xFFFFFFFF;
  }
}

bool FixedPointSum::bit(int at) const {
  return ((limbs_[static_cast<std::size_t>(at / 32)] >> (at % 32)) & 1) != 0;
}

double rounded_total(const std::vector<double>& terms) {
  FixedPointSum sum;
  for (const double term : terms) {
    if (!std::isfinite(term)) return term;
    sum.add(term);
  }
  return sum.rounded();
}

}  // namespace tidewaiter::reference
