#pragma once

#include <optional>
#include <span>

#include "policies/engine/deviation.h"
#include "policies/model/value.h"

namespace tidewaiter {

/// Page's upper one-sided cumulative sum, up to the window before the one judged:
///
///   S₀ = 0,  Sₜ = max(0, Sₜ₋₁ + zₜ − k),  zₜ = (xₜ − median) / (1.4826 · MAD),  k = 0.5
///
/// It rises where figures stay above usual by more than k of the usual spread, however little each
/// of them is above, and forgets what is below. Sources: E. S. Page, "Continuous Inspection
/// Schemes", Biometrika 41 (1954); NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.3
/// (tabular form). 1.4826 · MAD estimates the standard deviation of a normal variable.
struct CumulativeSum {
  Usual usual;
  double sum = 0.0;  ///< at least 0
};

/// Over the known figures of a history, the earliest first: the earlier half of them, rounded up,
/// and at least kLeastHistory, says what is usual; the others are summed. (A figure is not measured
/// by what it has moved itself.) Nothing where usual_of() says nothing, or where a term is no
/// double. Pure.
[[nodiscard]] std::optional<CumulativeSum> summed_up(std::span<const double> history);

/// The sum with one more figure: it never falls as x rises. Null if the term is no double. Pure.
[[nodiscard]] Value sum_with(const CumulativeSum& before, double x);

}  // namespace tidewaiter
