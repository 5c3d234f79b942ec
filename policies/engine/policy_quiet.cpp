// PolicyRuntime, its part that makes no windows of subjects of which none can hold: QuietSubjects.
// What there is of such windows is counted, over all quiet subjects together, by where they lie.

#include <algorithm>
#include <limits>
#include <utility>

#include "policies/engine/policy_runtime.h"

namespace tidewaiter {
namespace {

/// Calls `visit(WindowRun, status)` for each stretch of one status in `windows`.
template <class Visit>
void each_stretch(const StatusMap& statuses, const WindowRun& windows, const Visit& visit) {
  for (std::int64_t k = windows.first; k <= windows.last;) {
    const std::int64_t last = std::min(windows.last, statuses.same_until(k));
    visit(WindowRun{k, last}, statuses.at(k));
    k = last + 1;
  }
}

/// Runs that go on from one another are one.
void append_run(const WindowRun& run, std::vector<WindowRun>& runs) {
  if (!runs.empty() && runs.back().last + 1 == run.first) {
    runs.back().last = run.last;
  } else {
    runs.push_back(run);
  }
}

}  // namespace

bool PolicyRuntime::tells_quiet(WindowStatus status) const {
  // A window that is short of records holds or not by what is missing, unless what is there tells.
  return status == WindowStatus::kUnsettled || status == WindowStatus::kClosed ||
         !judge_.outlook().can_fail;
}

std::optional<RangeAnswer> PolicyRuntime::quiet_answer(WindowStatus status) {
  if (status == WindowStatus::kUnsettled) return std::nullopt;
  return status == WindowStatus::kClosed ? RangeAnswer::kFalse : RangeAnswer::kUnknown;
}

void PolicyRuntime::count_quiet(WindowStatus status, std::int64_t windows) {
  if (const auto answer = quiet_answer(status)) windows_by_answer_[place_of(*answer)] += windows;
}

void PolicyRuntime::note_quiet_idle(std::uint32_t subject) {
  QuietSubjects::Bytes& quiet = resting_[subject];
  if (has_flag(quiet, RestingFlag::kIdle)) return;
  // What waits for a record that is missing is looked at when that has come.
  if (QuietSubjects::latest_pane(quiet) <= last_frozen_) return;
  set_flag(quiet, RestingFlag::kIdle, true);
  put_idle(std::max(QuietSubjects::middle_pane(quiet), last_frozen_ + 1), subject);
}

bool PolicyRuntime::take_quietly(std::uint32_t subject) {
  if (!quiet_ || states_.has(subject)) return false;
  QuietSubjects::Bytes& place = resting_.at(subject);
  if (place != nullptr && !QuietSubjects::is_one(place)) return false;
  const WindowRun fresh = quiet_->new_windows(place, input_.pane);
  bool is_told = true;
  each_stretch(statuses_, fresh, [&](const WindowRun&, WindowStatus status) {
    is_told = is_told && tells_quiet(status);
  });
  const bool is_new = place == nullptr;
  if (!is_told || !quiet_->add(place, input_)) return false;
  (void)states_.at(subject);
  if (is_new && !frozen_panes_.has(subject)) ++subjects_with_windows_;
  quiet_windows_.change(fresh, 1);
  each_stretch(statuses_, fresh, [this](const WindowRun& run, WindowStatus status) {
    const std::int64_t windows = run.last - run.first + 1;
    count_quiet(status, windows);
    if (quiet_answer(status) == RangeAnswer::kUnknown) gap_not_evaluable_ += windows;
  });
  note_quiet_idle(subject);
  return true;
}

bool PolicyRuntime::become_quiet(std::uint32_t subject) {
  SubjectState& state = *states_[subject];
  if (!quiet_ || !state.findings.empty()) return false;
  const auto stands_quietly = [this](const Span& span) {
    const auto answer = quiet_answer(span.status);
    return tells_quiet(span.status) && span.counted == answer &&
           (answer ? span.answer == *answer : span.answer != RangeAnswer::kTrue);
  };
  if (!std::ranges::all_of(state.windows.spans(), stands_quietly)) return false;
  freeze(state, subject);
  const auto spans = state.windows.spans();
  if (spans.empty()) return false;
  state.inputs.keep([&state](std::int64_t pane) { return state.windows.has_pane(pane); });

  QuietSubjects::Bytes quiet;
  bool falls_short = true;
  state.inputs.each(
      [&](const Input& input) { falls_short = falls_short && quiet_->add(quiet, input); });
  if (!falls_short || quiet == nullptr) return false;
  // What lies before is forgotten, but for windows that wait for what is missing.
  WindowRun gone{std::numeric_limits<std::int64_t>::min(), last_frozen_};
  for (const Span& span : spans) {
    if (span.from <= last_frozen_) gone.first = span.to + 1;
  }
  if (gone.first <= gone.last) quiet_->forget(quiet, gone);
  if (quiet == nullptr) return false;
  quiet_->windows(quiet, alike_);
  if (!are_the_same(spans, alike_)) return false;

  for (const AlikeWindows& windows : alike_) {
    quiet_windows_.change({windows.first, windows.last}, 1);
  }
  set_flag(quiet, RestingFlag::kActive, state.active);
  set_flag(quiet, RestingFlag::kIdle, state.is_idle);
  resting_[subject] = std::move(quiet);
  note_quiet_idle(subject);
  return true;
}

bool PolicyRuntime::are_the_same(std::span<const Span> spans,
                                 std::span<const AlikeWindows> windows) {
  std::vector<WindowRun> of_spans;
  for (const Span& span : spans) append_run({span.from, span.to}, of_spans);
  std::vector<WindowRun> others;
  for (const AlikeWindows& alike : windows) append_run({alike.first, alike.last}, others);
  return std::ranges::equal(of_spans, others, [](const WindowRun& a, const WindowRun& b) {
    return a.first == b.first && a.last == b.last;
  });
}

void PolicyRuntime::end_quiet(std::uint32_t subject, SubjectState& state) {
  const QuietSubjects::Bytes quiet = std::move(resting_[subject]);
  quiet_->windows(quiet, alike_);
  outlines_.clear();
  for (const AlikeWindows& windows : alike_) {
    quiet_windows_.change({windows.first, windows.last}, -1);
    each_stretch(statuses_, {windows.first, windows.last},
                 [this](const WindowRun& run, WindowStatus status) {
                   const std::int64_t each = layout_.has_history ? 1 : run.last - run.first + 1;
                   for (std::int64_t k = run.first; k <= run.last; k += each) {
                     SpanOutline& span = outlines_.emplace_back();
                     span.from = k;
                     span.to = k + each - 1;
                     span.status = status;
                     span.counted = quiet_answer(status);
                     span.answer = span.counted.value_or(RangeAnswer::kUnknown);
                   }
                 });
  }
  quiet_->each(quiet, [&state](const Input& input) { state.inputs.add(input); });
  state.spans_kept = 0;
}

void PolicyRuntime::prepare_quiet(const StatusMap& after,
                                  const std::vector<StatusMap::Change>& changes) {
  if (!quiet_) return;
  const bool drops = after.first_judged() > statuses_.first_judged();
  const bool is_told = std::ranges::all_of(changes, [this](const StatusMap::Change& change) {
    return tells_quiet(change.after) || quiet_windows_.sum({change.first, change.last}) == 0;
  });
  if (!drops && is_told) return;
  for (std::uint32_t subject = 0; subject < states_.size(); ++subject) {
    if (!is_quiet(subject)) continue;
    quiet_->windows(resting_[subject], alike_);
    const bool is_dropped = drops && alike_.front().first < after.first_judged();
    if (is_dropped || is_untold_by(changes)) await_watermark(wake(subject), subject);
  }
}

bool PolicyRuntime::is_untold_by(const std::vector<StatusMap::Change>& changes) const {
  return std::ranges::any_of(changes, [this](const StatusMap::Change& change) {
    return !tells_quiet(change.after) &&
           std::ranges::any_of(alike_, [&change](const AlikeWindows& windows) {
             return windows.first <= change.last && change.first <= windows.last;
           });
  });
}

void PolicyRuntime::settle_quiet(const std::vector<StatusMap::Change>& changes) {
  if (!quiet_) return;
  bool completes = false;
  for (const StatusMap::Change& change : changes) {
    const std::int64_t windows = quiet_windows_.sum({change.first, change.last});
    count_quiet(change.before, -windows);
    count_quiet(change.after, windows);
    if (!quiet_answer(change.before) && quiet_answer(change.after) == RangeAnswer::kUnknown) {
      gap_not_evaluable_ += windows;
    }
    completes = completes || (change.before == WindowStatus::kUncovered && windows > 0);
  }
  if (!completes) return;
  // What waited for what was missing may be done with.
  for (std::uint32_t subject = 0; subject < states_.size(); ++subject) {
    if (!is_quiet(subject) || has_flag(resting_[subject], RestingFlag::kIdle)) continue;
    set_flag(resting_[subject], RestingFlag::kIdle, true);
    put_idle(QuietSubjects::latest_pane(resting_[subject]), subject);
  }
}

bool PolicyRuntime::leaves_active(std::uint32_t subject) {
  if (!is_quiet(subject)) return false;
  set_flag(resting_[subject], RestingFlag::kActive, false);
  return true;
}

std::optional<WindowRun> PolicyRuntime::done_quietly(const QuietSubjects::Bytes& subject) {
  done_.clear();
  quiet_->windows(subject, alike_);
  const WindowRun before = QuietSubjects::forgotten(subject);
  WindowRun gone{std::numeric_limits<std::int64_t>::min(), last_frozen_};
  bool is_one_run = true;
  for (const AlikeWindows& windows : alike_) {
    const WindowRun settled{windows.first, std::min(windows.last, last_frozen_)};
    each_stretch(statuses_, settled, [&](const WindowRun& run, WindowStatus status) {
      if (status == WindowStatus::kClosed) {
        done_.push_back({run.first, run.last, windows.latest, true});
        return;
      }
      // It stays, and what is forgotten begins after it.
      const bool is_first =
          done_.empty() && (before.first > before.last || before.first > run.last);
      is_one_run = is_one_run && is_first;
      gone.first = run.last + 1;
    });
  }
  return is_one_run ? std::optional(gone) : std::nullopt;
}

bool PolicyRuntime::freeze_quietly(std::uint32_t subject) {
  QuietSubjects::Bytes& quiet = resting_[subject];
  if (has_flag(quiet, RestingFlag::kActive)) return false;
  const std::optional<WindowRun> gone = done_quietly(quiet);
  if (!gone) return false;
  set_flag(quiet, RestingFlag::kIdle, false);
  if (!done_.empty()) {
    for (const SubjectWindows::Done& windows : done_) {
      quiet_windows_.change({windows.first, windows.last}, -1);
    }
    count_frozen(done_, subject);
    quiet_->forget(quiet, *gone);
  }
  if (quiet != nullptr) note_quiet_idle(subject);
  return true;
}

}  // namespace tidewaiter
