#include "policies/engine/exact_sum.h"

#include <cmath>
#include <cstddef>
#include <utility>

namespace tidewaiter {
namespace {

constexpr double kLarge = 0x1p900;
constexpr int kScale = 200;

/// Above it, nothing beneath 2^963 can cancel a sum.
constexpr double kDominant = 0x1p1000;
/// Parts from here on can be scaled down without a loss.
constexpr double kScalable = 0x1p-700;

}  // namespace

void ExactSum::grow(Expansion& expansion, double x) {
  std::size_t kept = 0;
  for (double part : expansion) {
    if (std::fabs(x) < std::fabs(part)) std::swap(x, part);
    const double high = x + part;
    const double low = part - (high - x);
    if (low != 0.0) expansion[kept++] = low;
    x = high;
  }
  expansion.resize(kept);
  if (x != 0.0) expansion.push_back(x);
}

void ExactSum::add(double x) {
  if (std::fabs(x) < kLarge) {
    grow(parts_, x);
  } else {
    grow(scaled_, std::ldexp(x, -kScale));
  }
}

void ExactSum::add(const ExactSum& other) {
  for (const double part : other.parts_) grow(parts_, part);
  for (const double part : other.scaled_) grow(scaled_, part);
}

double ExactSum::rounded() const {
  if (scaled_.empty()) return rounded(parts_);
  if (std::fabs(scaled_.back()) < std::ldexp(kDominant, -kScale)) {
    // The large values have cancelled out, or nearly so: what is left fits beside the others.
    Expansion all = parts_;
    for (const double part : scaled_) grow(all, std::ldexp(part, kScale));
    return rounded(all);
  }
  // The sum is beyond 2^999. Of the parts that are too small to be scaled down, whose sum has the
  // sign of the largest, only this sign counts: it may break a tie.
  Expansion all = scaled_;
  double small = 0.0;
  for (const double part : parts_) {
    if (std::fabs(part) >= kScalable) {
      grow(all, std::ldexp(part, -kScale));
    } else {
      small = std::copysign(0x1p-1070, part);
    }
  }
  grow(all, small);
  return std::ldexp(rounded(all), kScale);
}

double ExactSum::rounded(const Expansion& expansion) {
  if (expansion.empty()) return 0.0;
  std::size_t at = expansion.size() - 1;
  double high = expansion[at];
  double low = 0.0;
  while (at > 0 && low == 0.0) {
    const double before = high;
    const double part = expansion[--at];
    high = before + part;
    low = part - (high - before);
  }
  // Half way between two doubles, what lies below decides: the first rounding did not see it.
  if (at > 0 &&
      ((low < 0.0 && expansion[at - 1] < 0.0) || (low > 0.0 && expansion[at - 1] > 0.0))) {
    const double twice = low * 2.0;
    const double moved = high + twice;
    if (moved - high == twice) high = moved;
  }
  return high + 0.0;
}

}  // namespace tidewaiter
