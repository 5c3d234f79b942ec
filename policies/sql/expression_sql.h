#pragma once

#include <span>
#include <string>

#include "policies/language/expression.h"
#include "policies/model/error.h"
#include "policies/sql/dialect.h"

namespace tidewaiter {

/// An expression as SQL with the same value: NULL where it has none, so that three-valued truth is
/// SQL's own. Fields are columns by their names, as window_query.h has them; `measures` is what
/// stands for each measure. The text is one operand: in parentheses, or a call.
/// SQLite rounds 0.49999999999999994 to 1; texts of records with U+0000 end there for it.
/// Errors: kUnsupported, naming what has no SQL form here: texts with U+0000, what is longer than
/// 256 KiB as SQL, networks, regular expressions, sketches,
/// parties, lists of numbers, fields that are lists, and the functions `week`, `int`, `number` and
/// `timestamp` of a text that is no literal.
[[nodiscard]] Result<std::string> expression_sql(const Expr& expr,
                                                 std::span<const std::string> measures,
                                                 SqlDialect dialect);

}  // namespace tidewaiter
