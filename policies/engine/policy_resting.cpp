// PolicyRuntime, its part that keeps subjects in few bytes while nothing happens to them.

#include <algorithm>
#include <utility>

#include "policies/engine/policy_runtime.h"
#include "policies/engine/windows_at_rest.h"
#include "policies/model/varint.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostSpare = 32;

}  // namespace

void PolicyRuntime::note_input(SubjectState& state, std::uint32_t subject, int sign) {
  if (!state.may_rest) return;
  state.was_touched = true;
  if (sign < 0) return state.inputs.remove(input_.seq);
  state.inputs.add(input_);
  if (state.inputs.size() <= limits_.most_inputs) return;
  freeze(state, subject);  // the input lies in no window that is done with
  state.inputs.keep([&state](std::int64_t pane) { return state.windows.has_pane(pane); });
  if (state.inputs.size() <= limits_.most_inputs) return;
  state.may_rest = false;
  state.inputs.clear();
}

bool PolicyRuntime::rests_after(std::uint32_t subject, std::int64_t first) {
  if (!resting_.has(subject)) return false;
  read_outline_at_rest(resting_[subject], outlines_);
  return outlines_.front().from >= first;
}

std::span<const std::uint8_t> PolicyRuntime::bytes_at_rest(const QuietSubjects::Bytes& resting) {
  if (resting == nullptr) return {};
  if (QuietSubjects::is_one(resting)) return QuietSubjects::bytes_of(resting);
  std::vector<SpanOutline> outline;
  return {resting.get(), read_outline_at_rest(resting, outline)};
}

const std::uint8_t* PolicyRuntime::read_outline_at_rest(const QuietSubjects::Bytes& resting,
                                                        std::vector<SpanOutline>& outline) {
  VarintReader reader(resting.get());
  (void)reader.byte();
  (void)reader.whole();
  PackedInputs::skip(reader);
  read_outline(reader, outline);
  return reader.at();
}

QuietSubjects::Bytes PolicyRuntime::made_at_rest(std::span<const std::uint8_t> bytes) {
  if (has_flag(bytes[0], RestingFlag::kQuiet)) return QuietSubjects::made_of(bytes);
  auto made = std::make_unique<std::uint8_t[]>(bytes.size());
  std::ranges::copy(bytes, made.get());
  return made;
}

void PolicyRuntime::take_in_states() {
  for (std::size_t at = states_.next(0); at < states_.size(); at = states_.next(at + 1)) {
    judge_.take_in(states_[at]->windows, static_cast<std::uint32_t>(at));
  }
}

void PolicyRuntime::let_rest(std::uint32_t subject) {
  std::unique_ptr<SubjectState>& state = states_[subject];
  if (state == nullptr || !state->may_rest || !state->findings.empty()) return;
  SubjectWindows& windows = state->windows;
  if (!windows.spans().empty() && become_quiet(subject)) return keep_spare(state);
  if (windows.spans().empty()) {
    if (!state->active && !state->is_idle) state.reset();
    return;
  }
  state->inputs.keep([&windows](std::int64_t pane) { return windows.has_pane(pane); });
  windows.outline(layout_, panes_, outlines_);
  for (std::size_t i = 0; i < outlines_.size(); ++i) outlines_[i].falls = judge_.falls(windows, i);
  bytes_.clear();
  append_varints(bytes_, 1 + VarintWriter::kMost, [&state](VarintWriter& writer) {
    writer.byte(0);  // the flags
    writer.whole(state->spans_kept);
  });
  state->inputs.append_to(bytes_);
  append_outline(outlines_, bytes_);
  resting_[subject] = std::make_unique<std::uint8_t[]>(bytes_.size());
  std::ranges::copy(bytes_, resting_[subject].get());
  set_flag(resting_[subject], RestingFlag::kActive, state->active);
  set_flag(resting_[subject], RestingFlag::kIdle, state->is_idle);
  keep_spare(state);
}

void PolicyRuntime::keep_spare(std::unique_ptr<SubjectState>& state) {
  if (spare_.size() < kMostSpare) spare_.push_back(std::move(state));
  state.reset();
}

void PolicyRuntime::let_rest_alone(std::uint32_t subject) {
  SubjectState& state = *states_[subject];
  if (!std::exchange(state.was_touched, false)) return let_rest(subject);
  // A busy one that is far from every threshold needs no windows; near the limit it would be back
  // with the next records.
  const bool is_far = state.may_rest && state.inputs.size() <= limits_.most_inputs / 4 * 3;
  if (is_far && become_quiet(subject)) keep_spare(states_[subject]);
}

void PolicyRuntime::let_some_rest() {
  while (awake_.size() > limits_.most_awake) {
    const std::uint32_t subject = awake_.front();
    awake_.pop_front();
    const auto& state = states_[subject];
    if (state != nullptr && state->inputs.size() <= limits_.few_inputs) let_rest(subject);
  }
}

PolicyRuntime::SubjectState& PolicyRuntime::wake(std::uint32_t subject) {
  std::unique_ptr<SubjectState>& state = states_[subject];
  if (state != nullptr) return *state;
  if (spare_.empty()) {
    state = std::make_unique<SubjectState>();
  } else {
    state = std::move(spare_.back());
    spare_.pop_back();
  }
  state->may_rest = true;
  state->was_touched = false;
  state->active = has_flag(resting_[subject], RestingFlag::kActive);
  state->is_idle = has_flag(resting_[subject], RestingFlag::kIdle);
  if (is_quiet(subject)) {
    state->inputs.clear();
    end_quiet(subject, *state);
  } else {
    end_rest(subject, *state);
  }
  state->windows.take_outline(layout_, outlines_);
  state->windows.fill(layout_, panes_, kept_for(policy_.evidence), state->inputs);
  judge_.note_loss();  // windows of another subject may have stood at the same place
  return *state;
}

void PolicyRuntime::end_rest(std::uint32_t subject, SubjectState& state) {
  const QuietSubjects::Bytes bytes = std::move(resting_[subject]);
  VarintReader reader(bytes.get());
  (void)reader.byte();
  state.spans_kept = static_cast<std::size_t>(reader.whole());
  state.inputs = PackedInputs::read_from(reader);
  read_outline(reader, outlines_);
}

bool PolicyRuntime::close_at_rest(const std::vector<StatusMap::Change>& changes,
                                  std::vector<SpanOutline>& spans, Counted& counted) {
  const auto counts = [&counted](const SpanOutline& span) {
    const std::int64_t windows = span.to - span.from + 1;
    if (span.counted) counted[place_of(*span.counted)] -= windows;
    counted[place_of(RangeAnswer::kFalse)] += windows;
  };
  return std::ranges::all_of(changes, [&](const StatusMap::Change& change) {
    return change.after == WindowStatus::kClosed &&
           close_outline(spans, change.first, change.last, counts);
  });
}

bool PolicyRuntime::settle_at_rest(std::uint32_t subject,
                                   const std::vector<StatusMap::Change>& changes) {
  if (states_[subject] != nullptr) return false;
  std::uint8_t* const bytes = resting_[subject].get();
  VarintReader reader(bytes);
  (void)reader.byte();
  const auto kept = static_cast<std::size_t>(reader.whole());
  PackedInputs::skip(reader);
  const std::uint8_t* const outline = reader.at();
  read_outline(reader, outlines_);
  Counted counted{};
  if (!close_at_rest(changes, outlines_, counted)) return false;
  const auto done = static_cast<std::size_t>(std::ranges::count_if(
      outlines_, [this](const SpanOutline& span) { return span.to <= last_frozen_; }));
  const std::int64_t last = outlines_.back().to;
  const bool remains = last > statuses_.last_complete();
  if (!remains || is_worth_freezing(done, kept, outlines_.size())) return false;

  bytes_.clear();
  append_outline(outlines_, bytes_);
  const auto before = static_cast<std::size_t>(outline - bytes);
  if (bytes_.size() <= static_cast<std::size_t>(reader.at() - outline)) {
    std::ranges::copy(bytes_, bytes + before);
  } else {
    auto longer = std::make_unique<std::uint8_t[]>(before + bytes_.size());
    std::copy_n(bytes, before, longer.get());
    std::ranges::copy(bytes_, longer.get() + before);
    resting_[subject] = std::move(longer);
  }
  for (std::size_t place = 0; place < counted.size(); ++place) {
    windows_by_answer_[place] += counted[place];
  }
  return true;
}

}  // namespace tidewaiter
