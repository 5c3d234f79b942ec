#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policies/language/expression.h"

namespace tidewaiter {

/// Says whether `value` matches. Pure; compiles a regular expression anew at each call: slow, the
/// reference. A pattern that RE2 refuses matches nothing (the parser refuses it before).
[[nodiscard]] bool matches_text(const TextPattern& pattern, std::string_view value);

/// kWildcard over code points: * any run, ? one code point, \ before * ? \ makes it plain.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view value, bool cased);

/// What RE2 says against a pattern, or nothing if it is one.
[[nodiscard]] std::optional<std::string> regex_error(const TextPattern& pattern);

/// ASCII letters in lower case, all else as it is.
[[nodiscard]] std::string ascii_lower(std::string_view text);

}  // namespace tidewaiter
