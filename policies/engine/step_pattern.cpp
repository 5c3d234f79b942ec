#include "policies/engine/step_pattern.h"

#include <array>
#include <optional>

namespace tidewaiter {
namespace {

std::uint32_t bit(std::size_t i) { return std::uint32_t{1} << i; }

/// Follows one reading of the marks through event time.
class SequenceCounter {
 public:
  explicit SequenceCounter(const StepPattern& pattern)
      : last_(pattern.steps.size() - 1),
        without_(pattern.without ? bit(pattern.steps.size()) : 0),
        within_(pattern.within.us) {}

  /// All records of one time: `marks` of any of them, `completing` how many are the last step.
  void take(std::int64_t time, std::uint32_t marks, std::int64_t completing) {
    const std::optional<std::int64_t>& start = starts_[last_ - 1];
    if (start && time - *start <= within_) completed_ += completing;
    const std::array<std::optional<std::int64_t>, StepPattern::kMostSteps> before = starts_;
    if ((marks & without_) != 0) {
      starts_ = {};  // it lies between whatever began earlier and whatever comes later
    } else {
      for (std::size_t i = 1; i < last_; ++i) {
        if ((marks & bit(i)) != 0 && before[i - 1]) starts_[i] = before[i - 1];
      }
    }
    if ((marks & bit(0)) != 0) starts_[0] = time;
  }

  [[nodiscard]] std::int64_t completed() const { return completed_; }

 private:
  std::size_t last_;
  std::uint32_t without_;
  std::int64_t within_;
  /// By step: the latest first step from which records lead up to it. The latest one is the one
  /// from which most can still come in time and with least in between.
  std::array<std::optional<std::int64_t>, StepPattern::kMostSteps> starts_;
  std::int64_t completed_ = 0;
};

PatternCount count_completed(const StepPattern& pattern, std::span<const Sample> samples) {
  const std::size_t last = pattern.steps.size() - 1;
  const std::uint32_t steps = bit(pattern.steps.size()) - 1;
  SequenceCounter least(pattern);
  SequenceCounter most(pattern);
  for (std::size_t i = 0; i < samples.size();) {
    const std::int64_t time = samples[i].time;
    StepMarks all;
    std::int64_t certain = 0;
    std::int64_t possible = 0;
    for (; i < samples.size() && samples[i].time == time; ++i) {
      const StepMarks marks = StepMarks::of_key(samples[i].key);
      all.certain |= marks.certain;
      all.possible |= marks.possible;
      if ((marks.certain & bit(last)) != 0) ++certain;
      if ((marks.possible & bit(last)) != 0) ++possible;
    }
    least.take(time, (all.certain & steps) | (all.possible & ~steps), certain);
    most.take(time, (all.possible & steps) | (all.certain & ~steps), possible);
  }
  return {least.completed(), most.completed()};
}

/// From the last record to the first: what is waited for is then known already.
PatternCount count_missing(const StepPattern& pattern, std::span<const Sample> samples,
                           std::int64_t window_end) {
  PatternCount count;
  std::optional<std::int64_t> certain;  // the next one that is waited for
  std::optional<std::int64_t> possible;
  for (std::size_t i = samples.size(); i > 0;) {
    const std::int64_t time = samples[i - 1].time;
    const auto comes = [&](const std::optional<std::int64_t>& next) {
      return next && *next - time <= pattern.within.us;
    };
    StepMarks all;
    for (; i > 0 && samples[i - 1].time == time; --i) {
      const StepMarks marks = StepMarks::of_key(samples[i - 1].key);
      all.certain |= marks.certain;
      all.possible |= marks.possible;
      if (window_end - time <= pattern.within.us) continue;  // its time is not over
      if ((marks.certain & bit(0)) != 0 && !comes(possible)) ++count.least;
      if ((marks.possible & bit(0)) != 0 && !comes(certain)) ++count.most;
    }
    if ((all.certain & bit(1)) != 0) certain = time;
    if ((all.possible & bit(1)) != 0) possible = time;
  }
  return count;
}

}  // namespace

PatternCount count_pattern(const Measure& measure, std::span<const Sample> samples,
                           std::int64_t window_end) {
  return measure.aggregate == Aggregate::kMissing
             ? count_missing(*measure.pattern, samples, window_end)
             : count_completed(*measure.pattern, samples);
}

}  // namespace tidewaiter
