#include "policies/engine/window_judge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "policies/engine/trailing_count.h"
#include "policies/language/interpret.h"

namespace tidewaiter {
namespace {

constexpr long double kInfinity = std::numeric_limits<long double>::infinity();

/// Beneath it, no sum of inputs can leave int64.
constexpr std::int64_t kLargest = std::int64_t{1} << 62U;

Value whole(Int128 number) {
  if (number > std::numeric_limits<std::int64_t>::max() ||
      number < std::numeric_limits<std::int64_t>::min()) {
    return {};
  }
  return static_cast<std::int64_t>(number);
}

long double number_of_key(const MeasurePlace& place, Int128 key) {
  const auto narrow = static_cast<std::int64_t>(key);
  return place.real ? static_cast<long double>(value_of_key(narrow))
                    : static_cast<long double>(narrow);
}

const MeasureDoubt* doubt_of(const Span& span, std::size_t measure) {
  return span.doubts == nullptr ? nullptr : &(*span.doubts)[measure];
}

std::optional<double> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

/// What a measure is in a window without inputs.
Value value_of_nothing(const MeasurePlace& place) {
  switch (place.aggregate) {
    case Aggregate::kCount:
    case Aggregate::kDistinct:
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
    case Aggregate::kMatched:
      return std::int64_t{0};
    case Aggregate::kSum:
      return place.real ? Value(0.0) : Value(std::int64_t{0});
    case Aggregate::kRate:
      return 0.0;
    default:
      return {};
  }
}

/// Of a sum of weights, none of which is negative.
Range weight_range(Int128 certain, const MeasureDoubt* doubt, bool open) {
  const Int128 most = certain + (doubt == nullptr ? 0 : doubt->positive);
  return {static_cast<long double>(certain), open ? kInfinity : static_cast<long double>(most)};
}

/// Of what is a double: computed as the value itself is.
long double rate_bound(long double total, Duration length) {
  if (std::isinf(total)) return total;
  const Value rate = rate_of(static_cast<double>(total), length);
  return is_null(rate) ? std::copysign(kInfinity, total) : std::get<double>(rate);
}

}  // namespace

WindowJudge::WindowJudge(const Policy& policy, const MeasureLayout& layout,
                         const StatusMap& statuses)
    : policy_(policy),
      layout_(layout),
      statuses_(statuses),
      grid_(policy.window),
      panes_(grid_.overlap()),
      outlook_(open_outlook(policy, layout)),
      sorted_(layout.value_lists),
      values_(layout.places.size()),
      ranges_(layout.places.size()) {
  for (const Measure& measure : policy.measures) {
    if (!measure.baseline) continue;
    reach_ = std::max(reach_, windows_of(*measure.baseline, policy.window) * panes_);
  }
}

void WindowJudge::note(const Input& input) {
  ++generation_;
  // Without a closed window in reach there is nothing that the record could be part of.
  if (!pools_.empty() && statuses_.last_complete() > input.pane - reach_) {
    // Those whose history holds the record.
    const auto last = pools_.upper_bound({input.pane + reach_, layout_.places.size()});
    for (auto it = pools_.upper_bound({input.pane, layout_.places.size()}); it != last;) {
      pooled_ -= it->second.size();
      it = pools_.erase(it);
    }
  }
  const auto add = [this](std::int64_t amount) {
    const std::int64_t size =
        amount == std::numeric_limits<std::int64_t>::min() ? kLargest : std::abs(amount);
    // Both terms may be near the limit: their sum must not be formed.
    magnitude_ = size >= kLargest - magnitude_ ? kLargest : magnitude_ + size;
  };
  for (std::size_t m = 0; m < layout_.places.size(); ++m) {
    const MeasurePlace& place = layout_.places[m];
    if (adds_weights(place)) add(input.weight);
    if (adds_values(place) && !place.real && input.measures[m].known) {
      add(input.measures[m].key);
    }
  }
}

bool WindowJudge::has_passed(const SubjectWindows& windows, std::size_t span,
                             const Threshold& threshold) const {
  const Int128 cell = windows.cell(layout_, span, threshold.cell);
  return cell >= threshold.at_least && cell != kNoKey;
}

std::uint64_t WindowJudge::passed(const SubjectWindows& windows, std::size_t span) const {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < outlook_.thresholds.size(); ++i) {
    if (has_passed(windows, span, outlook_.thresholds[i])) bits |= std::uint64_t{1} << i;
  }
  return bits;
}

bool WindowJudge::may_hold_open(const SubjectWindows& windows, std::size_t span) const {
  return outlook_.can_hold &&
         (magnitude_ >= kLargest ||
          std::ranges::all_of(outlook_.required, [&](const Threshold& threshold) {
            return has_passed(windows, span, threshold);
          }));
}

bool WindowJudge::falls(const SubjectWindows& windows, std::size_t at) const {
  const Span& span = windows.spans()[at];
  if (!span.exists() || span.in_doubt() || magnitude_ >= kLargest) return false;
  // It is one of the terms of an `and`, and known: an extreme of no values would be null.
  return std::ranges::any_of(outlook_.required, [&](const Threshold& threshold) {
    const Int128 cell = windows.cell(layout_, at, threshold.cell);
    return cell != kNoKey && cell < threshold.at_least;
  });
}

void WindowJudge::judge(SubjectWindows& windows, std::size_t at) {
  Span& span = windows.spans()[at];
  const bool open = span.status != WindowStatus::kClosed;
  if (!span.exists() || (span.status == WindowStatus::kUnsettled && !may_hold_open(windows, at))) {
    span.answer = RangeAnswer::kUnknown;
    span.judged = false;
    return;
  }
  if (open && outlook_.by_thresholds && magnitude_ < kLargest) {
    const std::uint64_t bits = passed(windows, at);
    if (span.judged && bits == span.passed) return;
    span.passed = bits;
    span.judged = true;
  } else {
    span.judged = false;
  }
  const bool scattered = span.session != nullptr && span.session->scattered;
  if (!open && !span.in_doubt() && !scattered) {
    compute(windows, at, span.from);
    const Value held = interpret(policy_.report_when, {.measures = values_});
    const bool* truth = std::get_if<bool>(&held);
    span.answer = truth == nullptr ? RangeAnswer::kUnknown
                                   : (*truth ? RangeAnswer::kTrue : RangeAnswer::kFalse);
    return;
  }
  for (std::size_t m = 0; m < ranges_.size(); ++m) {
    const Measure& measure = policy_.measures[m];
    if (scattered) {
      ranges_[m] = {-kInfinity, kInfinity, true};
      continue;
    }
    if (measure.baseline) {
      ranges_[m] = history_range(windows, span.from, m, ranges_[measure.baseline->measure], open);
      continue;
    }
    ranges_[m] = fitted(
        measure.formula ? range_over(*measure.formula, ranges_) : range(windows, at, m, open),
        measure.type);
  }
  span.answer = answer_over(policy_.report_when, ranges_);
}

std::vector<Value> WindowJudge::values(SubjectWindows& windows, std::size_t span, std::int64_t k) {
  compute(windows, span, k);
  return values_;
}

void WindowJudge::compute(SubjectWindows& windows, std::size_t span, std::int64_t k) {
  for (std::size_t m = 0; m < values_.size(); ++m) {
    const Measure& measure = policy_.measures[m];
    if (measure.baseline) {
      values_[m] = history_value(windows, k, m, values_[measure.baseline->measure]);
    } else if (measure.formula) {
      values_[m] = interpret(*measure.formula, {.measures = values_});
    } else {
      values_[m] = value(windows, span, k, m);
    }
  }
}

Value WindowJudge::settled_value(SubjectWindows& windows, const Span* span, std::int64_t k,
                                 std::size_t measure) {
  std::vector<Value> values;
  for (std::size_t m = 0; m <= measure; ++m) {
    const Measure& one = policy_.measures[m];
    if (one.formula) {
      values.push_back(interpret(*one.formula, {.measures = values}));
    } else if (one.baseline) {
      values.emplace_back();  // no baseline rests on one
    } else if (span == nullptr) {
      values.push_back(value_of_nothing(layout_.places[m]));
    } else {
      const auto at = static_cast<std::size_t>(span - windows.spans().data());
      values.push_back(value(windows, at, k, m));
    }
  }
  return values[measure];
}

WindowJudge::History WindowJudge::history(SubjectWindows& windows, std::int64_t k,
                                          std::size_t measure) {
  const Baseline& baseline = *policy_.measures[measure].baseline;
  const std::int64_t count = windows_of(baseline, policy_.window);
  History history;
  for (std::int64_t i = 1; i <= count; ++i) {
    const std::int64_t j = k - i * panes_;
    if (j < statuses_.first_judged()) {
      history.lost = true;
      break;
    }
    const WindowStatus status = statuses_.at(j);
    if (j > statuses_.last_complete()) history.settled = false;
    if (status != WindowStatus::kClosed) continue;
    const Span* span = windows.find(j);
    if (span != nullptr && span->in_doubt()) continue;
    if (const auto number = number_of(settled_value(windows, span, j, baseline.measure))) {
      history.values.push_back(*number);
    }
  }
  return history;
}

std::optional<WindowJudge::Score> WindowJudge::score_of(History history,
                                                        std::size_t measure) const {
  if (history.lost) return std::nullopt;
  if (policy_.measures[measure].aggregate == Aggregate::kCusum) {
    std::ranges::reverse(history.values);
    if (const auto sum = summed_up(history.values)) return *sum;
  } else if (const auto usual = usual_of(std::move(history.values))) {
    return *usual;
  }
  return std::nullopt;
}

Value WindowJudge::scored(const Score& score, double x) {
  if (const auto* sum = std::get_if<CumulativeSum>(&score)) return sum_with(*sum, x);
  return deviation_from(std::get<Usual>(score), x);
}

WindowJudge::Standard WindowJudge::standard(SubjectWindows& windows, std::int64_t k,
                                            std::size_t measure) {
  if (layout_.places[measure].compares_peers) return standard_of_peers(windows, k, measure);
  History before = history(windows, k, measure);
  const bool settled = before.settled;
  return {score_of(std::move(before), measure), settled};
}

WindowJudge::Standard WindowJudge::standard_of_peers(SubjectWindows& windows, std::int64_t k,
                                                     std::size_t measure) {
  const std::int64_t reach =
      windows_of(*policy_.measures[measure].baseline, policy_.window) * panes_;
  if (k - reach < statuses_.first_judged()) return {};
  // The last of these windows is the last to be complete.
  Standard standard{{}, k - panes_ <= statuses_.last_complete()};
  StatedGroup group = group_of(windows, k - reach, k, measure);
  if (!group.any_input) {
    group = group_of(windows, k, k + panes_, measure);
    standard.settled = false;
  }
  if (!group.key) return standard;
  if (const auto usual = pool(k, measure).usual_without(*group.key, windows)) {
    standard.score = *usual;
  }
  return standard;
}

PeerPool& WindowJudge::pool(std::int64_t k, std::size_t measure) {
  constexpr std::size_t kMostPooled = std::size_t{1} << 22U;
  const auto known = pools_.find({k, measure});
  if (known != pools_.end()) return known->second;
  if (pooled_ > kMostPooled) note_statuses();
  PeerPool& pool = pools_[{k, measure}];
  const std::int64_t reach =
      windows_of(*policy_.measures[measure].baseline, policy_.window) * panes_;
  if (statuses_.last_complete() < k - reach) return pool;  // none of these windows is closed
  for (SubjectWindows* subject : subjects_) add_to_pool(pool, *subject, k, measure);
  pooled_ += pool.size();
  return pool;
}

void WindowJudge::add_to_pool(PeerPool& pool, SubjectWindows& windows, std::int64_t k,
                              std::size_t measure) {
  const Baseline& baseline = *policy_.measures[measure].baseline;
  const std::int64_t count = windows_of(baseline, policy_.window);
  const std::int64_t reach = count * panes_;
  const StatedGroup group = group_of(windows, k - reach, k, measure);
  if (!group.key) return;
  for (std::int64_t i = 1; i <= count; ++i) {
    const std::int64_t j = k - i * panes_;
    if (statuses_.at(j) != WindowStatus::kClosed) continue;
    const Span* span = windows.find(j);
    if (span == nullptr || span->certain == 0 || span->in_doubt()) continue;
    if (const auto number = number_of(settled_value(windows, span, j, baseline.measure))) {
      pool.add(*group.key, windows, *number);
    }
  }
}

bool WindowJudge::may_change_peers(const SubjectWindows& windows, std::int64_t pane) const {
  const std::int64_t last = statuses_.last_complete();
  if (last > pane - panes_) return true;  // a window that holds the pane may be closed
  // By the group in which its closed windows are.
  const std::size_t at = windows.lower_bound(pane - reach_ + 1);
  return at < windows.spans().size() && windows.spans()[at].from <= last;
}

void WindowJudge::take_in(SubjectWindows& windows, std::uint32_t subject) {
  if (!compares_peers()) return;
  subjects_.push_back(&windows);
  numbers_[&windows] = subject;
}

StatedGroup WindowJudge::group_of(SubjectWindows& windows, std::int64_t from, std::int64_t to,
                                  std::size_t measure) const {
  const MeasurePlace& place = layout_.places[measure];
  if (!place.by_size_band) return group_in(windows.panes_of(from, to - from), place.groups);
  // The accounts that it has now, whenever they joined, as its windows hold all that they gave.
  return {true, size_band(members_->size_of(numbers_.at(&windows)))};
}

void WindowJudge::note_statuses() {
  pools_.clear();
  pooled_ = 0;
}

void WindowJudge::forget_subjects() {
  note_loss();
  note_statuses();
  subjects_.clear();
  numbers_.clear();
}

Value WindowJudge::history_value(SubjectWindows& windows, std::int64_t k, std::size_t measure,
                                 const Value& value) {
  const std::optional<double> number = number_of(value);
  if (!number) return {};
  const std::optional<Score> score = standard(windows, k, measure).score;
  return score ? scored(*score, *number) : Value();
}

Range WindowJudge::history_range(SubjectWindows& windows, std::int64_t k, std::size_t measure,
                                 const Range& value, bool open) {
  constexpr Range kAnything{-kInfinity, kInfinity, true};
  const auto [score, settled] = standard(windows, k, measure);
  if (!score) return open ? kAnything : range_of(Value());
  if ((open && !settled) || value.may_be_null) return kAnything;
  // It rises with the value.
  Range range = value;
  for (long double* bound : {&range.low, &range.high}) {
    if (std::isinf(*bound)) continue;
    const Value at_bound = scored(*score, static_cast<double>(*bound));
    if (is_null(at_bound)) return kAnything;
    *bound = std::get<double>(at_bound);
  }
  if (std::holds_alternative<CumulativeSum>(*score)) range.low = std::max(range.low, 0.0L);
  return range;
}

Value WindowJudge::mean(const SubjectWindows& windows, std::size_t span,
                        const MeasurePlace& place) const {
  const Int128 count = windows.cell(layout_, span, place.cell);
  if (count <= 0) return {};
  const auto n = static_cast<std::int64_t>(count);
  if (place.real) return mean_of(windows.exact(layout_, span, place.exact).rounded(), n);
  return mean_of(windows.cell(layout_, span, place.cell + 1), n, place.result);
}

Value WindowJudge::rate(const SubjectWindows& windows, std::size_t span, std::int64_t k,
                        const MeasurePlace& place) const {
  const double total = place.real ? windows.exact(layout_, span, place.exact).rounded()
                                  : static_cast<double>(static_cast<long double>(
                                        windows.cell(layout_, span, place.cell)));  // as its range
  return rate_of(total, grid_.length(k));
}

Value WindowJudge::value(SubjectWindows& windows, std::size_t span, std::int64_t k,
                         std::size_t measure) {
  const MeasurePlace& place = layout_.places[measure];
  const Int128 cell = windows.cell(layout_, span, place.cell);
  std::int64_t key = 0;
  switch (place.aggregate) {
    case Aggregate::kSum:
      if (place.real) {
        const double sum = windows.exact(layout_, span, place.exact).rounded();
        return std::isfinite(sum) ? Value(sum) : Value();
      }
      return whole(cell);
    case Aggregate::kMin:
    case Aggregate::kMax:
      if (cell == kNoKey) return {};
      key = static_cast<std::int64_t>(cell);
      break;
    case Aggregate::kQuantile:
      if (cell <= 0) return {};
      key = ranked_key(windows, k, measure, static_cast<std::int64_t>(cell));
      break;
    case Aggregate::kAvg:
      return mean(windows, span, place);
    case Aggregate::kRate:
      return rate(windows, span, k, place);
    case Aggregate::kCount:
    case Aggregate::kDistinct:
      return whole(cell);
    case Aggregate::kStddev:
    case Aggregate::kCv:
    case Aggregate::kEntropy:
    case Aggregate::kTopShare:
    case Aggregate::kGini:
    case Aggregate::kFirst:
    case Aggregate::kLast:
    case Aggregate::kLockstep:
      return value_of_samples(policy_.measures[measure], windows.samples(k, panes_, place.samples));
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
    case Aggregate::kMatched:
      return pattern_count(windows, k, measure).least;
    case Aggregate::kDeviation:
    case Aggregate::kCusum:
    case Aggregate::kFormula:
      break;  // compute() knows
  }
  return place.real ? Value(value_of_key(key)) : Value(key);
}

PatternCount WindowJudge::pattern_count(SubjectWindows& windows, std::int64_t k,
                                        std::size_t measure) const {
  const std::vector<Sample> samples = windows.samples(k, panes_, layout_.places[measure].samples);
  const Interval window = grid_.interval(k);
  if (policy_.measures[measure].aggregate == Aggregate::kMatched) {
    return count_matched(policy_.measures[measure], samples, window.from.us);
  }
  return count_pattern(policy_.measures[measure], samples, window.to.us);
}

Range WindowJudge::pattern_range(SubjectWindows& windows, std::int64_t k, std::size_t measure,
                                 bool open) const {
  if (open && layout_.places[measure].told_when_closed) return {-kInfinity, kInfinity, true};
  const PatternCount count = pattern_count(windows, k, measure);
  return {static_cast<long double>(count.least),
          open ? kInfinity : static_cast<long double>(count.most)};
}

Range WindowJudge::sum_range(const SubjectWindows& windows, std::size_t span, std::size_t measure,
                             bool open) const {
  const MeasurePlace& place = layout_.places[measure];
  const MeasureDoubt* doubt = doubt_of(windows.spans()[span], measure);
  Range range;
  if (place.real) {
    const ExactSum& certain = windows.exact(layout_, span, place.exact);
    ExactSum low = certain;
    ExactSum high = certain;
    if (doubt != nullptr) {
      low.add(doubt->real_negative);
      high.add(doubt->real_positive);
    }
    range.low = low.rounded();
    range.high = high.rounded();
  } else {
    const Int128 certain = windows.cell(layout_, span, place.cell);
    range.low = static_cast<long double>(certain + (doubt == nullptr ? 0 : doubt->negative));
    range.high = static_cast<long double>(certain + (doubt == nullptr ? 0 : doubt->positive));
  }
  if (open || (doubt != nullptr && doubt->unknown_value != 0)) {
    range.high = kInfinity;
    if (!place.nonnegative) range.low = -kInfinity;
  }
  return range;
}

Range WindowJudge::range(SubjectWindows& windows, std::size_t at, std::size_t measure, bool open) {
  const Span& span = windows.spans()[at];
  const MeasurePlace& place = layout_.places[measure];
  const MeasureDoubt* doubt = doubt_of(span, measure);
  const Int128 cell = windows.cell(layout_, at, place.cell);
  if (!open && (doubt == nullptr || !doubt->any())) {
    return range_of(value(windows, at, span.from, measure));
  }
  const bool more = open || (doubt != nullptr && doubt->unknown_value != 0);
  const long double floor = place.nonnegative ? 0 : -kInfinity;
  switch (place.aggregate) {
    case Aggregate::kCount:
      return weight_range(cell, doubt, open);
    case Aggregate::kSum:
      return sum_range(windows, at, measure, open);
    case Aggregate::kMin:
    case Aggregate::kMax: {
      const bool is_min = place.aggregate == Aggregate::kMin;
      Int128 outer = cell;  // towards the side on which maybe values count
      if (doubt != nullptr && doubt->extreme != kNoKey) {
        outer = outer == kNoKey
                    ? doubt->extreme
                    : (is_min ? std::min(outer, doubt->extreme) : std::max(outer, doubt->extreme));
      }
      Range range{floor, kInfinity, cell == kNoKey};
      if (cell != kNoKey) (is_min ? range.high : range.low) = number_of_key(place, cell);
      if (!more && outer != kNoKey) (is_min ? range.low : range.high) = number_of_key(place, outer);
      return range;
    }
    case Aggregate::kDistinct: {
      const Int128 any = windows.cell(layout_, at, place.cell + 1);
      const Int128 most = any + (doubt == nullptr ? 0 : doubt->unknown_value);
      return {static_cast<long double>(cell), open ? kInfinity : static_cast<long double>(most)};
    }
    case Aggregate::kQuantile:
      return {floor, kInfinity, cell <= 0};
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
    case Aggregate::kMatched:
      return pattern_range(windows, span.from, measure, open);
    case Aggregate::kRate: {
      const Range total =
          place.weighs ? weight_range(cell, doubt, open) : sum_range(windows, at, measure, open);
      const Duration length = grid_.length(span.from);
      return {rate_bound(total.low, length), rate_bound(total.high, length)};
    }
    default:
      return {-kInfinity, kInfinity, true};
  }
}

std::int64_t WindowJudge::ranked_key(SubjectWindows& windows, std::int64_t k, std::size_t measure,
                                     std::int64_t count) {
  const auto [numerator, denominator] = policy_.measures[measure].quantile;
  // ceil(q · count) in whole numbers: it is 1 at least, for q > 0, and `count` at most, for q <= 1.
  const Int128 rank = (static_cast<Int128>(count) * numerator + denominator - 1) / denominator;
  const auto index = static_cast<std::size_t>(rank - 1);
  const std::size_t list = layout_.places[measure].values;
  if (panes_ == 1) {
    const std::span<Pane> panes = windows.panes_of(k, 1);
    return panes.front().certain[list].sorted()[index];
  }
  SortedWindow& sorted = sorted_[list];
  slide(sorted, windows, k, list);
  return sorted.keys[index];
}

void WindowJudge::slide(SortedWindow& sorted, SubjectWindows& windows, std::int64_t k,
                        std::size_t list) {
  const bool near = sorted.windows == &windows && sorted.generation == generation_ &&
                    k >= sorted.k && k < sorted.k + panes_;
  std::vector<std::int64_t> merged;
  const auto take_in = [&](std::int64_t first, std::int64_t panes) {
    for (Pane& pane : windows.panes_of(first, panes)) {
      const auto& keys = pane.certain[list].sorted();
      if (keys.empty()) continue;
      merged.clear();
      std::ranges::merge(sorted.keys, keys, std::back_inserter(merged));
      sorted.keys.swap(merged);
    }
  };
  if (near) {
    for (Pane& pane : windows.panes_of(sorted.k, k - sorted.k)) {
      merged.clear();
      std::ranges::set_difference(sorted.keys, pane.certain[list].sorted(),
                                  std::back_inserter(merged));
      sorted.keys.swap(merged);
    }
    take_in(sorted.k + panes_, k - sorted.k);
  } else {
    sorted.keys.clear();
    for (Pane& pane : windows.panes_of(k, panes_)) {
      const auto& keys = pane.certain[list].sorted();
      sorted.keys.insert(sorted.keys.end(), keys.begin(), keys.end());
    }
    std::ranges::sort(sorted.keys);
  }
  sorted.windows = &windows;
  sorted.generation = generation_;
  sorted.k = k;
}

}  // namespace tidewaiter
