#pragma once

#include <cstddef>
#include <vector>

#include <tl/expected.hpp>

#include "policies/language/expression_literal.h"

namespace tidewaiter {

/// An expression, or all that is wrong with it: at least one problem.
using BuiltOrProblems = tl::expected<Expr, std::vector<ExprProblem>>;

/// What stands in a tree for a part that has no meaning, while the rest is looked at. It fits
/// wherever it stands, so that nothing is said of what only follows from it. It never leaves the
/// parser: a tree with a hole has a problem.
[[nodiscard]] Expr make_hole(const SourceSpan& span);
[[nodiscard]] bool is_hole(const Expr& expr);

/// The problems of one text, each of which has left a hole.
class ExprHoles {
 public:
  /// The node, or a hole for the problem that it is; the problem itself once there are too many of
  /// them, which ends the parse.
  [[nodiscard]] Built fill(Built built, const SourceSpan& span);

  /// kAnd or kOr, as build_logical. Each operand that is no truth value is told.
  [[nodiscard]] Built logical(ExprOp op, std::vector<Expr> operands, const SourceSpan& span);

  /// What the parse comes to. A problem in `whole` is what ended it.
  [[nodiscard]] BuiltOrProblems settle(Built whole);

 private:
  /// Beyond these a text is told of no further.
  static constexpr std::size_t kMostProblems = 20;

  std::vector<ExprProblem> problems_;
};

}  // namespace tidewaiter
