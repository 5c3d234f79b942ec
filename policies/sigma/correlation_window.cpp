#include "policies/sigma/correlation_window.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tidewaiter {
namespace {

template <class Key>
void take_one(std::map<Key, std::size_t>& counts, const Key& key) {
  const auto at = counts.find(key);
  if (at != counts.end() && --at->second == 0) counts.erase(at);
}

/// The nearest-rank percentile: the least number that at least p per cent are not above.
double percentile(std::vector<double> numbers, double p) {
  const auto count = static_cast<double>(numbers.size());
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(p / 100.0 * count)));
  const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(numbers.begin(), at, numbers.end());
  return *at;
}

}  // namespace

void SigmaWindow::add(Entry entry) {
  ++by_rule_[entry.rule];
  if (entry.values) ++by_value_[*entry.values];
  entries_.push_back(std::move(entry));
}

void SigmaWindow::drop_before(UtcTime time) {
  while (!entries_.empty() && entries_.front().time < time) {
    take_one(by_rule_, entries_.front().rule);
    if (entries_.front().values) take_one(by_value_, *entries_.front().values);
    entries_.pop_front();
  }
}

std::optional<double> SigmaWindow::judge(UtcTime now) const {
  const bool share =
      correlation_->type == SigmaCorrelationType::kValuePercentile && !correlation_->percentile;
  if (share) return rare_share(now);
  const std::optional<double> value = measure(now);
  if (!value || !meets(*value, correlation_->thresholds)) return std::nullopt;
  return value;
}

std::optional<double> SigmaWindow::measure(UtcTime now) const {
  switch (correlation_->type) {
    case SigmaCorrelationType::kEventCount:
      return static_cast<double>(entries_.size());
    case SigmaCorrelationType::kValueCount:
      return static_cast<double>(by_value_.size());
    case SigmaCorrelationType::kTemporal:
      return static_cast<double>(by_rule_.size());
    case SigmaCorrelationType::kTemporalOrdered:
      if (!in_order(now)) return std::nullopt;
      return static_cast<double>(correlation_->rules.size());
    case SigmaCorrelationType::kValueSum:
    case SigmaCorrelationType::kValueAvg:
    case SigmaCorrelationType::kValuePercentile:
      break;
  }
  const std::vector<double> all = numbers();
  if (all.empty()) return std::nullopt;
  if (correlation_->percentile) return percentile(all, *correlation_->percentile);
  const double sum = std::accumulate(all.begin(), all.end(), 0.0);
  if (correlation_->type == SigmaCorrelationType::kValueSum) return sum;
  return sum / static_cast<double>(all.size());
}

/// Sorted, so that sums do not hang on the order in which matches of one instant came.
std::vector<double> SigmaWindow::numbers() const {
  std::vector<double> found;
  for (const auto& [values, count] : by_value_) {
    if (const auto number = sigma_as_number(values.front()))
      found.insert(found.end(), count, *number);
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Whether a match of the last rule at `now` ends a series in the rules' order, each later than
/// the one before. Of each rule the latest match that will do is the best one to take.
bool SigmaWindow::in_order(UtcTime now) const {
  std::size_t missing = correlation_->rules.size();
  UtcTime after = now;
  bool last = true;
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && missing > 0; ++entry) {
    const bool in_time = last ? entry->time == now : entry->time < after;
    if (entry->rule + 1 != missing || !in_time) continue;
    after = entry->time;
    last = false;
    --missing;
  }
  return missing == 0;
}

std::optional<double> SigmaWindow::rare_share(UtcTime now) const {
  std::set<std::vector<std::string>> new_values;
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->time == now; ++entry) {
    if (entry->values) new_values.insert(*entry->values);
  }
  std::size_t all = 0;
  for (const auto& [value, count] : by_value_) all += count;
  for (const auto& value : new_values) {
    const double share =
        100.0 * static_cast<double>(by_value_.at(value)) / static_cast<double>(all);
    if (meets(share, correlation_->thresholds)) return share;
  }
  return std::nullopt;
}

}  // namespace tidewaiter
