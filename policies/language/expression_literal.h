#pragma once

#include <tl/expected.hpp>

#include "policies/language/expression_lexer.h"
#include "policies/language/expression_source.h"

namespace tidewaiter {

using Built = tl::expected<Expr, ExprProblem>;

/// Reads a number token with its unit: `50M`, `2.5k`, `3.5`, `1h30m`; with `usd`, an amount of US
/// dollars. `negative` is the sign that stood before it.
[[nodiscard]] Built build_number(const Token& token, bool negative, bool usd);

/// A string literal as a literal of `target`, where texts of that type are written as strings:
/// timestamp, ip, duration. Any other expression comes back as it is.
[[nodiscard]] Built convert_literal(Expr expr, ValueType target);

/// An operation over `args`, whose types are not checked here.
[[nodiscard]] Expr make_node(ExprOp op, ValueType type, std::vector<Expr> args,
                             const SourceSpan& span);

[[nodiscard]] Expr make_literal(ValueType type, Value value, const SourceSpan& span);

/// The value of a field of the record.
[[nodiscard]] Expr make_field(FieldId id, const SourceSpan& span);

}  // namespace tidewaiter
