#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "policies/language/expression.h"
#include "policies/language/expression_source.h"
#include "policies/language/value_list.h"

namespace tidewaiter {

/// A stretch of a text in which `%name%` stands for something else, as in Sigma's `expand`.
struct PlaceholderSegment {
  bool is_placeholder = false;
  std::string text;  ///< the name without its percent signs, or what stands between placeholders
};

/// Cuts a text at its placeholders. Their names have letters, digits, `_`, `-` and `.`; `\%` is a
/// plain percent sign, and so is one that begins no placeholder.
[[nodiscard]] std::vector<PlaceholderSegment> split_placeholders(std::string_view text);

/// A text with one value in place of each placeholder.
struct FilledText {
  std::vector<std::string> pieces;           ///< in their order; each is written by itself
  std::vector<Interval> during = {kAlways};  ///< when all its values stand in their lists
};

/// The text in every way of filling its placeholders in: `%name%` stands for each value of the
/// set's list `name`, case aside. Ways whose values never stand together are left out. The problem,
/// if there is one, is an unknown list, one of no texts, a place without lists, more than 64
/// placeholders, 4096 ways or 4 MiB of them.
[[nodiscard]] tl::expected<std::vector<FilledText>, ExprProblem> fill_placeholders(
    std::string_view text, const SourceSpan& span, const ExprScope& scope);

}  // namespace tidewaiter
