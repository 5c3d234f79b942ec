#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/time.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

enum class SigmaCorrelationType : std::uint8_t {
  kEventCount,       ///< events
  kValueCount,       ///< distinct values of the fields
  kValueSum,         ///< sum of the field's numbers
  kValueAvg,         ///< their mean
  kValuePercentile,  ///< the percentile of its numbers, or the share of a value, in per cent
  kTemporal,         ///< how many of the rules have matched
  kTemporalOrdered,  ///< the rules have matched one after another
};

[[nodiscard]] std::string_view type_name(SigmaCorrelationType type);  // "event_count"
[[nodiscard]] std::optional<SigmaCorrelationType> find_correlation_type(std::string_view name);

struct SigmaThreshold {
  SigmaOrder order = SigmaOrder::kGreaterOrEqual;
  bool negated = false;  ///< `neq`, with kEqual
  double number = 0;
};

/// A rule or correlation of the same set, by its place in it.
struct SigmaReference {
  bool correlation = false;
  std::size_t index = 0;
  std::string written;  ///< the id or name that stands in the document
};

/// A correlation, its references resolved.
struct SigmaCorrelation {
  SigmaHead head;
  SigmaCorrelationType type = SigmaCorrelationType::kEventCount;
  std::vector<SigmaReference> rules;
  std::vector<std::string> group_by;
  /// Alias → the field of each rule, in the order of `rules`; empty where it states none.
  std::map<std::string, std::vector<std::string>, std::less<>> aliases;
  /// Nothing: over all events, as an aggregation of Sigma 1 without a timeframe is.
  std::optional<Duration> timespan;
  std::vector<SigmaThreshold> thresholds;  ///< all hold
  std::vector<std::string> fields;         ///< kValue…: whose values
  std::optional<double> percentile;        ///< kValuePercentile
  bool stands_alone = true;
  /// Where its parts stand; that of the head where Sigma 1 wrote an aggregation.
  struct Places {
    SourceSpan rules;
    SourceSpan group_by;
    SourceSpan timespan;
    SourceSpan condition;
  } places;
};

[[nodiscard]] bool meets(double measure, const std::vector<SigmaThreshold>& thresholds);

/// The event's field that a name of `group-by` means for a rule, by its place in `rules`.
[[nodiscard]] const std::string& field_for(const SigmaCorrelation& correlation,
                                           const std::string& name, std::size_t rule);

}  // namespace tidewaiter
