#pragma once

#include <string>
#include <vector>

#include "policies/language/expression.h"

namespace tidewaiter {

/// An expression with one change in it.
struct ExprMutation {
  Expr whole;
  std::string what;
  SourceSpan span;  ///< of the part that was changed
  std::string before;
  std::string after;  ///< empty: dropped
};

/// Every change of one part by the rules of make_mutants(). `scope` gives the names for the texts.
/// All of them are well typed.
[[nodiscard]] std::vector<ExprMutation> mutate_expression(const Expr& expr, const ExprScope& scope);

}  // namespace tidewaiter
