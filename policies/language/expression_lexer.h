#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "policies/language/expression_source.h"

namespace tidewaiter {

/// The one function whose argument is no expression but the name of a license.
inline constexpr std::string_view kLicensed = "licensed";

/// A word of an expression.
struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kName,     ///< letters, digits, `_`, parts joined by dots; or anything between backticks
    kNumber,   ///< begins with a digit; may end in a unit: 50M, 2.5k, 1h30m
    kList,     ///< `list:` and a name: `text` has both
    kLicense,  ///< a name after `licensed(`, with or without `license:`: `text` has the name
    kString,   ///< `text` is what stands between the quotes, escapes resolved
    kSymbol,   ///< + - * / % ( ) [ ] , == != < <= > >=
  };
  Kind kind = Kind::kEnd;
  std::string text;
  std::size_t offset = 0;  ///< bytes from the start of the expression
  std::size_t size = 0;
  bool escaped_name = false;  ///< kName in backticks: never a keyword
  SourceSpan span;

  [[nodiscard]] bool is(std::string_view symbol) const {
    return kind == Kind::kSymbol && text == symbol;
  }
  [[nodiscard]] bool is_word(std::string_view word) const {
    return kind == Kind::kName && !escaped_name && text == word;
  }
};

/// Cuts an expression into tokens, the last of them kEnd.
[[nodiscard]] tl::expected<std::vector<Token>, ExprProblem> lex(std::string_view text,
                                                                const ExprOrigin& origin);

}  // namespace tidewaiter
