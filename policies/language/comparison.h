#pragma once

#include "policies/language/expression.h"

namespace tidewaiter {

/// Whether `op` is one of == != < <= > >=.
[[nodiscard]] constexpr bool is_comparison(ExprOp op) {
  return op >= ExprOp::kEq && op <= ExprOp::kGe;
}

/// The comparison that holds exactly where `op`, over known sides, does not; any other operation
/// stays.
[[nodiscard]] constexpr ExprOp opposite(ExprOp op) {
  switch (op) {
    case ExprOp::kEq:
      return ExprOp::kNe;
    case ExprOp::kNe:
      return ExprOp::kEq;
    case ExprOp::kLt:
      return ExprOp::kGe;
    case ExprOp::kLe:
      return ExprOp::kGt;
    case ExprOp::kGt:
      return ExprOp::kLe;
    case ExprOp::kGe:
      return ExprOp::kLt;
    default:
      return op;
  }
}

/// The comparison of order that differs where both sides are alike, `>=` for `>`; any other
/// operation stays.
[[nodiscard]] constexpr ExprOp other_boundary(ExprOp op) {
  switch (op) {
    case ExprOp::kLt:
      return ExprOp::kLe;
    case ExprOp::kLe:
      return ExprOp::kLt;
    case ExprOp::kGt:
      return ExprOp::kGe;
    case ExprOp::kGe:
      return ExprOp::kGt;
    default:
      return op;
  }
}

/// `a op b` as `b op' a`; any other operation stays.
[[nodiscard]] constexpr ExprOp mirrored(ExprOp op) {
  switch (op) {
    case ExprOp::kLt:
      return ExprOp::kGt;
    case ExprOp::kLe:
      return ExprOp::kGe;
    case ExprOp::kGt:
      return ExprOp::kLt;
    case ExprOp::kGe:
      return ExprOp::kLe;
    default:
      return op;
  }
}

}  // namespace tidewaiter
