// The branches of `if(condition, a, b)`: those that nothing reaches.

#include <string>
#include <utility>
#include <vector>

#include "policies/lint/checks.h"
#include "policies/lint/truth_analysis.h"

namespace tidewaiter {
namespace {

class BranchWalk {
 public:
  BranchWalk(const Policy& policy, TruthAnalysis& truth, DocumentReader& report)
      : policy_(policy), truth_(truth), report_(report) {}

  /// `claims` hold wherever the value of the expression matters. `must_hold`: it matters only where
  /// all of an `and` around it is true, so that what stands beside a part of it is claimed as well.
  void walk(const Expr& expr, const std::vector<Claim>& claims,  // NOLINT(misc-no-recursion)
            bool must_hold) {
    if (expr.op == ExprOp::kIf) {
      walk_if(expr, claims, must_hold);
      return;
    }
    const bool joins = expr.op == ExprOp::kAnd || expr.op == ExprOp::kOr;
    for (const Expr& arg : expr.args) {
      std::vector<Claim> around = claims;
      if (must_hold && expr.op == ExprOp::kAnd && may_branch(arg)) {
        for (const Expr& other : expr.args) {
          if (&other != &arg) around.push_back({&other, true});
        }
      }
      walk(arg, around, must_hold && joins);
    }
  }

 private:
  static bool may_branch(const Expr& expr) {  // NOLINT(misc-no-recursion)
    if (expr.op == ExprOp::kIf) return true;
    for (const Expr& arg : expr.args) {
      if (may_branch(arg)) return true;
    }
    return false;
  }

  void walk_if(const Expr& expr, const std::vector<Claim>& claims,  // NOLINT(misc-no-recursion)
               bool must_hold) {
    const Expr& asked = expr.args[0];
    // What contradicts itself without the branches is told of by itself, and proves anything.
    if (!truth_.possible(claims)) return;
    walk(asked, claims, false);
    for (const bool answer : {true, false}) {
      const Expr& branch = expr.args[answer ? 1 : 2];
      std::vector<Claim> within = claims;
      within.push_back({&asked, answer});
      if (!truth_.possible(within)) {
        const std::string never = answer ? " can never be true" : " is never false";
        tell(branch, shown(policy_, asked) + never +
                         (claims.empty() ? ": " + shown(policy_, branch) + " is never reached"
                                         : " where the rest holds: " + shown(policy_, branch) +
                                               " never counts there"));
        continue;
      }
      if (branch.type == ValueType::kBool && branch.op != ExprOp::kLiteral && must_hold) {
        std::vector<Claim> holding = within;
        holding.push_back({&branch, true});
        if (!truth_.possible(holding)) {
          tell(branch, shown(policy_, branch) + " can never be true here");
          continue;
        }
      }
      walk(branch, within, must_hold);
    }
  }

  void tell(const Expr& branch, const std::string& message) {
    if (branch.span.line == 0) return;  // written by nobody
    report_.error(branch.span, kUnreachableBranch, message, "remove it, or mend what contradicts");
  }

  const Policy& policy_;
  TruthAnalysis& truth_;
  DocumentReader& report_;
};

}  // namespace

void check_branches(const LintedPolicy& linted, DocumentReader& report) {
  const Policy& policy = linted.policy;
  TruthAnalysis truth(measure_ranges(policy), measure_orders(policy));
  BranchWalk branches(policy, truth, report);
  for (const Expr* expr : record_expressions(policy)) {
    branches.walk(*expr, {}, expr->type == ValueType::kBool);
  }
  for (const Measure& measure : policy.measures) {
    if (measure.formula) branches.walk(*measure.formula, {}, false);
  }
  branches.walk(policy.report_when, {}, true);
}

}  // namespace tidewaiter
