#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "policies/language/code_points.h"

namespace tidewaiter {

/// One element of a pattern of wildcards (TextPattern, kWildcard): what matching, lint and SQL read
/// such patterns by.
struct WildcardElement {
  enum class Kind : std::uint8_t {
    kAnyRun,  ///< `*`: any code points, or none
    kAnyOne,  ///< `?`: one code point
    kPlain,
  };
  Kind kind = Kind::kPlain;
  std::string_view plain;  ///< kPlain: the code point that must stand there
  std::size_t size = 1;    ///< bytes of the pattern
};

/// The element that begins at `at` (< pattern.size()). A backslash before `*`, `?` or a backslash
/// makes that plain; before all else it is a plain character itself: `C:\Win*` begins with
/// `C:\Win`.
[[nodiscard]] inline WildcardElement wildcard_element(std::string_view pattern, std::size_t at) {
  if (pattern[at] == '*') return {WildcardElement::Kind::kAnyRun, {}, 1};
  if (pattern[at] == '?') return {WildcardElement::Kind::kAnyOne, {}, 1};
  if (pattern[at] == '\\' && at + 1 < pattern.size() &&
      std::string_view("*?\\").find(pattern[at + 1]) != std::string_view::npos) {
    return {WildcardElement::Kind::kPlain, pattern.substr(at + 1, 1), 2};
  }
  const std::size_t size = code_point_length(pattern, at);
  return {WildcardElement::Kind::kPlain, pattern.substr(at, size), size};
}

}  // namespace tidewaiter
