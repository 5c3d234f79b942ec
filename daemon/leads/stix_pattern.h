#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"

namespace tidewaiter {

/// One comparison of a pattern: `ipv4-addr:value = '198.51.100.7'`.
struct StixComparison {
  std::string type;  ///< of the object: "ipv4-addr"
  std::string path;  ///< of its property, as it stands there: "value", "hashes.'SHA-256'"
  /// The texts that the property is said to equal: one of `=`, several of `IN`. Empty for every
  /// other comparison, and for one that is negated.
  std::vector<std::string> equals;
};

/// Reads the comparisons of a pattern of STIX 2.1 (part 9, "STIX Patterning"), in their order. How
/// they and their observations are joined is read over: what a pattern names, it names in each.
/// Errors: kInvalidInput for a text that is no such pattern. Threads: pure.
[[nodiscard]] Result<std::vector<StixComparison>> read_stix_pattern(std::string_view pattern);

}  // namespace tidewaiter
