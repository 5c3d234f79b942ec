#include "policies/engine/kind_coverage.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

}  // namespace

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

void KindCoverage::take(const SourceIdle& idle) {
  const auto it = sources_.find(idle.source);
  if (it == sources_.end()) return;
  it->second.idle = true;
  advance();
}

std::optional<std::int64_t> KindCoverage::watermark() const {
  if (horizon_.stated.empty()) return std::nullopt;
  return horizon_.stated.back().watermark;
}

void KindCoverage::advance() {
  std::int64_t covered_from = kLeast;
  std::int64_t least_to = kMost;
  std::int64_t least_busy_to = kMost;
  bool busy = false;
  for (const auto& [name, source] : sources_) {
    covered_from = std::max(covered_from, source.from);
    least_to = std::min(least_to, source.to);
    if (source.idle) continue;
    busy = true;
    least_busy_to = std::min(least_busy_to, source.to);
  }
  auto& stated = horizon_.stated;
  std::int64_t watermark = busy ? least_busy_to : least_to;
  if (!stated.empty()) watermark = std::max(watermark, stated.back().watermark);
  while (!stated.empty() && stated.back().covered_from >= covered_from) stated.pop_back();
  if (!stated.empty() && stated.back().watermark == watermark) return;
  stated.push_back({covered_from, watermark});
}

StatusMap::StatusMap()
    : stretches_{{kLeast, WindowStatus::kUnsettled}},
      last_settled_(kLeast),
      first_judged_(kLeast) {}

StatusMap::StatusMap(const Horizon& horizon, const WindowGrid& grid, std::int64_t first_judged)
    : StatusMap() {
  if (horizon.stated.empty()) {
    judge_from(first_judged);
    return;
  }
  last_settled_ = grid.last_ended(UtcTime{horizon.stated.back().watermark});
  stretches_.front().status = WindowStatus::kUncovered;
  std::int64_t done = kLeast;  // windows before it have their stretches
  for (const Horizon::Stated& moment : horizon.stated) {
    const std::int64_t first = std::max(grid.first_from(UtcTime{moment.covered_from}), done);
    const std::int64_t last = grid.last_ended(UtcTime{moment.watermark});
    if (first > last) continue;
    if (first == stretches_.back().first) {
      stretches_.back().status = WindowStatus::kClosed;
    } else {
      stretches_.push_back({first, WindowStatus::kClosed});
    }
    done = last + 1;
    stretches_.push_back({done, WindowStatus::kUncovered});
  }
  if (stretches_.back().first == last_settled_ + 1) {
    stretches_.back().status = WindowStatus::kUnsettled;
  } else {
    stretches_.push_back({last_settled_ + 1, WindowStatus::kUnsettled});
  }
  judge_from(first_judged);
}

void StatusMap::judge_from(std::int64_t first) {
  first_judged_ = first;
  const WindowStatus there = at(first);
  std::vector<Stretch> stretches;
  for (Stretch stretch : stretches_) {
    if (stretch.first >= first) break;
    if (stretch.status == WindowStatus::kClosed) stretch.status = WindowStatus::kUncovered;
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
