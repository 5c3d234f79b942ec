#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "policies/language/aggregate_words.h"
#include "policies/language/expression.h"
#include "policies/language/expression_holes.h"
#include "policies/language/expression_types.h"
#include "policies/language/field_lookup.h"
#include "policies/language/licensed.h"
#include "policies/language/named_lists.h"
#include "policies/language/text_match.h"
#include "policies/language/token_cursor.h"
#include "policies/model/ascii.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

struct Operator {
  std::string_view symbol;
  ExprOp op;
};
constexpr std::array kComparisons = {Operator{"==", ExprOp::kEq}, Operator{"!=", ExprOp::kNe},
                                     Operator{"<", ExprOp::kLt},  Operator{"<=", ExprOp::kLe},
                                     Operator{">", ExprOp::kGt},  Operator{">=", ExprOp::kGe}};
constexpr std::array kSums = {Operator{"+", ExprOp::kAdd}, Operator{"-", ExprOp::kSub}};
constexpr std::array kProducts = {Operator{"*", ExprOp::kMul}, Operator{"/", ExprOp::kDiv},
                                  Operator{"%", ExprOp::kMod}};

constexpr std::array<std::string_view, 6> kKeywords = {"and", "or", "not", "in", "true", "false"};

bool is_keyword(const Token& token) {
  return std::ranges::any_of(kKeywords, [&](std::string_view word) { return token.is_word(word); });
}

/// Recursive descent, one function a level of precedence. What is well formed and means nothing
/// leaves a hole, which fits anywhere, so that one mistake is told once and the next as well; what
/// is not well formed ends the parse.
class Parser : TokenCursor {
 public:
  Parser(std::vector<Token> tokens, const ExprScope& scope)
      : TokenCursor(std::move(tokens), kExpressionSyntax), scope_(scope) {}

  BuiltOrProblems run() {
    Built expr = disjunction();
    if (expr && peek().kind != Token::Kind::kEnd) expr = unexpected_rest();
    return holes_.settle(std::move(expr));
  }

 private:
  /// Counts how deep the descent is, so that brackets cannot exhaust the stack.
  class Level {
   public:
    explicit Level(std::size_t& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Level(Level&&) = delete;
    Level& operator=(Level&&) = delete;

   private:
    std::size_t& depth_;
  };

  /// `5,000,000` and `5 million`: what to write instead. Empty for anything else.
  [[nodiscard]] std::string advice_on_number() const {
    const Token& number = previous();
    if (number.kind != Token::Kind::kNumber) return {};
    const auto plain = [](const Token& t) { return std::ranges::all_of(t.text, is_digit); };
    std::string digits = number.text;
    std::size_t ahead = 0;
    std::size_t end = number.offset + number.size;
    while (peek_at(ahead).is(",") && peek_at(ahead).offset == end) {
      const Token& group = peek_at(ahead + 1);
      if (group.kind != Token::Kind::kNumber || group.size != 3 || !plain(group)) break;
      if (group.offset != end + 1) break;
      digits += group.text;
      end = group.offset + group.size;
      ahead += 2;
    }
    if (ahead > 0 && plain(number)) return "write `" + digits + "`: no commas between digits";
    for (const auto& [word, unit] :
         {std::pair{"thousand", "k"}, std::pair{"million", "M"}, std::pair{"billion", "G"}}) {
      if (peek().is_word(word)) return "write `" + number.text + unit + "`";
    }
    return {};
  }

  [[nodiscard]] tl::unexpected<ExprProblem> unexpected_rest() const {
    if (std::string advice = advice_on_number(); !advice.empty()) {
      return unexpected(std::move(advice));
    }
    const Token& token = peek();
    const std::string word = ascii_lower(token.text);
    if (token.kind == Token::Kind::kName && (word == "and" || word == "or" || word == "not")) {
      return unexpected("write `" + word + "` in lower case");
    }
    const bool comparison =
        std::ranges::any_of(kComparisons, [&](const Operator& o) { return token.is(o.symbol); });
    if (comparison) {
      return problem(token.span, kExpressionSyntax, "comparisons do not chain",
                     "write `a < b and b < c`");
    }
    return expected("an operator such as `and`, `>` or `+`, or the end");
  }

  /// A node of which `parts` are made, or a hole in its place.
  template <class Build>
  Built node(std::initializer_list<const Expr*> parts, const SourceSpan& span, Build build) {
    if (std::ranges::any_of(parts, [](const Expr* part) { return is_hole(*part); })) {
      return make_hole(span);
    }
    return bounded(holes_.fill(build(), span));
  }

  static tl::unexpected<ExprProblem> too_deep(const SourceSpan& span) {
    return problem(span, kExpressionTooLarge, "the expression is nested deeper than 64 levels",
                   "split it into selections or measures");
  }

  /// Refuses trees that are too deep for those who walk them.
  static Built bounded(Built built) {
    if (!built) return built;
    const TreeSize size = tree_size(*built);
    if (size.depth > kMaxExpressionDepth) return too_deep(built->span);
    return built;
  }

  Built disjunction() {
    const Level level(depth_);
    if (depth_ > kMaxExpressionDepth) return too_deep(peek().span);
    return chain("or", ExprOp::kOr, &Parser::conjunction);
  }

  Built conjunction() { return chain("and", ExprOp::kAnd, &Parser::negation); }

  Built chain(std::string_view word, ExprOp op, Built (Parser::*operand)()) {
    std::vector<Expr> operands;
    while (true) {
      Built next = (this->*operand)();
      if (!next) return next;
      operands.push_back(*std::move(next));
      if (!peek().is_word(word)) break;
      take();
    }
    if (operands.size() == 1) return std::move(operands.front());
    const SourceSpan span = join(operands.front().span, operands.back().span);
    return bounded(holes_.logical(op, std::move(operands), span));
  }

  Built negation() {
    if (!peek().is_word("not")) return comparison();
    const Level level(depth_);
    if (depth_ > kMaxExpressionDepth) return too_deep(peek().span);
    const SourceSpan start = take().span;
    Built argument = negation();
    if (!argument) return argument;
    const SourceSpan span = join(start, argument->span);
    return node({&*argument}, span, [&] { return build_not(*std::move(argument), span); });
  }

  template <std::size_t N>
  std::optional<ExprOp> take_operator(const std::array<Operator, N>& operators) {
    for (const Operator& candidate : operators) {
      if (!peek().is(candidate.symbol)) continue;
      take();
      return candidate.op;
    }
    return std::nullopt;
  }

  Built comparison() {
    Built left = sum();
    if (!left) return left;
    if (peek().is_word("in")) return membership(*std::move(left), false);
    if (peek().is_word("not") && peek_second().is_word("in")) {
      take();
      return membership(*std::move(left), true);
    }
    const std::optional<ExprOp> op = take_operator(kComparisons);
    if (!op) return left;
    Built right = sum();
    if (!right) return right;
    const SourceSpan span = join(left->span, right->span);
    return node({&*left, &*right}, span,
                [&] { return build_comparison(*op, *std::move(left), *std::move(right)); });
  }

  Built membership(Expr value, bool negated) {
    take();  // in
    if (peek().kind == Token::Kind::kList) return list_membership(std::move(value), negated);
    if (!peek().is("[")) {
      return expected("`[` or a list, as in `model in [\"a\", \"b\"]` or `model in list:large`");
    }
    take();
    std::vector<Expr> literals;
    while (true) {
      Built literal = sum();
      if (!literal) return literal;
      if (literal->op != ExprOp::kLiteral) {
        literal =
            holes_.fill(problem(literal->span, kLiteralNeeded, "a list holds literals only",
                                "write numbers or texts in quotes, or join comparisons with `or`"),
                        literal->span);
        if (!literal) return literal;
      }
      literals.push_back(*std::move(literal));
      if (peek().is("]")) break;
      if (!peek().is(",")) return expected("`,` or `]`");
      take();
    }
    const SourceSpan span = join(value.span, take().span);
    if (std::ranges::any_of(literals, is_hole)) return make_hole(span);
    return node({&value}, span, [&] {
      Built built = build_in(std::move(value), std::move(literals), span);
      return built && negated ? build_not(*std::move(built), span) : built;
    });
  }

  Built list_membership(Expr value, bool negated) {
    const Token& name = take();
    const SourceSpan span = join(value.span, name.span);
    return node({&value}, span, [&] {
      Built built = build_in_list(std::move(value), name.text, span, name.span, scope_);
      return built && negated ? build_not(*std::move(built), span) : built;
    });
  }

  Built sum() { return binary(kSums, &Parser::product); }
  Built product() { return binary(kProducts, &Parser::unary); }

  template <std::size_t N>
  Built binary(const std::array<Operator, N>& operators, Built (Parser::*operand)()) {
    Built left = (this->*operand)();
    while (left) {
      const std::optional<ExprOp> op = take_operator(operators);
      if (!op) break;
      Built right = (this->*operand)();
      if (!right) return right;
      const SourceSpan span = join(left->span, right->span);
      left = node({&*left, &*right}, span,
                  [&] { return build_arithmetic(*op, *std::move(left), *std::move(right)); });
    }
    return left;
  }

  Built unary() {
    if (!peek().is("-")) return primary();
    const Level level(depth_);
    if (depth_ > kMaxExpressionDepth) return too_deep(peek().span);
    const SourceSpan start = take().span;
    if (peek().kind == Token::Kind::kNumber) {
      Built literal = number(true);
      if (literal) literal->span = join(start, literal->span);
      return literal;
    }
    Built argument = unary();
    if (!argument) return argument;
    const SourceSpan span = join(start, argument->span);
    return node({&*argument}, span, [&] { return build_negation(*std::move(argument), span); });
  }

  Built number(bool negative) {
    const Token& token = take();
    const bool usd = peek().is_word("USD");
    Built literal = holes_.fill(build_number(token, negative, usd), token.span);
    if (usd) {
      const SourceSpan end = take().span;
      if (literal) literal->span = join(token.span, end);
    }
    return literal;
  }

  Built primary() {
    const Token& token = peek();
    switch (token.kind) {
      case Token::Kind::kNumber:
        return number(false);
      case Token::Kind::kString:
        take();
        return make_literal(ValueType::kString, token.text, token.span);
      case Token::Kind::kName:
        return word();
      case Token::Kind::kList:
        take();
        return holes_.fill(
            problem(token.span, kListNeedsIn, "`" + token.text + "` stands without `in`",
                    "write `model in " + token.text + "`"),
            token.span);
      case Token::Kind::kSymbol:
        if (token.is("(")) return brackets();
        break;
      case Token::Kind::kLicense:
      case Token::Kind::kEnd:
        break;
    }
    return expected("a value: a name, a number, a text in quotes or `(`");
  }

  Built brackets() {
    take();
    Built inner = disjunction();
    if (!inner) return inner;
    if (!peek().is(")")) return peek().kind == Token::Kind::kEnd ? Built(expected("`)`")) : rest();
    take();
    return inner;
  }

  [[nodiscard]] Built rest() const {
    const Token& token = peek();
    const bool separates = token.is("]") || token.is(",");
    if (separates && advice_on_number().empty()) return expected("`)`");
    return unexpected_rest();
  }

  Built word() {
    const Token& token = take();
    if (token.is_word("true") || token.is_word("false")) {
      return make_literal(ValueType::kBool, token.text == "true", token.span);
    }
    if (is_keyword(token)) {
      return problem(token.span, kExpressionSyntax, "unexpected `" + token.text + "`",
                     "expected a value before it: a name, a number or a text in quotes");
    }
    if (!peek().is("(") || token.escaped_name) return holes_.fill(resolve(token), token.span);
    return token.text == kLicensed ? licensed(token) : call(token);
  }

  Built licensed(const Token& name) {
    take();  // (
    if (peek().kind != Token::Kind::kLicense) {
      return expected("the name of a license, as in `licensed(bis-1)`");
    }
    const Token& license = take();
    if (!peek().is(")")) return expected("`)` after the name of a license");
    const SourceSpan span = join(name.span, take().span);
    Built covered = build_licensed(license.text, license.span, span, scope_);
    return bounded(holes_.fill(covered ? put_in(*covered, span) : std::move(covered), span));
  }

  Built call(const Token& name) {
    take();  // (
    std::vector<Expr> arguments;
    bool nocase = false;
    while (!peek().is(")")) {
      if (nocase) return expected("`)` after `nocase`");
      if (!arguments.empty()) {
        if (!peek().is(","))
          return peek().kind == Token::Kind::kEnd ? Built(expected("`)`")) : rest_of_call();
        take();
      }
      if (peek().is_word("nocase") && peek_second().is(")") && !arguments.empty()) {
        take();
        nocase = true;
        continue;
      }
      Built argument = disjunction();
      if (!argument) return argument;
      arguments.push_back(*std::move(argument));
    }
    const SourceSpan span = join(name.span, take().span);
    // That there is no such function is so whatever its arguments are.
    if (is_function(name.text) && std::ranges::any_of(arguments, is_hole)) return make_hole(span);
    return bounded(
        holes_.fill(build_call(name.text, name.span, std::move(arguments), nocase, span), span));
  }

  [[nodiscard]] Built rest_of_call() const { return expected("`,` or `)`"); }

  Built resolve(const Token& token) {
    for (std::size_t i = 0; i < scope_.measures.size(); ++i) {
      if (scope_.measures[i].name == token.text) {
        return named(ExprOp::kMeasure, i, scope_.measures[i].type, token.span);
      }
    }
    for (std::size_t i = 0; i < scope_.columns.size(); ++i) {
      if (scope_.columns[i].name == token.text) {
        return named(ExprOp::kColumn, i, scope_.columns[i].type, token.span);
      }
    }
    for (const auto& [name, expr] : scope_.selections) {
      if (name == token.text) return put_in(expr, token.span);
    }
    const bool is_field = find_field(token.text).has_value();
    if (!is_field || !scope_.fields) return unknown(token, is_field);
    auto id = find_field_of(*scope_.fields, token.text, token.span);
    if (!id) return tl::unexpected(std::move(id.error()));
    return named(ExprOp::kField, *id, field(*id).type, token.span);
  }

  static Built named(ExprOp op, std::size_t index, ValueType type, const SourceSpan& span) {
    Expr expr;
    expr.op = op;
    expr.type = type;
    expr.index = static_cast<std::uint16_t>(index);
    expr.span = span;
    return expr;
  }

  /// What a name stands for, in its place.
  Built put_in(const Expr& expr, const SourceSpan& span) {
    nodes_ += tree_size(expr).nodes;
    if (nodes_ > kMaxExpressionNodes) {
      return problem(
          span, kExpressionTooLarge,
          "the expression has more than 65536 parts once selections and licenses are put in",
          "name each of them once");
    }
    Expr copy = expr;
    copy.span = span;
    return copy;
  }

  [[nodiscard]] Built unknown(const Token& token, bool is_field) const {
    std::vector<std::string_view> known;
    for (const auto& measure : scope_.measures) known.emplace_back(measure.name);
    for (const auto& column : scope_.columns) known.emplace_back(column.name);
    for (const auto& [name, expr] : scope_.selections) known.emplace_back(name);
    std::string replacement;
    if (scope_.fields) {
      const auto names = field_names(*scope_.fields);
      known.insert(known.end(), names.begin(), names.end());
      // A misspelt field can be told. Which measure or selection is meant, or which is missing,
      // only the writer knows.
      const auto field = misspelling_of(token.text, names);
      if (field && field == only_near(token.text, known)) replacement = *field;
    }
    std::string hint;
    if (is_aggregate(token.text)) {
      hint = "it makes a measure, and needs brackets: `" + token.text +
             (token.text == "count" ? "()`" : "(…)`") + " under `measure`";
      replacement.clear();
    } else if (const auto near = did_you_mean(token.text, known)) {
      hint = "did you mean `" + *near + "`?";
    } else if (is_field) {
      hint = "it is a field; only measures may stand here: add a measure over it";
    } else {
      // Those that have the word in them, as `finding.policy` has `policy`, may not be cut off.
      // Not std::ranges::stable_partition, which clang 14 does not compile with this library.
      std::stable_partition(known.begin(), known.end(), [&token](std::string_view name) {
        return name.find(token.text) != std::string_view::npos;
      });
      if (scope_.fields) hint = "write `\"" + token.text + "\"` if it is a text; ";
      const std::size_t lead = hint.size();
      constexpr std::size_t kShown = 12;
      for (std::size_t i = 0; i < std::min(known.size(), kShown); ++i) {
        hint += hint.size() == lead ? "known here: " : ", ";
        hint += known[i];
      }
      if (known.size() > kShown) hint += ", …";
      if (known.empty()) hint = "no name is known here: expected one that stands under `measure`";
    }
    return tl::unexpected(ExprProblem{token.span, kUnknownName, "unknown name `" + token.text + "`",
                                      std::move(hint), std::move(replacement)});
  }

  const ExprScope& scope_;
  ExprHoles holes_;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
};

BuiltOrProblems parse(std::string_view text, const ExprScope& scope, const ExprOrigin& origin) {
  if (text.size() > kMaxExpressionBytes) {
    return tl::unexpected(std::vector{ExprProblem{{origin.file, origin.line, origin.column, 1},
                                                  kExpressionTooLarge,
                                                  "the expression is longer than 16 KiB",
                                                  "split it into selections or measures"}});
  }
  auto tokens = lex(text, origin);
  if (!tokens) return tl::unexpected(std::vector{std::move(tokens.error())});
  return Parser(*std::move(tokens), scope).run();
}

}  // namespace

std::optional<Expr> parse_expression(std::string_view text, const ExprScope& scope,
                                     const ExprOrigin& origin,
                                     std::vector<Diagnostic>& diagnostics) {
  BuiltOrProblems built = parse(text, scope, origin);
  if (built) return *std::move(built);
  const bool too_long = text.size() > kMaxExpressionBytes;
  for (const ExprProblem& problem : built.error()) {
    report(problem, too_long ? std::string_view() : text, origin, diagnostics);
  }
  return std::nullopt;
}

}  // namespace tidewaiter
