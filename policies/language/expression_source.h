#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/code_points.h"
#include "policies/language/diagnostic_code.h"
#include "policies/language/expression.h"

namespace tidewaiter {

/// One thing wrong with an expression: what parsers and builders of this room hand to each other
/// before it becomes a Diagnostic.
struct ExprProblem {
  SourceSpan span;
  DiagnosticCode code;
  std::string message;
  std::string hint;
  std::string replacement = {};  ///< what `span` should read instead; empty: not known
};

/// The stretch from the start of `a` to the end of `b`, on one line.
[[nodiscard]] inline SourceSpan join(const SourceSpan& a, const SourceSpan& b) {
  SourceSpan span = a;
  span.length = std::max(a.length, b.column + b.length - a.column);
  return span;
}

/// Adds an error with the line that `origin` names, or with the expression's own text if that is
/// one line.
inline void report(const ExprProblem& problem, std::string_view text, const ExprOrigin& origin,
                   std::vector<Diagnostic>& diagnostics) {
  Diagnostic diagnostic;
  diagnostic.code = std::string(problem.code.code);
  diagnostic.span = problem.span;
  diagnostic.message = one_line(problem.message);
  diagnostic.hint = one_line(problem.hint);
  if (!problem.replacement.empty()) diagnostic.fix = {{problem.span, problem.replacement}};
  diagnostic.source_line = origin.source_line;
  if (origin.source_line.empty() && text.find('\n') == std::string_view::npos) {
    diagnostic.source_line = std::string(text);
  }
  diagnostics.push_back(std::move(diagnostic));
}

}  // namespace tidewaiter
