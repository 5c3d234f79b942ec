#include "policies/engine/reference_steps.h"

#include <algorithm>
#include <set>

#include "policies/language/interpret.h"

namespace tidewaiter::reference {
namespace {

/// One reading of the inputs: which of them count as what, by time.
struct Reading {
  std::vector<std::multiset<UtcTime>> steps;  ///< by step
  std::multiset<UtcTime> without;
};

Truth truth_in(const Input& input, const Expr& where) {
  return std::min(input.truth, truth_of(interpret(where, {&input.record, {}, {}})));
}

/// The times of the inputs that are `where`, at least as truly as `least` says.
std::multiset<UtcTime> times_of(const Expr& where, const std::vector<const Input*>& inputs,
                                Truth least) {
  std::multiset<UtcTime> times;
  for (const Input* input : inputs) {
    if (truth_in(*input, where) >= least) times.insert(input->record.time);
  }
  return times;
}

Reading reading_of(const StepPattern& pattern, const std::vector<const Input*>& inputs,
                   Truth of_steps, Truth of_without) {
  Reading reading;
  for (const auto& step : pattern.steps) {
    reading.steps.push_back(times_of(step.where, inputs, of_steps));
  }
  if (pattern.without) reading.without = times_of(pattern.without->where, inputs, of_without);
  return reading;
}

/// How many steps follow one another from a first one at `start`, each at the earliest time there
/// is after the one before, those before the last not later than `end`.
std::size_t steps_from(const Reading& reading, UtcTime start, UtcTime end) {
  UtcTime at = start;
  std::size_t done = 1;
  for (; done < reading.steps.size(); ++done) {
    const auto next = reading.steps[done].upper_bound(at);
    if (next == reading.steps[done].end() || *next > end) break;
    at = *next;
  }
  return done;
}

bool completes(const StepPattern& pattern, const Reading& reading, UtcTime last) {
  const std::set<UtcTime> starts(reading.steps.front().begin(), reading.steps.front().end());
  return std::any_of(starts.begin(), starts.end(), [&](UtcTime start) {
    if (start >= last || last - start > pattern.within) return false;
    const auto between = reading.without.upper_bound(start);
    if (between != reading.without.end() && *between < last) return false;
    // The last step is at `last` itself: all others lie before it.
    return steps_from(reading, start, last) == reading.steps.size();
  });
}

std::int64_t completed(const StepPattern& pattern, const Reading& reading) {
  const auto& lasts = reading.steps.back();
  return std::count_if(lasts.begin(), lasts.end(),
                       [&](UtcTime last) { return completes(pattern, reading, last); });
}

std::int64_t missing(const StepPattern& pattern, const std::multiset<UtcTime>& after,
                     const std::multiset<UtcTime>& awaited, UtcTime window_end) {
  return std::count_if(after.begin(), after.end(), [&](UtcTime time) {
    if (time + pattern.within >= window_end) return false;
    return std::none_of(awaited.begin(), awaited.end(), [&](UtcTime other) {
      return other > time && other <= time + pattern.within;
    });
  });
}

bool is_in_doubt(const StepPattern& pattern, const std::vector<const Input*>& inputs) {
  const auto unknown = [&inputs](const StepPattern::Step& step) {
    return std::any_of(inputs.begin(), inputs.end(), [&](const Input* input) {
      return truth_in(*input, step.where) == Truth::kUnknown;
    });
  };
  return std::any_of(pattern.steps.begin(), pattern.steps.end(), unknown) ||
         (pattern.without && unknown(*pattern.without));
}

}  // namespace

StepCount count_steps(const Measure& measure, const std::vector<const Input*>& inputs,
                      UtcTime window_end) {
  const StepPattern& pattern = *measure.pattern;
  StepCount count;
  count.in_doubt = is_in_doubt(pattern, inputs);
  if (measure.aggregate == Aggregate::kMissing) {
    const auto count_of = [&](Truth of_after, Truth of_awaited) {
      return missing(pattern, times_of(pattern.steps[0].where, inputs, of_after),
                     times_of(pattern.steps[1].where, inputs, of_awaited), window_end);
    };
    count.least = count_of(Truth::kTrue, Truth::kUnknown);
    count.most = count_of(Truth::kUnknown, Truth::kTrue);
    return count;
  }
  count.least = completed(pattern, reading_of(pattern, inputs, Truth::kTrue, Truth::kUnknown));
  count.most = completed(pattern, reading_of(pattern, inputs, Truth::kUnknown, Truth::kTrue));
  return count;
}

std::string how_far(const Measure& measure, const std::vector<const Input*>& inputs) {
  const StepPattern& pattern = *measure.pattern;
  const Reading reading = reading_of(pattern, inputs, Truth::kTrue, Truth::kUnknown);
  const auto named = [](const StepPattern::Step& step) { return "`" + step.selection + "`"; };
  if (reading.steps[0].empty()) return "no " + named(pattern.steps[0]);
  const std::string within = " within " + format_duration(pattern.within);
  if (measure.aggregate == Aggregate::kMissing) {
    if (reading.steps[1].empty()) return "the time for " + named(pattern.steps[1]) + " is not over";
    return named(pattern.steps[1]) + " followed " + named(pattern.steps[0]) + within;
  }
  std::size_t most = 0;
  for (const UtcTime start : reading.steps[0]) {
    most = std::max(most, steps_from(reading, start, start + pattern.within));
  }
  std::string text;
  if (most == pattern.steps.size()) {
    // All came in time: then `without` came between, or may still.
    return pattern.without ? named(*pattern.without) + " may have come in between" : text;
  }
  for (std::size_t i = 0; i < most; ++i) text += (i > 0 ? ", " : "") + named(pattern.steps[i]);
  return named(pattern.steps[most]) + " did not follow " + text + within;
}

}  // namespace tidewaiter::reference
