#include "daemon/cli/condition_text.h"

#include <algorithm>

#include "daemon/cli/finding_text.h"
#include "policies/engine/explain_clauses.h"

namespace tidewaiter {
namespace {

struct Speaker {
  const Policy& policy;
  const std::vector<Figure>& figures;

  [[nodiscard]] std::string say(const Expr& expr, int outer = 0) const;
  [[nodiscard]] std::string measure(std::uint16_t index) const;
  [[nodiscard]] std::string joined(const Expr& expr, std::string_view between, int level) const;
  [[nodiscard]] std::string remainder(const Expr& expr, int outer) const;
  [[nodiscard]] std::string membership(const Expr& expr, int outer) const;
  [[nodiscard]] std::string call(std::string_view name, const Expr& expr) const;
};

// How tightly an operator binds: a weaker one inside a stronger one needs parentheses.
constexpr int kOrLevel = 1;
constexpr int kAndLevel = 2;
constexpr int kCompareLevel = 4;
constexpr int kSumLevel = 5;
constexpr int kProductLevel = 6;

struct Infix {
  std::string_view word;
  int level;
};

Infix infix(ExprOp op) {
  switch (op) {
    case ExprOp::kOr:
      return {" or ", kOrLevel};
    case ExprOp::kAnd:
      return {" and ", kAndLevel};
    case ExprOp::kEq:
      return {" = ", kCompareLevel};
    case ExprOp::kNe:
      return {" ≠ ", kCompareLevel};
    case ExprOp::kLt:
      return {" < ", kCompareLevel};
    case ExprOp::kLe:
      return {" ≤ ", kCompareLevel};
    case ExprOp::kGt:
      return {" > ", kCompareLevel};
    case ExprOp::kGe:
      return {" ≥ ", kCompareLevel};
    case ExprOp::kAdd:
      return {" + ", kSumLevel};
    case ExprOp::kSub:
      return {" − ", kSumLevel};
    case ExprOp::kMul:
      return {" × ", kProductLevel};
    case ExprOp::kDiv:
      return {" ÷ ", kProductLevel};
    default:
      return {"", 0};
  }
}

std::string Speaker::measure(std::uint16_t index) const {
  if (index >= policy.measures.size()) return "?";
  const std::string& name = policy.measures[index].name;
  const auto figure = std::find_if(figures.begin(), figures.end(),
                                   [&name](const Figure& f) { return f.name == name; });
  return figure == figures.end() ? name : name + " " + figure_value_text(*figure);
}

std::string Speaker::joined(const Expr& expr, std::string_view between, int level) const {
  std::string out;
  for (const Expr& arg : expr.args) {
    if (!out.empty()) out += between;
    // The right side of − and ÷ must not join its neighbour.
    const bool strict = !out.empty() && (expr.op == ExprOp::kSub || expr.op == ExprOp::kDiv);
    out += say(arg, strict ? level + 1 : level);
  }
  return out;
}

/// In products of any kind with parentheses: few know which of × and % binds first.
std::string Speaker::remainder(const Expr& expr, int outer) const {
  const std::string text =
      say(expr.args[0], kProductLevel + 1) + " % " + say(expr.args[1], kProductLevel + 1);
  return outer > kSumLevel ? "(" + text + ")" : text;
}

std::string Speaker::membership(const Expr& expr, int outer) const {
  std::string text = say(expr.args.front(), kSumLevel) + " in [";
  for (std::size_t i = 1; i < expr.args.size(); ++i) {
    text += (i > 1 ? ", " : "") + say(expr.args[i]);
  }
  text += ']';
  return kCompareLevel < outer ? "(" + text + ")" : text;
}

std::string Speaker::call(std::string_view name, const Expr& expr) const {
  std::string out(name);
  out += '(';
  for (std::size_t i = 0; i < expr.args.size(); ++i) out += (i > 0 ? ", " : "") + say(expr.args[i]);
  return out + ')';
}

std::string Speaker::say(const Expr& expr, int outer) const {
  if (const Infix form = infix(expr.op); form.level > 0) {
    const std::string text = joined(expr, form.word, form.level);
    return form.level < outer ? "(" + text + ")" : text;
  }
  switch (expr.op) {
    case ExprOp::kLiteral:
      return figure_value_text(Figure{{}, expr.type, expr.literal, true});
    case ExprOp::kMeasure:
      return measure(expr.index);
    case ExprOp::kNot:
      return "not " + say(expr.args.front(), kSumLevel);  // "not (a < b)" reads better
    case ExprOp::kNeg:
      return "−" + say(expr.args.front(), kProductLevel + 1);
    case ExprOp::kMod:
      return remainder(expr, outer);
    case ExprOp::kIn:
      return membership(expr, outer);
    case ExprOp::kIf:
      return call("if", expr);
    case ExprOp::kDefault:
      return call("default", expr);
    case ExprOp::kRound:
      return call("round", expr);
    case ExprOp::kFloor:
      return call("floor", expr);
    case ExprOp::kCeil:
      return call("ceil", expr);
    case ExprOp::kAbs:
      return call("abs", expr);
    case ExprOp::kLeast:
      return call("least", expr);
    case ExprOp::kGreatest:
      return call("greatest", expr);
    default:
      return to_text(expr, measure_scope(policy));
  }
}

}  // namespace

std::string condition_text(const Policy& policy) { return condition_text(policy, {}); }

std::string condition_text(const Policy& policy, const std::vector<Figure>& figures) {
  return Speaker{policy, figures}.say(policy.report_when);
}

}  // namespace tidewaiter
