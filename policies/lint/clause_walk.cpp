#include "policies/lint/clause_walk.h"

#include <set>
#include <string>

#include "policies/lint/known_terms.h"

namespace tidewaiter {
namespace {

/// Beyond this many clauses side by side only repeated ones are looked for.
constexpr std::size_t kMaxClauses = 48;

class ClauseWalk {
 public:
  ClauseWalk(const LintedPolicy& linted, TruthAnalysis& truth, DocumentReader& report)
      : linted_(linted), truth_(truth), report_(report) {}

  void walk(const Expr& expr, const std::vector<Claim>& context) {
    if (expr.op != ExprOp::kAnd && expr.op != ExprOp::kOr) {
      if (expr.op == ExprOp::kNot) walk_negated(expr.args.front());
      return;
    }
    const std::vector<const Expr*> clauses = without_repeated(expr);
    const bool is_or = expr.op == ExprOp::kOr;
    for (const Expr* clause : clauses) {
      std::vector<Claim> around = context;
      if (!is_or) {
        for (const Expr* other : clauses) {
          if (other != clause) around.push_back({other, true});
        }
      }
      if (is_or && !possible_with(context, {clause, true})) {
        report_.error(clause->span, kUnreachableBranch,
                      text(*clause) + " can never be true here: the branch is never reached",
                      "remove it, or mend what contradicts");
        continue;
      }
      walk(*clause, around);
    }
    if (clauses.size() <= kMaxClauses) find_needless(clauses, is_or);
  }

 private:
  [[nodiscard]] std::string text(const Expr& expr) const { return shown(linted_.policy, expr); }

  bool possible_with(std::vector<Claim> claims, Claim more) {
    claims.push_back(more);
    return truth_.possible(claims);
  }

  /// Under `not` only what stands twice is looked for: there `and` and `or` change places.
  void walk_negated(const Expr& expr) {
    if (expr.op != ExprOp::kAnd && expr.op != ExprOp::kOr) return;
    for (const Expr* clause : without_repeated(expr)) walk_negated(*clause);
  }

  std::vector<const Expr*> without_repeated(const Expr& expr) {
    std::vector<const Expr*> clauses;
    std::set<std::string> seen;
    for (const Expr& clause : expr.args) {
      if (seen.insert(truth_.text_of(clause)).second) {
        clauses.push_back(&clause);
      } else {
        report_.warn(clause.span, kRepeatedClause, text(clause) + " stands twice",
                     "remove one of them");
      }
    }
    return clauses;
  }

  /// In an `and`, a clause that is true wherever the others are; in an `or`, one that is true only
  /// where another is.
  void find_needless(std::vector<const Expr*> clauses, bool is_or) {
    for (std::size_t i = 0; i < clauses.size();) {
      const Expr* clause = clauses[i];
      if (clause->op == ExprOp::kExists) {
        ++i;  // TW1215 tells of those that are never false
        continue;
      }
      if (!truth_.can_be_false(*clause)) {
        report_.warn(clause->span, kAlwaysTrueClause, text(*clause) + " is never false",
                     "remove it, or write the value that was meant");
      } else if (clauses.size() > 1 && truth_.can_be_true(*clause) && !differs(clauses, i, is_or)) {
        report_.warn(clause->span, kImpliedClause,
                     text(*clause) + " adds nothing to what stands " +
                         (is_or ? "beside it: another alternative covers it" : "beside it"),
                     "remove it, or mend the other");
      } else {
        ++i;
        continue;
      }
      clauses.erase(clauses.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  /// Whether the clause may change anything beside the others. What is unknown counts: an
  /// alternative that is true where a field is missing is covered by none that asks for that field.
  bool differs(const std::vector<const Expr*>& clauses, std::size_t i, bool is_or) {
    const Expr& clause = *clauses[i];
    const Terms known_with_clause = known_where(clause, true);
    Terms known_with_others;
    std::vector<Claim> others;
    for (std::size_t j = 0; j < clauses.size(); ++j) {
      if (j == i) continue;
      if (is_or && !is_decided_by(*clauses[j], known_with_clause, truth_.measures())) continue;
      others.push_back({clauses[j], !is_or});
      known_with_others.merge(known_where(*clauses[j], true));
    }
    if (others.empty()) return true;
    if (!is_or && !is_decided_by(clause, known_with_others, truth_.measures())) return true;
    // Others that contradict each other prove anything.
    return !truth_.possible(others) || possible_with(std::move(others), {&clause, is_or});
  }

  const LintedPolicy& linted_;
  TruthAnalysis& truth_;
  DocumentReader& report_;
};

}  // namespace

void walk_clauses(const LintedPolicy& linted, const Expr& expr, const std::vector<Claim>& context,
                  TruthAnalysis& truth, DocumentReader& report) {
  ClauseWalk(linted, truth, report).walk(expr, context);
}

}  // namespace tidewaiter
