#pragma once

#include <span>

#include "policies/language/expression.h"
#include "policies/model/record.h"
#include "policies/model/value.h"

namespace tidewaiter {

/// What the names of an expression stand for during one evaluation. Pointers may be null where the
/// expression does not use them.
struct Bindings {
  const Record* record = nullptr;
  std::span<const Value> columns = {};
  std::span<const Value> measures = {};
};

/// Evaluates one expression node by node: slow, obvious, and the meaning that every faster way is
/// held against. Pure. Null is unknown.
[[nodiscard]] Value interpret(const Expr& expr, const Bindings& bindings);

}  // namespace tidewaiter
