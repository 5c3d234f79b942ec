#pragma once

#include <string_view>

#include "policies/language/expression_literal.h"

namespace tidewaiter {

/// `licensed(NAME)` over a record, written at `span`: what the license covers, put in whole with
/// all its parts at `span`, and the license counts as used. Where the license's own document has
/// errors it is unknown. The problem, if there is one, is an unknown license, a license over fields
/// that the records lack, or a place where no records are judged.
[[nodiscard]] Built build_licensed(std::string_view name, const SourceSpan& name_span,
                                   const SourceSpan& span, const ExprScope& scope);

}  // namespace tidewaiter
