#include "policies/authoring/expression_mutations.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "policies/engine/explain_record.h"
#include "policies/language/comparison.h"

namespace tidewaiter {
namespace {

using Path = std::vector<std::size_t>;

Expr& at(Expr& root, const Path& path) {
  Expr* node = &root;
  for (const std::size_t i : path) node = &node->args[i];
  return *node;
}

bool has_amount(ValueType type) {
  return type == ValueType::kInt64 || type == ValueType::kDouble || type == ValueType::kDuration ||
         type == ValueType::kMoney;
}

/// A literal a tenth, and at least one unit of its type, away from what it is.
std::optional<Value> moved(const Expr& literal, int direction) {
  if (!has_amount(literal.type)) return std::nullopt;
  if (const auto* real = std::get_if<double>(&literal.literal)) {
    return *real + direction * (*real == 0.0 ? 1.0 : std::abs(*real) / 10);
  }
  const auto* whole = std::get_if<std::int64_t>(&literal.literal);
  if (whole == nullptr) return std::nullopt;
  const std::int64_t step = std::max<std::int64_t>(std::abs(*whole / 10), 1);
  std::int64_t result = 0;
  if (__builtin_add_overflow(*whole, direction * step, &result)) return std::nullopt;
  return result;
}

class Mutator {
 public:
  Mutator(const Expr& root, const ExprScope& scope) : root_(root), scope_(scope) {}

  std::vector<ExprMutation> run() {
    visit(root_, {});
    return std::move(mutations_);
  }

 private:
  void add(const Path& path, std::string what, Expr changed) {
    ExprMutation mutation;
    mutation.whole = root_;
    Expr& node = at(mutation.whole, path);
    mutation.what = std::move(what);
    mutation.span = node.span;
    mutation.before = to_text(node, scope_);
    mutation.after = to_text(changed, scope_);
    node = std::move(changed);
    mutations_.push_back(std::move(mutation));
  }

  void visit(const Expr& node, const Path& path) {
    if (node.op == ExprOp::kLiteral) {
      visit_literal(node, path);
    } else if (is_logical(node.op)) {
      visit_joint(node, path);
    } else if (node.op == ExprOp::kIn) {
      visit_list(node, path);
    } else if (is_comparison(node.op)) {
      visit_comparison(node, path);
    } else if (node.type == ValueType::kBool) {
      negate(node, path);
    }
    // The values of a list are dropped one by one, and not changed.
    const std::size_t end = node.op == ExprOp::kIn ? 1 : node.args.size();
    for (std::size_t i = 0; i < end; ++i) {
      Path inner = path;
      inner.push_back(i);
      visit(node.args[i], inner);
    }
  }

  void visit_literal(const Expr& node, const Path& path) {
    for (const int direction : {1, -1}) {
      const std::optional<Value> value = moved(node, direction);
      if (!value) continue;
      Expr changed = node;
      changed.literal = *value;
      add(path, direction > 0 ? "threshold raised" : "threshold lowered", std::move(changed));
    }
  }

  void visit_comparison(const Expr& node, const Path& path) {
    if (const ExprOp boundary = other_boundary(node.op); boundary != node.op) {
      Expr changed = node;
      changed.op = boundary;
      add(path, "boundary moved", std::move(changed));
    }
    Expr changed = node;
    const bool is_of_order = mirrored(node.op) != node.op;
    changed.op = is_of_order ? mirrored(node.op) : opposite(node.op);
    add(path, "comparison turned round", std::move(changed));
  }

  void visit_joint(const Expr& node, const Path& path) {
    if (node.op == ExprOp::kNot) {
      add(path, "not dropped", node.args.front());
      return;
    }
    if (node.args.size() < 2) return;
    Expr other = node;
    other.op = node.op == ExprOp::kAnd ? ExprOp::kOr : ExprOp::kAnd;
    add(path, node.op == ExprOp::kAnd ? "and made or" : "or made and", std::move(other));
    for (std::size_t i = 0; i < node.args.size(); ++i) {
      Expr fewer = node;
      fewer.args.erase(fewer.args.begin() + static_cast<std::ptrdiff_t>(i));
      add(path, "part dropped", fewer.args.size() == 1 ? Expr(fewer.args.front()) : fewer);
      mutations_.back().span = node.args[i].span;
      mutations_.back().before = to_text(node.args[i], scope_);
      mutations_.back().after.clear();
    }
  }

  void visit_list(const Expr& node, const Path& path) {
    for (std::size_t i = 1; node.args.size() > 2 && i < node.args.size(); ++i) {
      Expr fewer = node;
      fewer.args.erase(fewer.args.begin() + static_cast<std::ptrdiff_t>(i));
      add(path, "value dropped", std::move(fewer));
      mutations_.back().span = node.args[i].span;
    }
    negate(node, path);
  }

  void negate(const Expr& node, const Path& path) {
    Expr changed;
    changed.op = ExprOp::kNot;
    changed.span = node.span;
    changed.args.push_back(node);
    add(path, "negated", std::move(changed));
  }

  const Expr& root_;
  const ExprScope& scope_;
  std::vector<ExprMutation> mutations_;
};

}  // namespace

std::vector<ExprMutation> mutate_expression(const Expr& expr, const ExprScope& scope) {
  return Mutator(expr, scope).run();
}

}  // namespace tidewaiter
