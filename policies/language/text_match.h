#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "policies/language/expression.h"

namespace re2 {
class RE2;
}

namespace tidewaiter {

/// A pattern made ready once for many values. A pattern that RE2 refuses matches nothing (the
/// parser refuses it before). Const use is safe from any thread.
class TextMatcher {
 public:
  explicit TextMatcher(const TextPattern& pattern);
  ~TextMatcher();
  TextMatcher(TextMatcher&&) noexcept;
  TextMatcher& operator=(TextMatcher&&) noexcept;

  [[nodiscard]] bool matches(std::string_view value) const;

 private:
  TextPattern pattern_;              ///< in lower case already where case does not matter
  std::unique_ptr<re2::RE2> regex_;  ///< kRegex only
};

/// Says whether `value` matches. Makes the pattern ready anew at each call: slow, the reference.
[[nodiscard]] bool matches_text(const TextPattern& pattern, std::string_view value);

/// kWildcard over code points: * any run, ? one code point, \ before * ? \ makes it plain.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view value, bool cased);

/// What RE2 says against a pattern, or nothing if it is one.
[[nodiscard]] std::optional<std::string> regex_error(const TextPattern& pattern);

}  // namespace tidewaiter
