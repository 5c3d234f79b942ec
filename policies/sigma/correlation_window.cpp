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
double percentile(const std::vector<double>& sorted, double p) {
  const auto count = static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(p / 100.0 * count)));
  return sorted[rank - 1];
}

/// The number that an entry adds to a sum; nothing if there is none.
std::optional<double> number_of(const SigmaWindow::Entry& entry) {
  if (!entry.values || entry.values->empty() || entry.values->front().size() != 1) {
    return std::nullopt;
  }
  return sigma_as_number(entry.values->front().front());
}

}  // namespace

void SigmaWindow::add(Entry entry) {
  ++by_rule_[entry.rule];
  if (entry.values) {
    ++by_value_[*entry.values];
    ++with_values_;
  }
  if (const auto number = number_of(entry)) {
    numbers_.insert(std::ranges::upper_bound(numbers_, *number), *number);
  }
  entries_.push_back(std::move(entry));
}

void SigmaWindow::drop_before(UtcTime time) {
  while (!entries_.empty() && entries_.front().time < time) {
    const Entry& oldest = entries_.front();
    take_one(by_rule_, oldest.rule);
    if (oldest.values) {
      take_one(by_value_, *oldest.values);
      --with_values_;
    }
    if (const auto number = number_of(oldest)) {
      numbers_.erase(std::ranges::lower_bound(numbers_, *number));
    }
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
  if (numbers_.empty()) return std::nullopt;
  if (correlation_->percentile) return percentile(numbers_, *correlation_->percentile);
  const double sum = std::accumulate(numbers_.begin(), numbers_.end(), 0.0);
  if (correlation_->type == SigmaCorrelationType::kValueSum) return sum;
  return sum / static_cast<double>(numbers_.size());
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
  std::set<std::vector<Values>> new_values;
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->time == now; ++entry) {
    if (entry->values) new_values.insert(*entry->values);
  }
  for (const auto& value : new_values) {
    const double share =
        100.0 * static_cast<double>(by_value_.at(value)) / static_cast<double>(with_values_);
    if (meets(share, correlation_->thresholds)) return share;
  }
  return std::nullopt;
}

}  // namespace tidewaiter
