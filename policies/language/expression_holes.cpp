#include "policies/language/expression_holes.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "policies/language/expression_types.h"

namespace tidewaiter {
namespace {

/// No literal has an index.
constexpr std::uint16_t kHoleIndex = std::numeric_limits<std::uint16_t>::max();

}  // namespace

Expr make_hole(const SourceSpan& span) {
  Expr hole = make_literal(ValueType::kBool, Value(), span);
  hole.index = kHoleIndex;
  return hole;
}

bool is_hole(const Expr& expr) {
  return expr.op == ExprOp::kLiteral && expr.index == kHoleIndex && is_null(expr.literal);
}

Built ExprHoles::fill(Built built, const SourceSpan& span) {
  if (built || problems_.size() + 1 >= kMostProblems) return built;
  problems_.push_back(std::move(built.error()));
  return make_hole(span);
}

Built ExprHoles::logical(ExprOp op, std::vector<Expr> operands, const SourceSpan& span) {
  const auto sound = [](const Expr& operand) {
    return !is_hole(operand) && operand.type == ValueType::kBool;
  };
  if (std::ranges::all_of(operands, sound)) return build_logical(op, std::move(operands));
  for (Expr& operand : operands) {
    if (is_hole(operand) || sound(operand)) continue;
    const SourceSpan place = operand.span;
    std::vector<Expr> alone;
    alone.push_back(std::move(operand));
    if (Built told = fill(build_logical(op, std::move(alone)), place); !told) return told;
  }
  return make_hole(span);
}

BuiltOrProblems ExprHoles::settle(Built whole) {
  if (!whole) problems_.push_back(std::move(whole.error()));
  if (problems_.empty()) return *std::move(whole);
  return tl::unexpected(std::move(problems_));
}

}  // namespace tidewaiter
