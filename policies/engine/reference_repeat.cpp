#include "policies/engine/reference_repeat.h"

#include <cstddef>

namespace tidewaiter::reference {
namespace {

/// y >= factor · x, of whole numbers without rounding: y · denominator >= x · numerator.
bool reaches(std::int64_t x, std::int64_t y, const Fraction& factor) {
  __extension__ using Wide = __int128;
  return Wide{y} * Wide{factor.denominator} >= Wide{x} * Wide{factor.numerator};
}

bool reaches(double x, double y, const Fraction& factor) {
  return y >= x * (static_cast<double>(factor.numerator) / static_cast<double>(factor.denominator));
}

template <class Number>
bool grown(const Value& x, const Value& y, const Fraction& factor) {
  if (!std::holds_alternative<Number>(x) || !std::holds_alternative<Number>(y)) return false;
  const Number from = std::get<Number>(x);
  const Number to = std::get<Number>(y);
  return from >= Number{0} && to > from && reaches(from, to, factor);
}

bool begins_another(const Repeat& repeat, const RunWindow& last, const RunWindow& window) {
  if (repeat.after && window.begin < last.begin + *repeat.after) return false;
  if (!repeat.if_grown) return true;
  const Value& x = (*last.figures)[repeat.if_grown->measure].value;
  const Value& y = (*window.figures)[repeat.if_grown->measure].value;
  const Fraction& factor = repeat.if_grown->factor;
  return grown<std::int64_t>(x, y, factor) || grown<double>(x, y, factor);
}

}  // namespace

std::vector<std::int64_t> finding_starts(const Policy& policy, const std::vector<RunWindow>& run) {
  std::vector<std::int64_t> starts;
  const RunWindow* last = nullptr;
  for (const RunWindow& window : run) {
    if (last != nullptr && (!policy.repeat || !begins_another(*policy.repeat, *last, window))) {
      continue;
    }
    starts.push_back(window.number);
    last = &window;
  }
  return starts;
}

}  // namespace tidewaiter::reference
