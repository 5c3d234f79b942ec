#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "policies/sigma/detection.h"

namespace tidewaiter {

/// Why a pattern is refused.
struct SigmaRegexFault {
  bool beyond_linear = false;  ///< well formed, but not for matching in linear time
  std::string reason;          ///< for people, without the pattern
};

/// Compiles a `re` pattern for RE2. PCRE's named groups `(?<name>…)` become RE2's; look-around,
/// references to groups, possessive quantifiers and atomic groups have no match in linear time and
/// are refused. `flags` is any of `ims`.
[[nodiscard]] tl::expected<SigmaRegex, SigmaRegexFault> compile_sigma_regex(
    std::string_view pattern, std::string_view flags);

}  // namespace tidewaiter
