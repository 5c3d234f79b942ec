#include "policies/engine/run_pieces.h"

#include <utility>

#include "policies/engine/accumulators.h"

namespace tidewaiter {

bool has_grown(const Value& from, const Value& to, const Fraction& factor) {
  if (const auto* before = std::get_if<std::int64_t>(&from)) {
    const auto* now = std::get_if<std::int64_t>(&to);
    if (now == nullptr || *before < 0 || *now <= *before) return false;
    // The factor's parts are below 2^30: both products fit.
    return static_cast<Int128>(*now) * factor.denominator >=
           static_cast<Int128>(*before) * factor.numerator;
  }
  const auto* before = std::get_if<double>(&from);
  const auto* now = std::get_if<double>(&to);
  if (before == nullptr || now == nullptr || *before < 0 || *now <= *before) return false;
  const double times =
      static_cast<double>(factor.numerator) / static_cast<double>(factor.denominator);
  return *now >= *before * times;
}

std::vector<WindowRun> pieces_of(WindowRun run, const Repeat& repeat, const WindowGrid& grid,
                                 const std::function<Value(std::int64_t)>& figure) {
  std::vector<WindowRun> pieces{run};
  const bool grows = repeat.if_grown.has_value();
  Value at_first = grows ? figure(run.first) : Value();
  for (std::int64_t k = run.first + 1; k <= run.last; ++k) {
    WindowRun& piece = pieces.back();
    if (repeat.after && grid.interval(k).from - grid.interval(piece.first).from < *repeat.after) {
      continue;
    }
    if (grows) {
      Value now = figure(k);
      if (!has_grown(at_first, now, repeat.if_grown->factor)) continue;
      at_first = std::move(now);
    }
    piece.last = k - 1;
    pieces.push_back({k, run.last});
  }
  return pieces;
}

}  // namespace tidewaiter
