#include "policies/engine/kind_coverage.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

}  // namespace

bool Horizon::covers(std::int64_t from, std::int64_t to) const {
  return std::ranges::any_of(
      complete, [&](const Complete& moment) { return moment.from <= from && moment.to >= to; });
}

bool Horizon::reaches_back(const Horizon& before) const {
  if (!before.complete_to) return false;  // nothing had settled
  return std::ranges::any_of(complete, [&](const Complete& moment) {
    const std::int64_t to = std::min(moment.to, *before.complete_to);
    return moment.from < to && !before.covers(moment.from, to);
  });
}

std::string gap_reason(const SourceIdle& idle) {
  return idle.kind == RecordKind::kFinding ? "" : "source-idle:" + idle.source;
}

std::string gap_reason(const SourceRemoved& removed) {
  return removed.kind == RecordKind::kFinding ? "" : "source-removed:" + removed.source;
}

void KindCoverage::take(const SourceDrained& drained) {
  const std::int64_t from = drained.covered.from.us;
  const std::int64_t to = drained.covered.to.us;
  const auto [it, fresh] = sources_.try_emplace(drained.source, SourceState{from, to, false});
  if (!fresh) {
    it->second.from = std::min(it->second.from, from);
    it->second.to = std::max(it->second.to, to);
    it->second.idle = false;
  }
  advance();
}

bool KindCoverage::take(const SourceIdle& idle) {
  const auto it = sources_.find(idle.source);
  if (it == sources_.end()) return false;
  const bool fresh = !std::exchange(it->second.idle, true);
  advance();
  return fresh;
}

bool KindCoverage::take(const SourceRemoved& removed) {
  settles_.erase(removed.source);
  const auto it = sources_.find(removed.source);
  if (it == sources_.end()) return false;
  const SourceState source = it->second;
  sources_.erase(it);
  advance_lines();
  const std::int64_t watermark = *horizon_.watermark;  // as the others have it
  const bool behind = source.to < watermark;
  asked_from_ = std::max(asked_from_, behind ? watermark : source.from);
  advance_late();
  note_complete();
  return behind;
}

void KindCoverage::take(const SourceSettles& settles) {
  settles_.insert_or_assign(settles.source, settles.within.us);
  advance_late();
}

void KindCoverage::advance_lines() {
  if (sources_.empty()) {
    horizon_.complete_to = horizon_.watermark;  // nobody is waited for
    return;
  }
  std::int64_t least_to = kMost;
  std::int64_t least_busy_to = kMost;
  bool busy = false;
  for (const auto& [name, source] : sources_) {
    least_to = std::min(least_to, source.to);
    if (source.idle) continue;
    busy = true;
    least_busy_to = std::min(least_busy_to, source.to);
  }
  const std::int64_t watermark = busy ? least_busy_to : least_to;
  horizon_.watermark = std::max(horizon_.watermark.value_or(kLeast), watermark);
  horizon_.complete_to = std::max(horizon_.complete_to.value_or(kLeast), least_to);
}

void KindCoverage::advance() {
  advance_lines();
  advance_late();
  note_complete();
}

void KindCoverage::note_complete() {
  if (sources_.empty()) return;
  Horizon::Complete now{asked_from_, kMost};
  for (const auto& [name, source] : sources_) {
    now.from = std::max(now.from, source.from);
    now.to = std::min(now.to, source.to);
  }
  if (now.from > now.to || horizon_.covers(now.from, now.to)) return;
  auto& complete = horizon_.complete;
  std::erase_if(complete, [&](const Horizon::Complete& moment) {
    return now.from <= moment.from && now.to >= moment.to;
  });
  complete.insert(std::ranges::upper_bound(complete, now.from, {}, &Horizon::Complete::from), now);
}

void KindCoverage::advance_late() {
  if (!horizon_.complete_to) return;
  std::int64_t longest = 0;
  for (const auto& [name, within] : settles_) longest = std::max(longest, within);
  std::int64_t before = 0;
  if (__builtin_sub_overflow(*horizon_.complete_to, longest, &before)) before = kLeast;
  late_before_ = std::max(late_before_.value_or(kLeast), before);
}

StatusMap::StatusMap()
    : stretches_{{kLeast, WindowStatus::kUnsettled}},
      last_settled_(kLeast),
      last_complete_(kLeast),
      first_judged_(kLeast) {}

StatusMap::StatusMap(const Horizon& horizon, const WindowGrid& grid, std::int64_t first_judged)
    : StatusMap() {
  if (!horizon.watermark) {
    judge_from(first_judged);
    return;
  }
  last_settled_ = grid.last_ended(UtcTime{*horizon.watermark});
  last_complete_ = grid.last_ended(UtcTime{*horizon.complete_to});
  stretches_.front().status = WindowStatus::kUncovered;
  std::int64_t done = kLeast;  // windows before it have their stretches
  for (const Horizon::Complete& moment : horizon.complete) {
    const std::int64_t first = std::max(grid.first_from(UtcTime{moment.from}), done);
    const std::int64_t last = grid.last_ended(UtcTime{moment.to});
    if (first > last) continue;
    begin(first, WindowStatus::kClosed);
    done = last + 1;
    stretches_.push_back({done, WindowStatus::kUncovered});
  }
  begin(last_complete_ + 1, WindowStatus::kAwaited);
  begin(last_settled_ + 1, WindowStatus::kUnsettled);
  judge_from(first_judged);
}

void StatusMap::begin(std::int64_t first, WindowStatus status) {
  if (stretches_.back().first == first) {
    stretches_.back().status = status;
  } else {
    stretches_.push_back({first, status});
  }
}

void StatusMap::judge_from(std::int64_t first) {
  first_judged_ = first;
  const WindowStatus there = at(first);
  std::vector<Stretch> stretches;
  for (Stretch stretch : stretches_) {
    if (stretch.first >= first) break;
    if (stretch.status != WindowStatus::kUnsettled) stretch.status = WindowStatus::kUncovered;
    stretches.push_back(stretch);
  }
  stretches.push_back({first, there});
  for (const Stretch& stretch : stretches_) {
    if (stretch.first > first) stretches.push_back(stretch);
  }
  stretches_ = std::move(stretches);
}

std::size_t StatusMap::index_of(std::int64_t k) const {
  std::size_t i = stretches_.size() - 1;
  while (stretches_[i].first > k) --i;
  return i;
}

WindowStatus StatusMap::at(std::int64_t k) const { return stretches_[index_of(k)].status; }

std::int64_t StatusMap::same_until(std::int64_t k) const {
  const std::size_t next = index_of(k) + 1;
  return next < stretches_.size() ? stretches_[next].first - 1 : kMost;
}

std::vector<StatusMap::Change> StatusMap::changes_to(const StatusMap& after) const {
  std::vector<Change> changes;
  std::int64_t k = kLeast;
  while (true) {
    const std::int64_t last = std::min(same_until(k), after.same_until(k));
    if (at(k) != after.at(k)) changes.push_back({k, last, at(k), after.at(k)});
    if (last == kMost) return changes;
    k = last + 1;
  }
}

}  // namespace tidewaiter
