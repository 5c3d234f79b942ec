#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/sigma/correlation.h"
#include "policies/sigma/detection.h"

namespace tidewaiter {

/// What stood behind the pipe in a condition of Sigma 1, as the correlation that took its place
/// ("Sigma Correlation Rules Specification", "Expression of Relationships In The Condition").
struct SigmaAggregation {
  SigmaCorrelationType type = SigmaCorrelationType::kEventCount;
  std::vector<std::string> fields;
  std::vector<std::string> group_by;
  std::vector<SigmaThreshold> thresholds;
  std::optional<Duration> timespan;
  /// `a | near b`: the second search, over the same selections. Both within the timespan, in any
  /// order, is what `temporal` says.
  std::optional<SigmaCondition> near;
};

/// Reads `count() by x > 5`, `count(f)`, `sum(f)`, `avg(f)` and `near b`. The forms that no
/// correlation of Sigma 2.1 says are refused with TW1013: `min`, `max`, `near` of several searches
/// or without a timeframe.
[[nodiscard]] std::optional<SigmaAggregation> read_aggregation(
    DocumentReader& reader, const YamlNode& condition, std::string_view text,
    const std::vector<SigmaSelection>& selections, std::optional<Duration> timeframe);

}  // namespace tidewaiter
