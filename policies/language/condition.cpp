#include "policies/language/condition.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "policies/language/expression_holes.h"
#include "policies/language/expression_types.h"
#include "policies/language/text_match.h"
#include "policies/language/token_cursor.h"
#include "policies/language/yaml_expression.h"
#include "policies/model/ascii.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

using Selections = std::vector<std::pair<std::string, Expr>>;

class ConditionParser : TokenCursor {
 public:
  ConditionParser(std::vector<Token> tokens, const Selections& selections,
                  std::set<std::string>& used)
      : TokenCursor(std::move(tokens), kConditionSyntax), selections_(selections), used_(used) {}

  BuiltOrProblems run() {
    Built expr = disjunction();
    if (expr && peek().kind != Token::Kind::kEnd) expr = expected("`and`, `or` or the end");
    if (expr && tree_size(*expr).depth > kMaxExpressionDepth) expr = too_deep();
    return holes_.settle(std::move(expr));
  }

 private:
  [[nodiscard]] tl::unexpected<ExprProblem> too_deep() const {
    return problem(peek().span, kExpressionTooLarge,
                   "the condition is nested deeper than 64 levels", "split it into selections");
  }

  /// Sigma writes its words in lower or upper case.
  [[nodiscard]] bool at_word(std::string_view word) const {
    return peek().kind == Token::Kind::kName && ascii_lower(peek().text) == word;
  }

  Built disjunction() { return chain("or", ExprOp::kOr, &ConditionParser::conjunction); }
  Built conjunction() { return chain("and", ExprOp::kAnd, &ConditionParser::negation); }

  Built chain(std::string_view word, ExprOp op, Built (ConditionParser::*operand)()) {
    std::vector<Expr> operands;
    while (true) {
      Built next = (this->*operand)();
      if (!next) return next;
      operands.push_back(*std::move(next));
      if (!at_word(word)) break;
      take();
    }
    return build_logical(op, std::move(operands));
  }

  Built negation() {
    std::vector<SourceSpan> nots;
    while (at_word("not")) nots.push_back(take().span);
    if (nots.size() + depth_ > kMaxExpressionDepth) return too_deep();
    Built inner = primary();
    for (auto span = nots.rbegin(); inner && span != nots.rend(); ++span) {
      const SourceSpan whole = join(*span, inner->span);
      inner = build_not(*std::move(inner), whole);
    }
    return inner;
  }

  Built primary() {
    if (peek().is("(")) return brackets();
    const bool quantified =
        (peek().kind == Token::Kind::kNumber || at_word("all") || at_word("any")) &&
        peek_second().is_word("of");
    if (quantified) return quantifier();
    if (peek().kind != Token::Kind::kName || at_word("and") || at_word("or")) {
      return expected("a selection, `1 of x*`, `all of them`, `not` or `(`");
    }
    const Token& name = take();
    const auto found =
        std::ranges::find(selections_, name.text, [](const auto& entry) { return entry.first; });
    if (found == selections_.end()) return holes_.fill(unknown(name), name.span);
    return insert(found->first, found->second, name.span);
  }

  Built brackets() {
    if (++depth_ > kMaxExpressionDepth) return too_deep();
    take();
    Built inner = disjunction();
    --depth_;
    if (!inner) return inner;
    if (!peek().is(")")) return expected("`)`");
    take();
    return inner;
  }

  Built insert(const std::string& name, const Expr& expr, const SourceSpan& span) {
    nodes_ += tree_size(expr).nodes;
    if (nodes_ > kMaxExpressionNodes) {
      return problem(span, kExpressionTooLarge,
                     "the condition has more than 65536 parts once selections are put in",
                     "name each selection once");
    }
    used_.insert(name);
    Expr copy = expr;
    copy.span = span;
    return copy;
  }

  /// `1 of p`, `any of p`: some selection that matches the pattern; `all of p`: each.
  Built quantifier() {
    const Token& amount = take();
    const bool all = ascii_lower(amount.text) == "all";
    if (!all && amount.text != "1" && ascii_lower(amount.text) != "any") {
      return problem(amount.span, kConditionSyntax,
                     "`" + amount.text + " of` is not part of the language",
                     "write `1 of …` or `all of …`");
    }
    take();  // of
    SourceSpan span = peek().span;
    const std::string pattern = name_pattern(span);
    if (pattern.empty()) return expected("`them` or a pattern such as `x*`");
    const bool them = ascii_lower(pattern) == "them";
    std::vector<Expr> operands;
    for (const auto& [name, expr] : selections_) {
      const bool wanted = them ? !name.starts_with('_') : matches_wildcard(pattern, name, true);
      if (!wanted) continue;
      Built operand = insert(name, expr, span);
      if (!operand) return operand;
      operands.push_back(*std::move(operand));
    }
    if (operands.empty()) {
      return holes_.fill(problem(span, kNoSuchSelections, "`" + pattern + "` matches no selection",
                                 "name selections that stand under `select`"),
                         span);
    }
    return build_logical(all ? ExprOp::kAnd : ExprOp::kOr, std::move(operands));
  }

  /// Joins the tokens of `x*y`, which stand without spaces between.
  std::string name_pattern(SourceSpan& span) {
    std::string pattern;
    std::size_t end = peek().offset;
    while (peek().offset == end && (peek().kind == Token::Kind::kName || peek().is("*") ||
                                    peek().kind == Token::Kind::kNumber)) {
      const Token& token = take();
      pattern += token.text;
      end = token.offset + token.size;
      span = join(span, token.span);
      if (peek().kind == Token::Kind::kEnd) break;
    }
    return pattern;
  }

  [[nodiscard]] Built unknown(const Token& name) const {
    std::vector<std::string_view> known;
    for (const auto& [known_name, expr] : selections_) known.emplace_back(known_name);
    std::string hint = "a condition joins the selections that stand under `select`";
    if (const auto near = did_you_mean(name.text, known)) hint = "did you mean `" + *near + "`?";
    // No fix: which selection is meant, or which is missing, only the writer knows.
    return problem(name.span, kUnknownSelection, "unknown selection `" + name.text + "`",
                   std::move(hint));
  }

  const Selections& selections_;
  std::set<std::string>& used_;
  ExprHoles holes_;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
};

BuiltOrProblems parse(const YamlNode& node, const ScalarPlace& place, const Selections& selections,
                      std::set<std::string>& used) {
  if (node.scalar.size() > kMaxExpressionBytes) {
    return tl::unexpected(std::vector{ExprProblem{node.span, kExpressionTooLarge,
                                                  "the condition is longer than 16 KiB",
                                                  "split it into selections"}});
  }
  auto tokens = lex(node.scalar, place.origin());
  if (!tokens) return tl::unexpected(std::vector{std::move(tokens.error())});
  return ConditionParser(*std::move(tokens), selections, used).run();
}

}  // namespace

std::optional<Expr> read_condition(DocumentReader& reader, const YamlNode& node,
                                   const Selections& selections, std::set<std::string>& used) {
  if (!reader.text(node)) return std::nullopt;
  const ScalarPlace place(reader.yaml(), node);
  BuiltOrProblems built = parse(node, place, selections, used);
  if (!built) {
    for (ExprProblem& problem : built.error()) {
      place.settle(problem.span);
      if (!place.is_exact()) problem.replacement.clear();
      reader.error(problem);
    }
    return std::nullopt;
  }
  // Only the condition's own words move; what selections bring stands where they were written.
  Expr expr = *std::move(built);
  place.settle(expr.span);
  return expr;
}

}  // namespace tidewaiter
