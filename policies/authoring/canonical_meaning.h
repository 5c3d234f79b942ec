#pragma once

#include "policies/language/policy.h"

namespace tidewaiter {

/// A hash that is equal for policies of equal hash, and also for some that are written otherwise
/// and provably mean the same: whole numbers compared by `> c` and `>= c + 1`, joined parts in
/// another order, twice, or in brackets, and a negated comparison. Each of these rules keeps
/// Kleene's unknown. Version, basis and other words that no evaluation looks at count as they do in
/// the policy's own hash.
[[nodiscard]] Digest canonical_meaning(const Policy& policy);

/// The expression in that form.
[[nodiscard]] Expr canonical(const Expr& expr);

}  // namespace tidewaiter
