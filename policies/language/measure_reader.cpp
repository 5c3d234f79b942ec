#include "policies/language/measure_reader.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/expression_lexer.h"
#include "policies/language/expression_types.h"
#include "policies/language/yaml_expression.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array kAggregates = {
    std::pair<std::string_view, Aggregate>{"count", Aggregate::kCount},
    std::pair<std::string_view, Aggregate>{"sum", Aggregate::kSum},
    std::pair<std::string_view, Aggregate>{"min", Aggregate::kMin},
    std::pair<std::string_view, Aggregate>{"max", Aggregate::kMax},
    std::pair<std::string_view, Aggregate>{"distinct", Aggregate::kDistinct},
    std::pair<std::string_view, Aggregate>{"quantile", Aggregate::kQuantile},
};

constexpr std::array<std::string_view, 6> kNames = {"count", "sum",      "min",
                                                    "max",   "distinct", "quantile"};

/// Part of the language's design, not evaluated by this version, and what to write instead.
constexpr std::array kUnsupported = {
    std::pair<std::string_view, std::string_view>{
        "avg", "compare sums: `total > 100 * n` with `total: sum(x)` and `n: count()`"},
    std::pair<std::string_view, std::string_view>{"stddev", ""},
    std::pair<std::string_view, std::string_view>{"entropy", ""},
    std::pair<std::string_view, std::string_view>{"cv", ""},
    std::pair<std::string_view, std::string_view>{"gini", ""},
    std::pair<std::string_view, std::string_view>{"top_share", ""},
    std::pair<std::string_view, std::string_view>{"first", "use `min(time)`"},
    std::pair<std::string_view, std::string_view>{"last", "use `max(time)`"},
    std::pair<std::string_view, std::string_view>{"rate", "use `count()` and the window's length"},
    std::pair<std::string_view, std::string_view>{"deviation", ""},
    std::pair<std::string_view, std::string_view>{"cusum", ""},
    std::pair<std::string_view, std::string_view>{"lockstep", ""},
};

/// Digits with at most one point and 15 decimals, as the exact number that they say: no double is
/// 0.07. Nothing for any other text, or for more than 1.
std::optional<Fraction> fraction_of(std::string_view text) {
  constexpr std::size_t kMostDecimals = 15;
  Fraction fraction;
  std::optional<std::size_t> decimals;
  for (const char c : text) {
    if (c == '.' && !decimals) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (decimals && ++*decimals > kMostDecimals) return std::nullopt;
    if (decimals) fraction.denominator *= 10;
    fraction.numerator = fraction.numerator * 10 + (c - '0');
    if (fraction.numerator > fraction.denominator) return std::nullopt;
  }
  const std::int64_t common = std::gcd(fraction.numerator, fraction.denominator);
  return Fraction{fraction.numerator / common, fraction.denominator / common};
}

/// Reads the text of one measure. Parts of it are parsed as expressions of their own.
class MeasureReader {
 public:
  MeasureReader(DocumentReader& reader, const YamlNode& node, const ExprScope& scope)
      : reader_(reader), node_(node), scope_(scope), place_(reader.yaml(), node) {}

  std::optional<Measure> read() {
    auto tokens = lex(node_.scalar, place_.origin());
    if (!tokens) return refuse(tokens.error());
    tokens_ = *std::move(tokens);
    if (!head() || !arguments() || !where()) return std::nullopt;
    measure_.span = node_.span;
    return std::move(measure_);
  }

 private:
  std::nullopt_t refuse(ExprProblem problem) {
    place_.settle(problem.span);
    reader_.error(problem);
    return std::nullopt;
  }

  bool fail(const SourceSpan& span, const DiagnosticCode& code, std::string message,
            std::string hint) {
    refuse({span, code, std::move(message), std::move(hint)});
    return false;
  }

  bool head() {
    const Token& name = tokens_.front();
    if (name.kind != Token::Kind::kName || !tokens_[1].is("(")) {
      return fail(name.span, kMeasureSyntax, "a measure is `aggregate(expression)`",
                  "write `count()`, `sum(output_tokens)`, `distinct(model) where chat`; "
                  "arithmetic over measures belongs in `report_when`");
    }
    const auto* const known =
        std::ranges::find(kAggregates, name.text, [](const auto& entry) { return entry.first; });
    if (known == kAggregates.end()) return unknown(name);
    measure_.aggregate = known->second;
    close_ = closing_bracket();
    if (tokens_[close_].kind == Token::Kind::kEnd) {
      return fail(tokens_[close_].span, kMeasureSyntax, "unexpected the end", "expected `)`");
    }
    return true;
  }

  bool unknown(const Token& name) {
    const auto* const planned =
        std::ranges::find(kUnsupported, name.text, [](const auto& entry) { return entry.first; });
    if (planned != kUnsupported.end()) {
      return fail(name.span, kUnsupportedAggregate,
                  "aggregate `" + name.text + "` is not supported by this version",
                  std::string(planned->second));
    }
    std::string hint = "aggregates: count, sum, min, max, distinct, quantile";
    if (const auto near = did_you_mean(name.text, kNames)) hint = "did you mean `" + *near + "`?";
    return fail(name.span, kUnknownAggregate, "unknown aggregate `" + name.text + "`",
                std::move(hint));
  }

  /// The token that closes the bracket of the head, or the last one.
  [[nodiscard]] std::size_t closing_bracket() const {
    int depth = 0;
    for (std::size_t i = 1; i < tokens_.size(); ++i) {
      if (tokens_[i].is("(")) ++depth;
      if (tokens_[i].is(")") && --depth == 0) return i;
    }
    return tokens_.size() - 1;
  }

  /// Parses the text from token `first` up to token `end` as an expression.
  std::optional<Expr> part(std::size_t first, std::size_t end, const ExprScope& scope) {
    ExprOrigin origin = place_.origin();
    origin.column = tokens_[first].span.column;
    const std::size_t from = tokens_[first].offset;
    const std::string_view text =
        std::string_view(node_.scalar).substr(from, tokens_[end].offset - from);
    const std::size_t before = reader_.diagnostics().size();
    std::optional<Expr> expr = parse_expression(text, scope, origin, reader_.diagnostics());
    place_.settle(reader_.diagnostics(), before);
    if (expr) place_.settle(*expr);
    return expr;
  }

  bool arguments() {
    std::size_t first = 2;
    if (measure_.aggregate == Aggregate::kCount) {
      if (close_ == first) return true;
      return fail(tokens_[first].span, kMeasureSyntax, "`count` takes no argument",
                  "write `count()`, or `count() where …`, or `distinct(x)`");
    }
    if (measure_.aggregate == Aggregate::kQuantile) {
      if (!quantile()) return false;
      first = 4;
    }
    if (first >= close_) {
      return fail(tokens_[close_].span, kMeasureSyntax,
                  "`" + tokens_.front().text + "` needs an argument",
                  "write `" + tokens_.front().text + "(output_tokens)`");
    }
    ExprScope fields_only;
    fields_only.fields = scope_.fields;
    measure_.argument = part(first, close_, fields_only);
    return measure_.argument && typed(tokens_[first].span);
  }

  /// The literal q and its comma, tokens 2 and 3.
  bool quantile() {
    const Built q = tokens_[2].kind == Token::Kind::kNumber ? build_number(tokens_[2], false, false)
                                                            : Built(tl::unexpected(ExprProblem{}));
    if (!q || !is_number(q->type) || !tokens_[3].is(",")) {
      return fail(tokens_[2].span, kMeasureSyntax, "`quantile` takes a number and an expression",
                  "write `quantile(0.5, output_tokens)`");
    }
    const std::optional<Fraction> fraction = fraction_of(tokens_[2].text);
    if (fraction && fraction->numerator > 0) {
      measure_.quantile = *fraction;
      return true;
    }
    return fail(tokens_[2].span, kBadQuantile,
                "`" + tokens_[2].text + "` is not above 0 and at most 1, with at most 15 decimals",
                "write 0.5 for the median, 0.99 for the 99th percentile");
  }

  bool typed(const SourceSpan& span) {
    const ValueType type = measure_.argument->type;
    const std::string shown(type_name(type));
    switch (measure_.aggregate) {
      case Aggregate::kCount:
        return true;
      case Aggregate::kDistinct:
        measure_.type = ValueType::kInt64;
        return type != ValueType::kStringList ||
               fail(span, kAggregateType, "`distinct` does not take a " + shown,
                    "expected a field with one value");
      case Aggregate::kSum:
        measure_.type = type;
        return is_number(type) || type == ValueType::kDuration || type == ValueType::kMoney ||
               fail(span, kAggregateType, "`sum` does not take " + shown,
                    "expected a number, a duration or money; `count() where …` counts");
      default:
        measure_.type = type;
        return is_ordered(type) ||
               fail(span, kAggregateType, "`" + tokens_.front().text + "` does not take " + shown,
                    "expected a number, a duration, a time or money");
    }
  }

  bool where() {
    const std::size_t at = close_ + 1;
    const std::size_t end = tokens_.size() - 1;
    if (at == end) return true;
    if (!tokens_[at].is_word("where") || at + 1 == end) {
      return fail(tokens_[at].span, kMeasureSyntax, "unexpected `" + tokens_[at].text + "`",
                  "expected the end or `where` and a selection or expression");
    }
    measure_.where = part(at + 1, end, scope_);
    if (!measure_.where) return false;
    if (measure_.where->type == ValueType::kBool) return true;
    SourceSpan span = measure_.where->span;
    reader_.error(
        span, kNotTruthValue,
        "`where` needs true or false, this is " + std::string(type_name(measure_.where->type)),
        "compare it, as in `where output_tokens > 0`");
    return false;
  }

  DocumentReader& reader_;
  const YamlNode& node_;
  const ExprScope& scope_;
  ScalarPlace place_;
  std::vector<Token> tokens_;
  std::size_t close_ = 0;  ///< the token that closes the head's bracket
  Measure measure_;
};

}  // namespace

std::optional<Measure> read_measure(DocumentReader& reader, const YamlNode& node,
                                    const ExprScope& scope) {
  if (!reader.text(node)) return std::nullopt;
  return MeasureReader(reader, node, scope).read();
}

}  // namespace tidewaiter
