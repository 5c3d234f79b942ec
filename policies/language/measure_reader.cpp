#include "policies/language/measure_reader.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/expression_lexer.h"
#include "policies/language/expression_types.h"
#include "policies/language/history_figures.h"
#include "policies/language/yaml_expression.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array kAggregates = {
    Aggregate::kCount,    Aggregate::kSum,      Aggregate::kMin,     Aggregate::kMax,
    Aggregate::kDistinct, Aggregate::kQuantile, Aggregate::kAvg,     Aggregate::kRate,
    Aggregate::kStddev,   Aggregate::kCv,       Aggregate::kEntropy, Aggregate::kTopShare,
    Aggregate::kGini,     Aggregate::kFirst,    Aggregate::kLast,    Aggregate::kDeviation,
    Aggregate::kCusum,    Aggregate::kLockstep,
};

std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  all.reserve(kAggregates.size());
  for (const Aggregate aggregate : kAggregates) all.push_back(aggregate_name(aggregate));
  return all;
}

std::string listed(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

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
  MeasureReader(DocumentReader& reader, const YamlNode& node, const ExprScope& scope,
                std::span<const Measure> earlier)
      : reader_(reader),
        node_(node),
        scope_(scope),
        earlier_(earlier),
        place_(reader.yaml(), node) {}

  std::optional<Measure> read() {
    auto tokens = lex(node_.scalar, place_.origin());
    if (!tokens) return refuse(tokens.error());
    tokens_ = *std::move(tokens);
    if (!(is_formula() ? formula() : aggregate())) return std::nullopt;
    measure_.span = node_.span;
    return std::move(measure_);
  }

 private:
  std::nullopt_t refuse(ExprProblem problem) {
    place_.settle(problem.span);
    if (!place_.is_exact()) problem.replacement.clear();
    reader_.error(problem);
    return std::nullopt;
  }

  bool fail(const SourceSpan& span, const DiagnosticCode& code, std::string message,
            std::string hint, std::string replacement = {}) {
    refuse({span, code, std::move(message), std::move(hint), std::move(replacement)});
    return false;
  }

  /// Whether the text is no aggregate but an expression over the measures before it. What could
  /// be meant as an aggregate is not: it has an error of its own.
  [[nodiscard]] bool is_formula() const {
    const Token& name = tokens_.front();
    if (name.kind != Token::Kind::kName || name.escaped_name) return true;
    if (!tokens_[1].is("(")) return true;
    return is_function(name.text);
  }

  bool formula() {
    if (earlier_.empty()) {
      return fail(tokens_.front().span, kMeasureSyntax, "a measure is `aggregate(expression)`",
                  "write `count()`, `sum(output_tokens)`, `distinct(model) where chat`; "
                  "arithmetic is over measures above it");
    }
    ExprScope scope;
    for (const Measure& measure : earlier_) scope.measures.push_back({measure.name, measure.type});
    measure_.aggregate = Aggregate::kFormula;
    measure_.formula = part(0, tokens_.size() - 1, scope);
    if (!measure_.formula) return false;
    measure_.type = measure_.formula->type;
    return is_ordered(measure_.type) ||
           fail(tokens_.front().span, kAggregateType,
                "a measure is no " + std::string(type_name(measure_.type)),
                "expected a number, a duration, a time or money; conditions belong in "
                "`report_when`");
  }

  /// What is wrong with one part does not hide what is wrong with another.
  bool aggregate() {
    close_ = closing_bracket();
    const bool known = head();
    if (tokens_[close_].kind == Token::Kind::kEnd) {
      return known &&
             fail(tokens_[close_].span, kMeasureSyntax, "unexpected the end", "expected `)`");
    }
    const bool sound = known && arguments();
    return where() && sound;
  }

  bool head() {
    const Token& name = tokens_.front();
    const auto* const known =
        std::ranges::find(kAggregates, std::string_view(name.text), aggregate_name);
    if (known == kAggregates.end()) return unknown(name);
    measure_.aggregate = *known;
    return true;
  }

  bool unknown(const Token& name) {
    std::string hint = "aggregates: " + listed(names());
    if (const auto near = did_you_mean(name.text, names())) hint = "did you mean `" + *near + "`?";
    return fail(name.span, kUnknownAggregate, "unknown aggregate `" + name.text + "`",
                std::move(hint), misspelling_of(name.text, names()).value_or(""));
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
    switch (measure_.aggregate) {
      case Aggregate::kCount:
        measure_.type = ValueType::kInt64;
        if (close_ == 2) return true;
        return fail(tokens_[2].span, kMeasureSyntax, "`count` takes no argument",
                    "write `count()`, or `count() where …`, or `distinct(x)`");
      case Aggregate::kRate:
        measure_.type = ValueType::kDouble;
        return close_ == 2 || argument(2, close_);
      case Aggregate::kCv:
        measure_.type = ValueType::kDouble;
        if (close_ == 3 && tokens_[2].is_word("interarrival")) return true;
        return argument(2, close_);
      case Aggregate::kQuantile:
        return quantile() && argument(4, close_);
      case Aggregate::kTopShare:
        return comma_before_last("top_share(model, 3)") && argument(2, comma_) && top();
      case Aggregate::kGini:
        return comma_before_last("gini(output_tokens, account)") && gini();
      case Aggregate::kLockstep:
        measure_.type = ValueType::kDouble;
        return lockstep();
      case Aggregate::kDeviation:
      case Aggregate::kCusum:
        measure_.type = ValueType::kDouble;
        return over_history();
      default:
        return argument(2, close_);
    }
  }

  /// `name, own, duration`, tokens 2 to 6, or `name, peers(field), duration`, tokens 2 to 9.
  bool over_history() {
    const bool takes_peers = measure_.aggregate == Aggregate::kDeviation;
    const std::string& name = tokens_.front().text;
    const std::string example =
        "write `" + name + "(tokens, own, 28d)`" +
        (takes_peers ? " or `" + name + "(tokens, peers(service_tier), 7d)`" : "") +
        ", `tokens` being a measure above";
    const bool of_peers = close_ >= 7 && tokens_[4].is_word("peers") && tokens_[5].is("(");
    const std::size_t duration = of_peers ? 9 : 6;
    if (close_ != duration + 1 || tokens_[2].kind != Token::Kind::kName || !tokens_[3].is(",") ||
        !tokens_[duration - 1].is(",")) {
      return fail(tokens_[2].span, kMeasureSyntax,
                  "`" + name + "` takes a measure, `own`" +
                      (takes_peers ? " or `peers(field)`" : "") + " and a duration",
                  example);
    }
    if (of_peers && !takes_peers) {
      return fail(tokens_[4].span, kMeasureSyntax,
                  "`" + name + "` is over a subject's own history only",
                  "write `own`, or `deviation(…, peers(field), …)`");
    }
    if (!of_peers && !tokens_[4].is_word("own")) {
      return fail(tokens_[4].span, kMeasureSyntax, "`" + tokens_[4].text + "` is no history",
                  "write `own`: the subject's own" +
                      std::string(takes_peers ? "; or `peers(field)`: that of the others" : ""));
    }
    return base_measure() && (!of_peers || peer_group()) && baseline_length(tokens_[duration]);
  }

  /// The field whose value peers share, between the tokens 5 and 7; or what clusters share.
  bool peer_group() {
    if (tokens_[6].is_word("size_band")) {
      measure_.by_size_band = true;
      return true;
    }
    measure_.group = part(6, 7, fields_only());
    if (!measure_.group) return false;
    if (measure_.group->op != ExprOp::kField) {
      return fail(tokens_[6].span, kBadPeers, "peers share the value of a field",
                  "name a field, as in `peers(service_tier)`");
    }
    return can_be_subject(measure_.group->type) ||
           fail(tokens_[6].span, kBadPeers,
                "`" + tokens_[6].text + "` is " + std::string(type_name(measure_.group->type)) +
                    " and cannot be what peers share",
                "name a field with one text, address, whole number or truth value");
  }

  bool base_measure() {
    const auto base = std::ranges::find(earlier_, tokens_[2].text, &Measure::name);
    if (base == earlier_.end()) {
      return fail(tokens_[2].span, kUnknownName, "unknown name `" + tokens_[2].text + "`",
                  "expected a measure above this one");
    }
    const auto index = static_cast<std::size_t>(base - earlier_.begin());
    if (figures_of_history(earlier_, false)[index]) {
      return fail(tokens_[2].span, kAggregateType,
                  "a " + tokens_.front().text + " of a figure that rests on history",
                  "compare a figure of the window itself");
    }
    measure_.baseline = Baseline{static_cast<std::uint16_t>(index), {}};
    return true;
  }

  bool baseline_length(const Token& token) {
    const std::optional<Duration> length =
        duration(token, "write how far back the history reaches, as in `28d`");
    if (length) measure_.baseline->length = *length;
    return length.has_value();
  }

  std::optional<Duration> duration(const Token& token, const std::string& hint) {
    const Built built = token.kind == Token::Kind::kNumber ? build_number(token, false, false)
                                                           : Built(tl::unexpected(ExprProblem{}));
    if (!built || built->type != ValueType::kDuration) {
      fail(token.span, kBadDuration, "`" + token.text + "` is not a duration", hint);
      return std::nullopt;
    }
    return Duration{std::get<std::int64_t>(built->literal)};
  }

  /// The argument, from token `first` up to token `end`.
  bool argument(std::size_t first, std::size_t end) {
    if (first >= end) {
      return fail(tokens_[end].span, kMeasureSyntax,
                  "`" + tokens_.front().text + "` needs an argument",
                  "write `" + tokens_.front().text + "(output_tokens)`");
    }
    measure_.argument = part(first, end, fields_only());
    return measure_.argument && typed(tokens_[first].span);
  }

  [[nodiscard]] ExprScope fields_only() const {
    ExprScope scope;
    scope.fields = scope_.fields;
    scope.lists = scope_.lists;
    return scope;
  }

  /// Finds the comma between the first argument and the second.
  bool comma_before_last(const std::string& example) {
    const std::vector<std::size_t> commas = outer_commas();
    comma_ = commas.empty() ? 0 : commas.back();
    if (comma_ != 0 && comma_ + 1 < close_) return true;
    return fail(tokens_[close_].span, kMeasureSyntax,
                "`" + tokens_.front().text + "` takes two arguments", "write `" + example + "`");
  }

  bool gini() {
    const bool of_what = argument(2, comma_);
    return group(comma_ + 1, close_) && of_what;
  }

  bool top() {
    const Token& token = tokens_[comma_ + 1];
    const Built k = token.kind == Token::Kind::kNumber ? build_number(token, false, false)
                                                       : Built(tl::unexpected(ExprProblem{}));
    const auto* const whole = k ? std::get_if<std::int64_t>(&k->literal) : nullptr;
    if (whole != nullptr && *whole >= 1 && comma_ + 2 == close_) {
      measure_.top = *whole;
      return true;
    }
    return fail(token.span, kMeasureSyntax, "`top_share` takes a whole number of values from 1",
                "write `top_share(model, 1)` for the share of the most frequent one");
  }

  bool group(std::size_t first, std::size_t end) {
    measure_.group = part(first, end, fields_only());
    if (!measure_.group) return false;
    return measure_.group->type != ValueType::kStringList ||
           fail(tokens_[first].span, kAggregateType,
                "`" + tokens_.front().text + "` does not take a list of groups",
                "expected a field with one value");
  }

  /// Who, what if it counts, and the slot.
  bool lockstep() {
    const std::vector<std::size_t> commas = outer_commas();
    if (commas.empty() || commas.size() > 2 || commas.front() == 2 || commas.back() + 2 != close_) {
      return fail(tokens_[2].span, kMeasureSyntax, "`lockstep` takes who acts and a slot of time",
                  "write `lockstep(account, 5m)`, or `lockstep(account, model, 5m)`");
    }
    if (!group(2, commas.front())) return false;
    if (commas.size() == 2 && !argument(commas.front() + 1, commas.back())) return false;
    const std::optional<Duration> slot =
        duration(tokens_[commas.back() + 1], "write how long a slot of time is, as in `5m`");
    if (slot) measure_.slot = *slot;
    return slot.has_value();
  }

  /// Between the arguments of the head.
  [[nodiscard]] std::vector<std::size_t> outer_commas() const {
    std::vector<std::size_t> commas;
    int depth = 0;
    for (std::size_t i = 1; i < close_; ++i) {
      if (tokens_[i].is("(") || tokens_[i].is("[")) ++depth;
      if (tokens_[i].is(")") || tokens_[i].is("]")) --depth;
      if (depth == 1 && tokens_[i].is(",")) commas.push_back(i);
    }
    return commas;
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
      case Aggregate::kDistinct:
        measure_.type = ValueType::kInt64;
        return one_value(span, shown);
      case Aggregate::kEntropy:
      case Aggregate::kTopShare:
      case Aggregate::kLockstep:
        measure_.type = ValueType::kDouble;
        return one_value(span, shown);
      case Aggregate::kSum:
        measure_.type = type;
        return adds_up(span, shown);
      case Aggregate::kGini:
        measure_.type = ValueType::kDouble;
        return adds_up(span, shown);
      case Aggregate::kAvg:
        measure_.type = is_number(type) ? ValueType::kDouble : type;
        return adds_up(span, shown);
      case Aggregate::kStddev:
      case Aggregate::kCv:
      case Aggregate::kRate:
        measure_.type = ValueType::kDouble;
        return is_number(type) ||
               fail(span, kAggregateType, "`" + tokens_.front().text + "` does not take " + shown,
                    "expected a number");
      default:
        measure_.type = type;
        return is_ordered(type) ||
               fail(span, kAggregateType, "`" + tokens_.front().text + "` does not take " + shown,
                    "expected a number, a duration, a time or money");
    }
  }

  bool one_value(const SourceSpan& span, const std::string& shown) {
    return measure_.argument->type != ValueType::kStringList ||
           fail(span, kAggregateType, "`" + tokens_.front().text + "` does not take a " + shown,
                "expected a field with one value");
  }

  bool adds_up(const SourceSpan& span, const std::string& shown) {
    const ValueType type = measure_.argument->type;
    return is_number(type) || type == ValueType::kDuration || type == ValueType::kMoney ||
           fail(span, kAggregateType, "`" + tokens_.front().text + "` does not take " + shown,
                "expected a number, a duration or money; `count() where …` counts");
  }

  bool where() {
    const std::size_t at = close_ + 1;
    const std::size_t end = tokens_.size() - 1;
    if (at == end) return true;
    if (!tokens_[at].is_word("where") || at + 1 == end) {
      return fail(tokens_[at].span, kMeasureSyntax, "unexpected `" + tokens_[at].text + "`",
                  "expected the end or `where`; give the aggregate a name of its own, and write "
                  "arithmetic over it as another measure");
    }
    if (measure_.baseline) {
      return fail(tokens_[at].span, kMeasureSyntax,
                  "`" + tokens_.front().text + "` sees figures and no records",
                  "write `where` at the measure that it compares");
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
  std::span<const Measure> earlier_;  // of the call that owns the reader
  ScalarPlace place_;
  std::vector<Token> tokens_;
  std::size_t close_ = 0;  ///< the token that closes the head's bracket
  std::size_t comma_ = 0;  ///< the token between two arguments
  Measure measure_;
};

}  // namespace

std::optional<Measure> read_measure(DocumentReader& reader, const YamlNode& node,
                                    const ExprScope& scope, std::span<const Measure> earlier) {
  if (!reader.text(node)) return std::nullopt;
  return MeasureReader(reader, node, scope, earlier).read();
}

}  // namespace tidewaiter
