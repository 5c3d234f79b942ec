#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The bytes of the dash at `at`, 0 if there is none: `windash` takes - / – — ― for each other.
[[nodiscard]] std::size_t dash_length(std::string_view text, std::size_t at);

/// RE2's class of these dashes.
inline constexpr std::string_view kDashClass = "[-/–—―]";

/// A text as RE2 has it. With `fold`, ASCII letters match in either case, and nothing else does:
/// RE2's own folding takes the Kelvin sign for a k.
[[nodiscard]] std::string literal_regex(std::string_view text, bool fold);

/// RE2's pattern of the whole values that a pattern of wildcards (TextPattern, kWildcard) matches
/// with any dash in the place of each of its dashes.
[[nodiscard]] std::string dash_regex(std::string_view wildcards, bool cased);

}  // namespace tidewaiter
