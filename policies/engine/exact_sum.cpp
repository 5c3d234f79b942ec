#include "policies/engine/exact_sum.h"

#include <cmath>
#include <cstddef>
#include <utility>

namespace tidewaiter {

void ExactSum::add(double x) {
  std::size_t kept = 0;
  for (double part : parts_) {
    if (std::fabs(x) < std::fabs(part)) std::swap(x, part);
    const double high = x + part;
    const double low = part - (high - x);
    if (low != 0.0) parts_[kept++] = low;
    x = high;
  }
  parts_.resize(kept);
  if (x != 0.0) parts_.push_back(x);
}

void ExactSum::add(const ExactSum& other) {
  for (const double part : other.parts_) add(part);
}

double ExactSum::rounded() const {
  if (parts_.empty()) return 0.0;
  std::size_t at = parts_.size() - 1;
  double high = parts_[at];
  double low = 0.0;
  while (at > 0 && low == 0.0) {
    const double before = high;
    const double part = parts_[--at];
    high = before + part;
    low = part - (high - before);
  }
  // Half way between two doubles, what lies below decides: the first rounding did not see it.
  if (at > 0 && ((low < 0.0 && parts_[at - 1] < 0.0) || (low > 0.0 && parts_[at - 1] > 0.0))) {
    const double twice = low * 2.0;
    const double moved = high + twice;
    if (moved - high == twice) high = moved;
  }
  return high + 0.0;
}

}  // namespace tidewaiter
