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

/// A first step, and what followed it.
struct Attempt {
  UtcTime start;
  UtcTime end;                  ///< the last step that followed in time
  std::size_t done = 0;         ///< steps, the first among them
  std::optional<UtcTime> next;  ///< when the step came that did not follow in time
  bool is_ended = false;        ///< `without` came before the last step, for certain
};

Attempt attempt_from(const Reading& reading, UtcTime start, UtcTime latest) {
  Attempt attempt{start, start, 1, std::nullopt, false};
  for (; attempt.done < reading.steps.size(); ++attempt.done) {
    const auto& times = reading.steps[attempt.done];
    const auto next = times.upper_bound(attempt.end);
    if (next == times.end() || *next > latest) break;
    attempt.end = *next;
  }
  return attempt;
}

bool completes(const StepPattern& pattern, const Reading& reading, UtcTime last) {
  const std::set<UtcTime> starts(reading.steps.front().begin(), reading.steps.front().end());
  return std::any_of(starts.begin(), starts.end(), [&](UtcTime start) {
    if (start >= last || last - start > pattern.within) return false;
    const auto between = reading.without.upper_bound(start);
    if (between != reading.without.end() && *between < last) return false;
    // The last step is at `last` itself: all others lie before it.
    return attempt_from(reading, start, last).done == reading.steps.size();
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

std::string quoted(const StepPattern::Step& step) { return "`" + step.selection + "`"; }

/// The first time of `without` that lies between the first step and the last.
std::optional<UtcTime> first_between(const std::multiset<UtcTime>& without,
                                     const Attempt& attempt) {
  const auto found = without.upper_bound(attempt.start);
  if (found == without.end() || *found >= attempt.end) return std::nullopt;
  return *found;
}

/// Of all first steps in the window the one that came furthest; of those the one that is least
/// late, or that nothing has ended, then the first.
Attempt best_attempt(const StepPattern& pattern, const Reading& reading,
                     const std::multiset<UtcTime>& without,
                     const std::vector<const Input*>& of_subject) {
  std::optional<Attempt> best;
  const auto is_better = [&best](const Attempt& one) {
    if (!best || one.done != best->done) return !best || one.done > best->done;
    if (one.is_ended != best->is_ended) return best->is_ended;
    if (!one.next) return false;
    return !best->next || *one.next - one.start < *best->next - best->start;
  };
  for (const UtcTime start : reading.steps[0]) {
    Attempt one = attempt_from(reading, start, start + pattern.within);
    if (one.done < pattern.steps.size()) {
      const auto later = times_of(pattern.steps[one.done].where, of_subject, Truth::kTrue);
      const auto next = later.upper_bound(one.end);
      if (next != later.end()) one.next = *next;
    } else {
      one.is_ended = first_between(without, one).has_value();
    }
    if (is_better(one)) best = one;
  }
  return *best;  // there is a first step
}

/// All steps came in time: what has come in between, or may have.
std::string interruption_text(const StepPattern& pattern, const std::vector<const Input*>& inputs,
                              const Attempt& attempt) {
  if (!pattern.without) return {};
  const std::string between = " in between, at ";
  if (const auto at =
          first_between(times_of(pattern.without->where, inputs, Truth::kTrue), attempt)) {
    return quoted(*pattern.without) + " came" + between + format_time(*at);
  }
  if (const auto at =
          first_between(times_of(pattern.without->where, inputs, Truth::kUnknown), attempt)) {
    return quoted(*pattern.without) + " may have come" + between + format_time(*at);
  }
  return {};
}

double fraction(Duration part, Duration whole) {
  return static_cast<double>(part.us) / static_cast<double>(whole.us);
}

/// Of kMissing: what became of the waiting that came nearest to being in vain. `certain` are the
/// certain times of what is waited for; the reading has those that may be.
StepProgress waiting(const StepPattern& pattern, const Reading& reading,
                     const std::multiset<UtcTime>& certain, UtcTime window_end) {
  const std::string awaited = quoted(pattern.steps[1]);
  const std::string within = " within " + format_duration(pattern.within);
  std::optional<UtcTime> open;
  std::optional<Duration> longest;
  for (const UtcTime after : reading.steps[0]) {
    const auto next = certain.upper_bound(after);
    const bool followed = next != certain.end() && *next - after <= pattern.within;
    if (followed) {
      longest = std::max(longest.value_or(Duration{}), *next - after);
    } else if (after + pattern.within >= window_end) {
      open = after;
    }
  }
  const auto steps = static_cast<double>(pattern.steps.size());
  if (open) {
    return {"the time for " + awaited + " is not over: it ends at " +
                format_time(*open + pattern.within),
            std::nullopt, 1.0 / steps};
  }
  if (!longest) {
    return {awaited + " may have followed " + quoted(pattern.steps[0]) + within, std::nullopt, 0.0};
  }
  return {awaited + " followed " + quoted(pattern.steps[0]) + within + ": " +
              format_duration(*longest) + " after it",
          std::nullopt, (1.0 - fraction(*longest, pattern.within)) / steps};
}

/// Of a sequence whose next step did not come in time: which, and when it came all the same.
StepProgress broken_off(const StepPattern& pattern, const Attempt& attempt) {
  const auto steps = static_cast<double>(pattern.steps.size());
  StepProgress progress;
  progress.lacks = static_cast<double>(pattern.steps.size() - attempt.done) / steps;
  for (std::size_t i = 0; i < attempt.done; ++i) {
    progress.text += (i > 0 ? ", " : "") + quoted(pattern.steps[i]);
  }
  progress.text = quoted(pattern.steps[attempt.done]) + " did not follow " + progress.text +
                  " within " + format_duration(pattern.within);
  if (!attempt.next) return progress;
  const Duration after = *attempt.next - attempt.start;
  progress.text +=
      ": it came " + format_duration(after) + " after " + quoted(pattern.steps[0]) + ", ";
  if (after <= pattern.within) {
    progress.text += "after this window";
    return progress;
  }
  progress.late_by = Duration{after.us - pattern.within.us};
  progress.lacks -= (1.0 - fraction(*progress.late_by, after)) / steps;
  progress.text += format_duration(*progress.late_by) + " too late";
  return progress;
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

StepProgress how_far(const Measure& measure, const std::vector<const Input*>& inputs,
                     const std::vector<const Input*>& of_subject, UtcTime window_end) {
  const StepPattern& pattern = *measure.pattern;
  const Reading reading = reading_of(pattern, inputs, Truth::kTrue, Truth::kUnknown);
  if (reading.steps[0].empty()) return {"no " + quoted(pattern.steps[0]), std::nullopt, 1.0};
  if (measure.aggregate == Aggregate::kMissing) {
    return waiting(pattern, reading, times_of(pattern.steps[1].where, inputs, Truth::kTrue),
                   window_end);
  }
  const std::multiset<UtcTime> without =
      pattern.without ? times_of(pattern.without->where, inputs, Truth::kTrue)
                      : std::multiset<UtcTime>{};
  const Attempt best = best_attempt(pattern, reading, without, of_subject);
  if (best.done < pattern.steps.size()) return broken_off(pattern, best);
  return {interruption_text(pattern, inputs, best), std::nullopt,
          best.is_ended ? 0.5 / static_cast<double>(pattern.steps.size()) : 0.0};
}

}  // namespace tidewaiter::reference
