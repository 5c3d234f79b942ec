// What becomes of a clause when a record lacks its field: unknown, which is neither true nor false.

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "policies/language/interpret.h"
#include "policies/lint/checks.h"

namespace tidewaiter {
namespace {

bool is_always_there(FieldId id) { return id <= kFieldSource; }

class MissingFieldChecks {
 public:
  MissingFieldChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted), report_(report) {}

  void run() {
    for (const Expr* expr : record_expressions(linted_.policy)) look_at(*expr);
    if (!linted_.policy.selections.empty()) look_at_negations(linted_.policy.condition);
  }

 private:
  void look_at(const Expr& expr) {
    if (expr.op == ExprOp::kExists && is_always_there(expr.args[0].index)) {
      report_.warn(expr.span, kFieldAlwaysThere,
                   "every record has `" + std::string(field(expr.args[0].index).name) + "`",
                   "leave the question out");
    }
    const bool comparison = expr.op >= ExprOp::kEq && expr.op <= ExprOp::kGe;
    if (comparison) look_at_default(expr);
    for (const Expr& arg : expr.args) look_at(arg);
  }

  /// `default(x, v) < y` with v < y: the record that lacks x counts.
  void look_at_default(const Expr& comparison) {
    for (std::size_t side = 0; side < 2; ++side) {
      const Expr& term = comparison.args[side];
      const bool decided = term.op == ExprOp::kDefault && term.args[1].op == ExprOp::kLiteral &&
                           comparison.args[1 - side].op == ExprOp::kLiteral;
      if (!decided) continue;
      Expr substituted = comparison;
      substituted.args[side] = term.args[1];
      if (interpret(substituted, {}) != Value(true)) continue;
      report_.warn(comparison.span, kDefaultHides,
                   shown(linted_.policy, comparison) + " holds for records that have no `" +
                       to_text(term.args[0]) + "`",
                   "choose a default that does not count, or leave it out: then such records are "
                   "told apart");
    }
  }

  /// Each `not` whose clause is unknown for a record without the field, so that the record is
  /// neither selected nor left out.
  void look_at_negations(const Expr& condition) {
    std::set<FieldId> asked;
    add_asked(condition, asked);
    walk_negations(condition, false, asked);
  }

  /// Fields that the condition asks for on their own, by `exists` or by a clause that must hold.
  void add_asked(const Expr& expr, std::set<FieldId>& asked) {
    if (expr.op == ExprOp::kNot) {
      add_existence(expr, asked);
      return;
    }
    if (expr.op == ExprOp::kField) asked.insert(expr.index);
    for (const Expr& arg : expr.args) add_asked(arg, asked);
  }

  void add_existence(const Expr& expr, std::set<FieldId>& asked) {
    if (expr.op == ExprOp::kExists) asked.insert(expr.args[0].index);
    for (const Expr& arg : expr.args) add_existence(arg, asked);
  }

  void walk_negations(const Expr& expr, bool negated, const std::set<FieldId>& asked) {
    if (expr.op == ExprOp::kNot) {
      walk_negations(expr.args[0], !negated, asked);
      return;
    }
    if (expr.op == ExprOp::kAnd || expr.op == ExprOp::kOr) {
      for (const Expr& arg : expr.args) walk_negations(arg, negated, asked);
      return;
    }
    const bool text_clause =
        expr.op == ExprOp::kTextMatch || expr.op == ExprOp::kIn || expr.op == ExprOp::kCidr;
    if (!negated || !text_clause || expr.args[0].op != ExprOp::kField) return;
    const FieldId id = expr.args[0].index;
    if (is_always_there(id) || asked.contains(id) || always_supplied(id)) return;
    const std::string name(field(id).name);
    report_.warn(
        expr.span, kNotOfMissing,
        "a record without `" + name + "` is neither selected nor left out by this `not`",
        "say what it means: `not exists(" + name + ") or …`, or `exists(" + name + ") and …`");
  }

  /// Identifiers are what a source is configured to give; other fields a record may lack.
  [[nodiscard]] static bool always_supplied(FieldId id) { return field(id).id_of_source; }

  const LintedPolicy& linted_;
  DocumentReader& report_;
};

}  // namespace

void check_missing_fields(const LintedPolicy& linted, DocumentReader& report) {
  MissingFieldChecks(linted, report).run();
}

}  // namespace tidewaiter
