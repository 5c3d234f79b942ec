#pragma once

#include "policies/lint/checks.h"
#include "policies/lint/truth_analysis.h"

namespace tidewaiter {

/// Looks through the clauses of a truth value that can be both true and false, under what else is
/// claimed: branches that can never be true (TW1105), clauses that are never false (TW1202), that
/// stand twice (TW1203) or that the others already say (TW1204).
void walk_clauses(const LintedPolicy& linted, const Expr& expr, const std::vector<Claim>& context,
                  TruthAnalysis& truth, DocumentReader& report);

}  // namespace tidewaiter
