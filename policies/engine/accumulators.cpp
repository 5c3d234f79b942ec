#include "policies/engine/accumulators.h"

#include <algorithm>

#include "policies/engine/ranges.h"

namespace tidewaiter {

namespace {

/// Whether a record that comes may take back what a pattern has come to.
bool more_may_undo(const Measure& measure) {
  const StepPattern& pattern = *measure.pattern;
  return measure.aggregate == Aggregate::kMissing || pattern.without.has_value() ||
         (pattern.trailing && !only_grows(*pattern.trailing));
}

}  // namespace

MeasureLayout::MeasureLayout(const std::vector<Measure>& measures) {
  for (const Measure& measure : measures) {
    MeasurePlace place;
    place.aggregate = measure.aggregate;
    place.real = measure.argument && measure.argument->type == ValueType::kDouble;
    const bool by_place =
        measure.aggregate == Aggregate::kMissing || measure.aggregate == Aggregate::kMatched;
    has_history = has_history || measure.baseline.has_value() || by_place;
    place.told_when_closed = measure.pattern.has_value() && more_may_undo(measure);
    place.result = measure.type;
    place.weighs = measure.aggregate == Aggregate::kCount ||
                   (measure.aggregate == Aggregate::kRate && !measure.argument);
    place.nonnegative = measure.argument && cannot_be_negative(*measure.argument);
    place.compares_peers = tidewaiter::compares_peers(measure);
    place.by_size_band = measure.by_size_band;
    compares_peers = compares_peers || place.compares_peers;
    if (place.compares_peers && !place.by_size_band) place.groups = group_lists++;
    place.cell = cells++;
    switch (measure.aggregate) {
      case Aggregate::kDistinct:
        ++cells;
        place.distinct = distincts++;
        break;
      case Aggregate::kAvg:
        ++cells;
        [[fallthrough]];
      case Aggregate::kSum:
      case Aggregate::kRate:
        if (place.real) place.exact = exacts++;
        break;
      case Aggregate::kMin:
      case Aggregate::kMax:
      case Aggregate::kQuantile:
        place.values = value_lists++;
        break;
      case Aggregate::kStddev:
      case Aggregate::kCv:
      case Aggregate::kEntropy:
      case Aggregate::kTopShare:
      case Aggregate::kGini:
      case Aggregate::kFirst:
      case Aggregate::kLast:
      case Aggregate::kCompleted:
      case Aggregate::kMissing:
      case Aggregate::kMatched:
      case Aggregate::kLockstep:
        place.samples = sample_lists++;
        break;
      case Aggregate::kCount:
      case Aggregate::kDeviation:
      case Aggregate::kCusum:
      case Aggregate::kFormula:
        break;
    }
    places.push_back(place);
  }
}

void SortedKeys::remove(std::int64_t key) {
  (void)sorted();
  const auto it = std::ranges::lower_bound(keys_, key);
  if (it != keys_.end() && *it == key) keys_.erase(it);
}

const std::vector<std::int64_t>& SortedKeys::sorted() {
  if (!sorted_) std::ranges::sort(keys_);
  sorted_ = true;
  return keys_;
}

SeenPanes::Neighbours SeenPanes::neighbours(std::int64_t pane, bool maybe_too) const {
  const auto counts = [maybe_too](const Seen& seen) {
    return seen.certain > 0 || (maybe_too && seen.maybe > 0);
  };
  Neighbours found;
  const auto at = std::ranges::lower_bound(panes_, pane, {}, &Seen::pane);
  for (auto it = at; it != panes_.end(); ++it) {
    if (!counts(*it)) continue;
    if (it->pane == pane) {
      found.here = true;
      continue;
    }
    found.after = it->pane;
    break;
  }
  for (auto it = at; it != panes_.begin();) {
    --it;
    if (!counts(*it)) continue;
    found.before = it->pane;
    break;
  }
  return found;
}

void SeenPanes::change(std::int64_t pane, bool certain, int by) {
  auto it = std::ranges::lower_bound(panes_, pane, {}, &Seen::pane);
  if (it == panes_.end() || it->pane != pane) {
    if (by < 0) return;
    it = panes_.insert(it, Seen{pane, 0, 0});
  }
  (certain ? it->certain : it->maybe) += by;
  if (it->certain <= 0 && it->maybe <= 0) panes_.erase(it);
}

void SeenPanes::forget_before(std::int64_t pane) {
  panes_.erase(panes_.begin(), std::ranges::lower_bound(panes_, pane, {}, &Seen::pane));
}

}  // namespace tidewaiter
