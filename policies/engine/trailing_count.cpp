#include "policies/engine/trailing_count.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "policies/engine/accumulators.h"
#include "policies/engine/exact_sum.h"

namespace tidewaiter {
namespace {

using Kind = TrailingFigure::Kind;

std::uint32_t mark_bit(std::size_t i) { return std::uint32_t{1} << i; }

/// The records of the stretch that ends at one instant, by one reading of their marks.
class Stretch {
 public:
  explicit Stretch(const Measure& measure)
      : figure_(*measure.pattern->trailing),
        real_(measure.argument && measure.argument->type == ValueType::kDouble),
        steps_(measure.pattern->steps.size()) {}

  /// A record comes in (`sign` 1) or leaves (−1).
  void change(const Sample& sample, std::uint32_t marks, int sign) {
    for (std::size_t i = 0; i < steps_; ++i) {
      if ((marks & mark_bit(i)) == 0) continue;
      records_ += sign;
      by_step_[i] += sign;
      if ((marks & mark_bit(steps_)) != 0) change_value(sample, sign);
    }
  }

  /// Whether an instant matches at which these records come. They are in already.
  [[nodiscard]] bool matches(std::span<const Sample> now, std::span<const std::uint32_t> marks) {
    if (figure_.kind != Kind::kShare) {
      const std::optional<double> figure = this->figure();
      return figure && meets(*figure, figure_.limits);
    }
    for (std::size_t i = 0; i < now.size(); ++i) {
      if ((marks[i] & (mark_bit(steps_) - 1)) == 0 || (marks[i] & mark_bit(steps_)) == 0) continue;
      const auto own = static_cast<double>(values_.at(key_of_value(now[i])));
      if (meets(100.0 * own / static_cast<double>(valued_), figure_.limits)) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] std::int64_t key_of_value(const Sample& sample) const {
    return real_ ? key_of(sample.number) : sample.group;
  }

  void change_value(const Sample& sample, int sign) {
    valued_ += sign;
    const double number = real_ ? sample.number : static_cast<double>(sample.group);
    switch (figure_.kind) {
      case Kind::kSum:
      case Kind::kMean:
        sum_.add(sign > 0 ? number : -number);
        break;
      case Kind::kDistinct:
      case Kind::kShare:
        change_in(values_, key_of_value(sample), sign);
        break;
      case Kind::kPercentile:
        change_in(numbers_, number, sign);
        break;
      case Kind::kRecords:
      case Kind::kSteps:
        break;
    }
  }

  template <class Key>
  static void change_in(std::map<Key, std::int64_t>& counts, Key key, int sign) {
    const auto at = counts.try_emplace(key, 0).first;
    at->second += sign;
    if (at->second == 0) counts.erase(at);
  }

  [[nodiscard]] std::optional<double> figure() const {
    switch (figure_.kind) {
      case Kind::kRecords:
        return static_cast<double>(records_);
      case Kind::kSteps:
        return static_cast<double>(
            std::ranges::count_if(by_step_, [](std::int64_t count) { return count > 0; }));
      case Kind::kDistinct:
        return static_cast<double>(values_.size());
      case Kind::kSum:
      case Kind::kMean:
      case Kind::kPercentile:
      case Kind::kShare:
        break;
    }
    if (valued_ == 0) return std::nullopt;
    if (figure_.kind == Kind::kPercentile) return percentile();
    const double sum = sum_.rounded();
    return figure_.kind == Kind::kSum ? sum : sum / static_cast<double>(valued_);
  }

  [[nodiscard]] double percentile() const {
    const auto rank = static_cast<std::int64_t>(
        std::max(1.0, std::ceil(figure_.percent / 100.0 * static_cast<double>(valued_))));
    std::int64_t seen = 0;
    for (const auto& [number, count] : numbers_) {
      seen += count;
      if (seen >= rank) return number;
    }
    return numbers_.rbegin()->first;
  }

  const TrailingFigure& figure_;
  bool real_;
  std::size_t steps_;
  std::int64_t records_ = 0;
  std::array<std::int64_t, StepPattern::kMostSteps> by_step_{};
  std::int64_t valued_ = 0;
  ExactSum sum_;
  std::map<std::int64_t, std::int64_t> values_;
  std::map<double, std::int64_t> numbers_;
};

/// How many instants match from `first` on, by the marks of one reading; and how many there are.
struct Instants {
  std::int64_t matching = 0;
  std::int64_t all = 0;
};

Instants instants_of(const Measure& measure, std::span<const Sample> samples, std::int64_t first,
                     std::span<const std::uint32_t> marks) {
  const std::uint32_t steps = mark_bit(measure.pattern->steps.size()) - 1;
  Stretch stretch(measure);
  Instants instants;
  std::size_t oldest = 0;
  for (std::size_t i = 0; i < samples.size();) {
    const std::int64_t time = samples[i].time;
    const std::size_t begin = i;
    std::uint32_t any = 0;
    for (; i < samples.size() && samples[i].time == time; ++i) {
      stretch.change(samples[i], marks[i], 1);
      any |= marks[i] & steps;
    }
    for (; time - samples[oldest].time > measure.pattern->within.us; ++oldest) {
      stretch.change(samples[oldest], marks[oldest], -1);
    }
    if (time < first || any == 0) continue;
    ++instants.all;
    const std::size_t size = i - begin;
    if (stretch.matches(samples.subspan(begin, size), marks.subspan(begin, size))) {
      ++instants.matching;
    }
  }
  return instants;
}

}  // namespace

PatternCount count_matched(const Measure& measure, std::span<const Sample> samples,
                           std::int64_t window_from) {
  const std::int64_t first = window_from + measure.pattern->within.us;
  const std::uint32_t steps = mark_bit(measure.pattern->steps.size()) - 1;
  std::vector<std::uint32_t> certain;
  std::vector<std::uint32_t> possible;
  bool in_doubt = false;
  for (const Sample& sample : samples) {
    const StepMarks marks = StepMarks::of_key(sample.key);
    in_doubt = in_doubt || (marks.certain & steps) != (marks.possible & steps);
    certain.push_back((marks.certain & steps) | (marks.possible & ~steps));
    possible.push_back(marks.possible);
  }
  if (!in_doubt) {
    const std::int64_t count = instants_of(measure, samples, first, certain).matching;
    return {count, count};
  }
  const Instants most = instants_of(measure, samples, first, possible);
  if (!only_grows(*measure.pattern->trailing)) return {0, most.all};
  return {instants_of(measure, samples, first, certain).matching, most.matching};
}

}  // namespace tidewaiter
