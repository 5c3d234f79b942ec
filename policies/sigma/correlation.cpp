#include "policies/sigma/correlation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::array<std::pair<std::string_view, SigmaCorrelationType>, 7> kTypes = {{
    {"event_count", SigmaCorrelationType::kEventCount},
    {"value_count", SigmaCorrelationType::kValueCount},
    {"value_sum", SigmaCorrelationType::kValueSum},
    {"value_avg", SigmaCorrelationType::kValueAvg},
    {"value_percentile", SigmaCorrelationType::kValuePercentile},
    {"temporal", SigmaCorrelationType::kTemporal},
    {"temporal_ordered", SigmaCorrelationType::kTemporalOrdered},
}};

}  // namespace

std::string_view type_name(SigmaCorrelationType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  return {};
}

std::optional<SigmaCorrelationType> find_correlation_type(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

bool meets(double measure, const std::vector<SigmaThreshold>& thresholds) {
  return std::all_of(thresholds.begin(), thresholds.end(), [measure](const SigmaThreshold& one) {
    return in_order(measure, one.order, one.number) != one.negated;
  });
}

const std::string& field_for(const SigmaCorrelation& correlation, const std::string& name,
                             std::size_t rule) {
  const auto alias = correlation.aliases.find(name);
  if (alias == correlation.aliases.end() || alias->second[rule].empty()) return name;
  return alias->second[rule];
}

}  // namespace tidewaiter
