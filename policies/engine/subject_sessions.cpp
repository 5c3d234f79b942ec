#include "policies/engine/subject_sessions.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "policies/engine/session_span.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kOnePane = 1;

auto place_of(const Input& input) { return std::tuple(input.time, input.seq); }

/// Whether an input at `time` belongs to the session, or would.
bool joins(const Window& window, const SessionExtent& session, std::int64_t time) {
  if (time < session.first) return in_one_session(window, UtcTime{time}, UtcTime{session.first});
  if (time <= session.last) return true;
  return in_one_session(window, UtcTime{session.last}, UtcTime{time});
}

/// The spans of the sessions that an input at `time` joins: two at most, which are neighbours.
SubjectWindows::Touched joined_by(const SubjectWindows& windows, const Window& window,
                                  std::int64_t time) {
  const auto spans = windows.spans();
  const std::size_t at = windows.lower_bound(time);
  SubjectWindows::Touched joined{at, at};
  if (at > 0 && joins(window, *spans[at - 1].session, time)) --joined.first;
  if (at < spans.size() && joins(window, *spans[at].session, time)) ++joined.last;
  return joined;
}

}  // namespace

WindowRun SubjectSessions::around(const SubjectWindows& windows, const Window& window,
                                  std::int64_t time) {
  WindowRun run{time, time};
  const SubjectWindows::Touched joined = joined_by(windows, window, time);
  for (std::size_t i = joined.first; i < joined.last; ++i) {
    run.first = std::min(run.first, windows.spans()[i].session->first);
    run.last = std::max(run.last, windows.spans()[i].session->last);
  }
  return run;
}

void SubjectSessions::add(const SessionRules& rules, SubjectWindows& windows, Input input) {
  const SubjectWindows::Touched joined = joined_by(windows, rules.window, input.time);
  const WindowRun whole = around(windows, rules.window, input.time);
  std::int64_t number = input.time;
  std::int64_t most = 0;
  for (std::size_t i = joined.first; i < joined.last; ++i) {
    const Span& span = windows.spans()[i];
    if (span.certain + span.maybe <= most) continue;
    most = span.certain + span.maybe;
    number = span.from;
  }
  for (std::size_t i = joined.last; i-- > joined.first;) {  // moving takes the span away
    const Span& span = windows.spans()[i];
    if (span.from == number) continue;
    move(rules, windows, span.session->first, span.session->last, number);
  }
  input.pane = number;
  (void)windows.change(rules.layout, rules.statuses, kOnePane, input, 1, rules.kept);
  inputs_.insert(std::ranges::upper_bound(inputs_, place_of(input), {}, place_of),
                 std::move(input));
  describe(rules, windows, number, whole.first, whole.last);
}

void SubjectSessions::remove(const SessionRules& rules, SubjectWindows& windows, std::int64_t time,
                             std::int64_t seq) {
  const auto found = std::ranges::lower_bound(inputs_, std::tuple(time, seq), {}, place_of);
  if (found == inputs_.end() || place_of(*found) != std::tuple(time, seq)) return;
  const std::int64_t number = found->pane;
  (void)windows.change(rules.layout, rules.statuses, kOnePane, *found, -1, rules.kept);
  inputs_.erase(found);
  const std::size_t at = windows.lower_bound(number);
  const auto [first, last] = std::pair(windows.spans()[at].session->first,  //
                                       windows.spans()[at].session->last);
  std::vector<WindowRun> parts = parts_without(rules.window, {first, last}, std::tuple(time, seq));
  const auto holds_number = [number](const WindowRun& part) {
    return part.first <= number && number <= part.last;
  };
  for (const WindowRun& part : parts) {
    const std::int64_t own = holds_number(part) ? number : part.first;
    if (own != number) move(rules, windows, part.first, part.last, own);
    describe(rules, windows, own, part.first, part.last);
  }
  if (parts.empty()) windows.sweep(rules.layout, {at, at + 1});
}

std::vector<WindowRun> SubjectSessions::parts_without(const Window& window, WindowRun session,
                                                      std::tuple<std::int64_t, std::int64_t> gone) {
  const std::span<Input> left = between(session.first, session.last);
  if (left.empty()) return {};
  const WindowRun whole{left.front().time, left.back().time};
  const auto next = std::ranges::lower_bound(left, gone, {}, place_of);
  if (next == left.begin() || next == left.end()) return {whole};
  const std::int64_t before = std::prev(next)->time;
  if (in_one_session(window, UtcTime{before}, UtcTime{next->time})) return {whole};
  return {{whole.first, before}, {next->time, whole.last}};
}

void SubjectSessions::forget_before(const SessionRules& rules, SubjectWindows& windows,
                                    std::int64_t time) {
  std::int64_t next = std::numeric_limits<std::int64_t>::max();  // the first number that is left
  std::optional<WindowRun> cut;
  for (const Span& span : windows.spans()) {
    if (span.session->last < time) continue;
    next = span.from;
    if (span.session->first < time) {
      cut = WindowRun{span.session->first, span.session->last};
      ++next;
    }
    break;
  }
  windows.forget_before(rules.layout, rules.statuses, kOnePane, next);
  windows.sweep(rules.layout, {0, windows.lower_bound(next)});
  inputs_.erase(inputs_.begin(), std::ranges::lower_bound(inputs_, time, {}, &Input::time));
  if (!cut) return;
  const std::span<Input> left = between(time, cut->last);
  for (Input& input : left) {
    input.pane = left.front().time;
    (void)windows.change(rules.layout, rules.statuses, kOnePane, input, 1, rules.kept);
  }
  describe(rules, windows, left.front().time, left.front().time, cut->last);
}

std::span<Input> SubjectSessions::between(std::int64_t first, std::int64_t last) {
  const auto begin = std::ranges::lower_bound(inputs_, first, {}, &Input::time);
  const auto end = std::ranges::upper_bound(begin, inputs_.end(), last, {}, &Input::time);
  return {begin, end};
}

void SubjectSessions::move(const SessionRules& rules, SubjectWindows& windows, std::int64_t first,
                           std::int64_t last, std::int64_t number) {
  std::int64_t former = number;
  for (Input& input : between(first, last)) {
    former = input.pane;
    (void)windows.change(rules.layout, rules.statuses, kOnePane, input, -1, rules.kept);
    input.pane = number;
    (void)windows.change(rules.layout, rules.statuses, kOnePane, input, 1, rules.kept);
  }
  const std::size_t at = windows.lower_bound(former);
  windows.sweep(rules.layout, {at, at + 1});
}

void SubjectSessions::describe(const SessionRules& rules, SubjectWindows& windows,
                               std::int64_t number, std::int64_t first, std::int64_t last) {
  Span& span = windows.spans()[windows.lower_bound(number)];
  if (span.session == nullptr) span.session = std::make_unique<SessionExtent>();
  *span.session = {first, last, session_interval(rules.window, UtcTime{first}, UtcTime{last}),
                   session_cover(rules.window, UtcTime{first}, UtcTime{last}),
                   span.maybe > 0 && is_scattered(rules.window, first, last)};
}

bool SubjectSessions::is_scattered(const Window& window, std::int64_t first, std::int64_t last) {
  std::optional<std::int64_t> before;
  for (const Input& input : between(first, last)) {
    if (!input.certain) continue;
    if (before && !in_one_session(window, UtcTime{*before}, UtcTime{input.time})) return true;
    before = input.time;
  }
  return false;
}

}  // namespace tidewaiter
