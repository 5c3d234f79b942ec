#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "policies/language/expression_literal.h"

namespace tidewaiter {

/// Builders of checked nodes: each takes checked arguments, converts literals where the other side
/// says what they are, and gives a typed node or the reason why there is none.

/// Whether values of the type have an order that `<` and quantiles use.
[[nodiscard]] bool is_ordered(ValueType type);
[[nodiscard]] bool is_number(ValueType type);  ///< int64 or double

/// An operation as it is written between its arguments: "==", "and"; "?" for any other.
[[nodiscard]] std::string_view symbol_of(ExprOp op);

[[nodiscard]] Built build_not(Expr argument, const SourceSpan& span);
/// kAnd or kOr over one or more; a single argument comes back as it is.
[[nodiscard]] Built build_logical(ExprOp op, std::vector<Expr> arguments);
[[nodiscard]] Built build_comparison(ExprOp op, Expr left, Expr right);
[[nodiscard]] Built build_in(Expr value, std::vector<Expr> literals, const SourceSpan& span);
[[nodiscard]] Built build_negation(Expr argument, const SourceSpan& span);
/// kAdd, kSub, kMul, kDiv, kMod; + of two strings becomes kConcat.
[[nodiscard]] Built build_arithmetic(ExprOp op, Expr left, Expr right);

/// Brings two branches to one type: equal types, int64 with double, a string literal with a type
/// that is written as text. Nothing if they have none.
[[nodiscard]] tl::expected<std::optional<ValueType>, ExprProblem> unify(Expr& a, Expr& b);

/// One element of a text or list of strings. Regular expressions are compiled once to see that
/// they are well formed.
[[nodiscard]] Built build_text_match(Expr value, TextPattern pattern, const SourceSpan& span,
                                     const SourceSpan& pattern_span);
[[nodiscard]] Built build_cidr(Expr value, std::string_view network, const SourceSpan& span,
                               const SourceSpan& network_span);

/// Says whether an expression may call `name`.
[[nodiscard]] bool is_function(std::string_view name);

/// A function by its name, other than `licensed`, which build_licensed() makes. `nocase` says that
/// the word stood as the last argument.
[[nodiscard]] Built build_call(std::string_view name, const SourceSpan& name_span,
                               std::vector<Expr> arguments, bool nocase, const SourceSpan& span);

/// Names of all functions, for suggestions.
[[nodiscard]] std::vector<std::string_view> function_names();

/// Depth and number of nodes of a tree.
struct TreeSize {
  std::size_t depth = 0;
  std::size_t nodes = 0;
};
[[nodiscard]] TreeSize tree_size(const Expr& expr);

}  // namespace tidewaiter
