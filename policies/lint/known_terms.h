#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <utility>

#include "policies/language/expression.h"
#include "policies/lint/value_range.h"

namespace tidewaiter {

/// Fields and measures, by their operation and index.
using Terms = std::set<std::pair<ExprOp, std::uint16_t>>;

/// What is sure to have a value wherever `expr` has this truth value: a comparison without its
/// field is unknown, so that one that is true has it.
[[nodiscard]] Terms known_where(const Expr& expr, bool truth);

/// Whether `expr` is true or false, never unknown, wherever these terms have values. False too
/// where that cannot be told: for quotients, for sums and products that may leave their type, and
/// for what looks at parties.
[[nodiscard]] bool is_decided_by(const Expr& expr, const Terms& known,
                                 std::span<const ValueRange> measures);

}  // namespace tidewaiter
