#include "policies/language/selection.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/dash_pattern.h"
#include "policies/language/expression_literal.h"
#include "policies/language/expression_types.h"
#include "policies/language/field_lookup.h"
#include "policies/language/named_lists.h"
#include "policies/language/placeholders.h"
#include "policies/language/record_time.h"
#include "policies/language/sigma_modifiers.h"
#include "policies/language/similarity_reader.h"
#include "policies/language/yaml_expression.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

using Match = SelectionKey::Match;
using Mode = TextPattern::Mode;

/// A Sigma text cut at its wildcards.
struct WildcardText {
  std::string plain;      ///< escapes resolved; what it means if there are no wildcards
  std::string canonical;  ///< as kWildcard wants it, every * ? \ of the text escaped
  bool has_wildcards = false;
};

WildcardText read_wildcards(std::string_view text) {
  constexpr std::string_view kSpecial = "*?\\";
  WildcardText out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const bool wildcard = c == '*' || c == '?';
    if (wildcard) {
      out.has_wildcards = true;
      out.canonical += c;
      continue;
    }
    if (c == '\\' && i + 1 < text.size() && kSpecial.find(text[i + 1]) != std::string_view::npos) {
      c = text[++i];
    }
    if (kSpecial.find(c) != std::string_view::npos) out.canonical += '\\';
    out.canonical += c;
    out.plain += c;
  }
  return out;
}

/// A text without wildcards as kWildcard wants it.
std::string escaped(std::string_view plain) {
  std::string out;
  for (const char c : plain) {
    if (c == '*' || c == '?' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

TextPattern text_pattern(const SelectionKey& key, const std::string& text) {
  TextPattern pattern;
  if (key.match == Match::kRegex) {
    pattern.mode = Mode::kRegex;
    pattern.cased = key.regex_flags.find('i') == std::string::npos;
    std::string flags;
    for (const char flag : {'m', 's'}) {
      if (key.regex_flags.find(flag) != std::string::npos) flags += flag;
    }
    pattern.pattern = flags.empty() ? text : "(?" + flags + ")" + text;
    return pattern;
  }
  pattern.cased = key.cased;
  const WildcardText wildcards = read_wildcards(text);
  const bool open_start = key.match == Match::kContains || key.match == Match::kEndsWith;
  const bool open_end = key.match == Match::kContains || key.match == Match::kStartsWith;
  const std::string whole = (open_start ? "*" : "") + wildcards.canonical + (open_end ? "*" : "");
  if (key.any_dash) {
    // The letters' case is in the expression: RE2 would fold letters beyond ASCII as well.
    return {Mode::kRegex, true, dash_regex(whole, key.cased)};
  }
  if (wildcards.has_wildcards) {
    pattern.mode = Mode::kWildcard;
    pattern.pattern = whole;
    return pattern;
  }
  pattern.mode = open_start && open_end ? Mode::kContains
                 : open_start           ? Mode::kEndsWith
                 : open_end             ? Mode::kStartsWith
                                        : Mode::kEquals;
  pattern.pattern = wildcards.plain;
  return pattern;
}

/// How a value of the type is written in YAML; in an expression some of them need quotes.
std::string_view yaml_example_of(ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return "true or false";
    case ValueType::kInt64:
    case ValueType::kDouble:
      return "an unquoted number such as 50k";
    case ValueType::kDuration:
      return "a duration such as 24h";
    case ValueType::kTimestamp:
      return "a time such as 2026-01-31";
    case ValueType::kMoney:
      return "an amount such as 10 USD";
    case ValueType::kIp:
      return "an address such as 192.0.2.1; for networks use `|cidr`";
    default:
      return "a text";
  }
}

bool accepts_text(ValueType type) {
  return type == ValueType::kString || type == ValueType::kIp || type == ValueType::kStringList;
}

bool take_parts(DocumentReader& reader, const Expr& expr, const SourceSpan& span) {
  return reader.take_parts(tree_size(expr).nodes, span, kExpressionTooLarge);
}

/// Reads one member `field|modifiers: values` of a selection.
class ItemReader {
 public:
  ItemReader(DocumentReader& reader, const ExprScope& scope, SelectionKey key)
      : reader_(reader), scope_(scope), key_(std::move(key)) {}

  std::optional<Expr> read(const YamlNode& values) {
    std::optional<Expr> whole = read_values(values);
    if (!whole || !key_.negated) return whole;
    return finish(build_not(*std::move(whole), key_.span));
  }

 private:
  std::optional<Expr> read_values(const YamlNode& values) {
    const bool takes_map = key_.match == Match::kSimilar;
    if (values.kind == YamlNode::Kind::kMap && !takes_map) return wrong_value(values);
    if (key_.match == Match::kExists) return existence(values);
    if (values.kind == YamlNode::Kind::kNull) return absence(values);
    if (key_.match == Match::kCountryGroup) return groups(values);
    if (key_.match == Match::kIn || is_plain_list(values)) return membership(values);
    std::vector<Expr> alternatives;
    bool good = true;
    for (const YamlNode* value : DocumentReader::items(values)) {
      if (reader_.is_too_large()) return std::nullopt;
      std::optional<Expr> one = key_.expand ? expanded(*value) : read_one(*value);
      const bool fits = one && take_parts(reader_, *one, value->span);
      if (fits) alternatives.push_back(*std::move(one));
      good = good && fits;
    }
    if (!good) return std::nullopt;
    if (alternatives.empty()) return empty(values);
    return finish(build_logical(key_.all ? ExprOp::kAnd : ExprOp::kOr, std::move(alternatives)));
  }

  [[nodiscard]] ValueType type() const { return field(key_.field).type; }

  /// Several numbers to be equal to: one look-up instead of many comparisons.
  [[nodiscard]] bool is_plain_list(const YamlNode& values) const {
    return key_.match == Match::kEquals && !key_.part && !key_.all && !accepts_text(type()) &&
           values.kind == YamlNode::Kind::kSequence && values.items.size() > 1;
  }

  std::optional<Expr> finish(Built built) {
    if (built) return *std::move(built);
    reader_.error(built.error());
    return std::nullopt;
  }

  std::optional<Expr> wrong_value(const YamlNode& value) {
    reader_.error(value.span, kWrongShape, "a value or a list of values was expected here",
                  "expected " + std::string(yaml_example_of(type())));
    return std::nullopt;
  }

  std::optional<Expr> empty(const YamlNode& value) {
    reader_.error(value.span, kEmptySelection, "a list without values matches nothing",
                  "name at least one value");
    return std::nullopt;
  }

  std::optional<Expr> existence(const YamlNode& value) {
    if (value.kind != YamlNode::Kind::kScalar ||
        (value.scalar != "true" && value.scalar != "false")) {
      reader_.error(value.span, kValueMismatch, "`exists` takes true or false",
                    "write `field|exists: true`");
      return std::nullopt;
    }
    return exists_expr(value.scalar == "true");
  }

  /// Sigma: a null value means that the field is not there.
  std::optional<Expr> absence(const YamlNode& value) {
    if (key_.match == Match::kEquals && !key_.cased && !key_.all) return exists_expr(false);
    return empty(value);
  }

  std::optional<Expr> exists_expr(bool wanted) {
    Expr expr;
    expr.op = ExprOp::kExists;
    expr.type = ValueType::kBool;
    expr.span = key_.span;
    expr.args.push_back(make_field(key_.field, key_.span));
    if (wanted) return expr;
    return finish(build_not(std::move(expr), key_.span));
  }

  /// Literals and named lists may stand side by side.
  std::optional<Expr> membership(const YamlNode& values) {
    std::vector<Expr> literals;
    std::vector<Expr> alternatives;
    bool good = true;
    for (const YamlNode* value : DocumentReader::items(values)) {
      const bool is_list = names_list(*value);
      std::optional<Expr> one = is_list ? named_list(*value) : member(*value);
      good = good && one.has_value();
      if (one) (is_list ? alternatives : literals).push_back(*std::move(one));
    }
    if (!good) return std::nullopt;
    if (literals.empty() && alternatives.empty()) return empty(values);
    if (!literals.empty()) {
      std::optional<Expr> plain = among(std::move(literals));
      if (!plain) return std::nullopt;
      alternatives.insert(alternatives.begin(), *std::move(plain));
    }
    return finish(build_logical(ExprOp::kOr, std::move(alternatives)));
  }

  /// The country stands in one of the lists.
  std::optional<Expr> groups(const YamlNode& values) {
    std::vector<Expr> alternatives;
    bool good = true;
    for (const YamlNode* value : DocumentReader::items(values)) {
      std::optional<Expr> one = group(*value);
      good = good && one.has_value();
      if (one) alternatives.push_back(*std::move(one));
    }
    if (!good) return std::nullopt;
    if (alternatives.empty()) return empty(values);
    return finish(build_logical(ExprOp::kOr, std::move(alternatives)));
  }

  std::optional<Expr> group(const YamlNode& value) {
    if (value.kind != YamlNode::Kind::kScalar) return wrong_value(value);
    const std::string name = names_list(value) ? value.scalar : "list:" + value.scalar;
    return finish(
        build_in_list(make_field(key_.field, key_.span), name, key_.span, value.span, scope_));
  }

  static bool names_list(const YamlNode& value) {
    return value.kind == YamlNode::Kind::kScalar && !value.quoted && list_name_in(value.scalar);
  }

  std::optional<Expr> named_list(const YamlNode& value) {
    return finish(build_in_list(make_field(key_.field, key_.span), value.scalar, key_.span,
                                value.span, scope_));
  }

  /// The field is one of the literals.
  std::optional<Expr> among(std::vector<Expr> literals) {
    Expr subject = make_field(key_.field, key_.span);
    if (type() != ValueType::kStringList) {
      return finish(build_in(std::move(subject), std::move(literals), key_.span));
    }
    std::vector<Expr> matches;
    for (const Expr& literal : literals) {
      TextPattern pattern{Mode::kEquals, true, std::get<std::string>(literal.literal)};
      Built match = build_text_match(subject, std::move(pattern), key_.span, literal.span);
      if (!match) return finish(std::move(match));
      matches.push_back(*std::move(match));
    }
    return finish(build_logical(ExprOp::kOr, std::move(matches)));
  }

  std::optional<Expr> member(const YamlNode& value) {
    const ValueType wanted = type() == ValueType::kStringList ? ValueType::kString : type();
    return read_literal(reader_, value, wanted, field(key_.field).name);
  }

  /// The value in every way of filling its placeholders in.
  std::optional<Expr> expanded(const YamlNode& value) {
    if (value.kind != YamlNode::Kind::kScalar) return wrong_value(value);
    const auto ways = fill_placeholders(value.scalar, value.span, scope_);
    if (!ways) return finish(tl::unexpected(ways.error()));
    std::vector<Expr> any;
    for (const FilledText& way : *ways) {
      YamlNode filled = value;
      filled.scalar = joined(way.pieces);
      filled.quoted = true;  // whatever is wrong with how a list is written is told there
      std::optional<Expr> one = read_one(filled);
      if (!one) return std::nullopt;
      any.push_back(while_listed(*std::move(one), way.during, value.span));
    }
    if (any.empty()) return make_literal(ValueType::kBool, false, value.span);
    return finish(build_logical(ExprOp::kOr, std::move(any)));
  }

  /// Each piece is a text by itself: a backslash at the end of one escapes nothing in the next.
  [[nodiscard]] std::string joined(const std::vector<std::string>& pieces) const {
    const bool as_written = key_.match == Match::kRegex || key_.match == Match::kCidr;
    std::string out;
    for (const std::string& piece : pieces) {
      out += as_written ? piece : read_wildcards(piece).canonical;
    }
    return out;
  }

  std::optional<Expr> read_one(const YamlNode& value) {
    if (key_.match == Match::kSimilar) {
      return read_similar(reader_, value, key_.field, key_.span, scope_);
    }
    if (value.kind != YamlNode::Kind::kScalar) return wrong_value(value);
    if (names_list(value)) {
      reader_.error(value.span, kListNeedsIn, "`" + value.scalar + "` stands without `|in`",
                    "write `" + std::string(field(key_.field).name) + "|in: " + value.scalar +
                        "`, or put a text that begins like this in quotes");
      return std::nullopt;
    }
    switch (key_.match) {
      case Match::kFieldRef:
        return field_reference(value);
      case Match::kCidr:
        return finish(
            build_cidr(make_field(key_.field, key_.span), value.scalar, key_.span, value.span));
      case Match::kGreater:
        return compared(ExprOp::kGt, value);
      case Match::kGreaterOrEqual:
        return compared(ExprOp::kGe, value);
      case Match::kLess:
        return compared(ExprOp::kLt, value);
      case Match::kLessOrEqual:
        return compared(ExprOp::kLe, value);
      default:
        break;
    }
    return accepts_text(type()) ? text(value) : compared(ExprOp::kEq, value);
  }

  std::optional<Expr> text(const YamlNode& value) {
    reader_.warn_of_trap(value);
    const bool whole_address = type() == ValueType::kIp && key_.match == Match::kEquals &&
                               !read_wildcards(value.scalar).has_wildcards;
    if (whole_address) return compared(ExprOp::kEq, value);
    if (!key_.encodings.empty()) return encoded_text(value);
    return finish(build_text_match(make_field(key_.field, key_.span),
                                   text_pattern(key_, value.scalar), key_.span, value.span));
  }

  /// Encodings are of the whole value: there is no telling what a wildcard would become.
  std::optional<Expr> encoded_text(const YamlNode& value) {
    const WildcardText written = read_wildcards(value.scalar);
    if (written.has_wildcards) {
      return no_encoding(
          value, "has wildcards, and is encoded as a whole",
          "write a backslash before `*` and `?`, and `|contains` behind the encoding");
    }
    std::vector<std::string> texts = {written.plain};
    for (const ValueEncoding encoding : key_.encodings) {
      std::vector<std::string> next;
      for (const std::string& text : texts) {
        for (std::string& one : encoded(encoding, text)) next.push_back(std::move(one));
      }
      texts = std::move(next);
    }
    if (texts.empty()) {
      return no_encoding(value, "is too short to show in its encoding", "write a longer text");
    }
    std::vector<Expr> matches;
    for (const std::string& text : texts) {
      if (!is_utf8(text)) {
        return no_encoding(value, "comes to bytes that are no UTF-8, and records hold none such",
                           "follow it by `base64` or `base64offset`");
      }
      Built match = build_text_match(make_field(key_.field, key_.span),
                                     text_pattern(key_, escaped(text)), key_.span, value.span);
      if (!match) return finish(std::move(match));
      matches.push_back(*std::move(match));
    }
    return finish(build_logical(ExprOp::kOr, std::move(matches)));
  }

  std::optional<Expr> no_encoding(const YamlNode& value, std::string why, std::string hint) {
    reader_.error(value.span, kValueMismatch, "`" + value.scalar + "` " + std::move(why),
                  std::move(hint));
    return std::nullopt;
  }

  std::optional<Expr> compared(ExprOp op, const YamlNode& value) {
    if (key_.part) {
      std::optional<Expr> number =
          read_literal(reader_, value, ValueType::kInt64, time_part_name(*key_.part));
      if (!number) return std::nullopt;
      Expr part = time_part(*key_.part, make_field(key_.field, key_.span), key_.span);
      return finish(build_comparison(op, std::move(part), *std::move(number)));
    }
    std::optional<Expr> literal = member(value);
    if (!literal) return std::nullopt;
    return finish(build_comparison(op, make_field(key_.field, key_.span), *std::move(literal)));
  }

  std::optional<Expr> field_reference(const YamlNode& value) {
    const auto other = find_field_of(*scope_.fields, value.scalar, value.span);
    if (!other) {
      reader_.error(other.error());
      return std::nullopt;
    }
    return finish(build_comparison(ExprOp::kEq, make_field(key_.field, key_.span),
                                   make_field(*other, value.span)));
  }

  DocumentReader& reader_;
  const ExprScope& scope_;
  SelectionKey key_;
};

std::optional<Expr> read_map(DocumentReader& reader, const YamlNode& node, const ExprScope& scope) {
  std::vector<Expr> items;
  bool good = true;
  for (const auto& [key, value] : node.members) {
    std::optional<SelectionKey> parsed = read_selection_key(reader, key, *scope.fields);
    std::optional<Expr> item;
    if (parsed) item = ItemReader(reader, scope, *std::move(parsed)).read(value);
    good = good && item.has_value();
    if (item) items.push_back(*std::move(item));
  }
  if (!good) return std::nullopt;
  if (items.empty()) {
    reader.error(node.span, kEmptySelection, "a selection without fields selects nothing",
                 "write `field: value`");
    return std::nullopt;
  }
  Built built = build_logical(ExprOp::kAnd, std::move(items));
  return *std::move(built);  // all items are truth values
}

std::optional<Expr> read_list(DocumentReader& reader, const YamlNode& node,
                              const ExprScope& scope) {
  std::vector<Expr> alternatives;
  bool good = true;
  for (const YamlNode& item : node.items) {
    std::optional<Expr> one;
    if (reader.expect_map(item, "- field: value")) one = read_map(reader, item, scope);
    good = good && one.has_value();
    if (one) alternatives.push_back(*std::move(one));
  }
  if (!good) return std::nullopt;
  if (alternatives.empty()) {
    reader.error(node.span, kEmptySelection, "a selection without fields selects nothing",
                 "write `- field: value`");
    return std::nullopt;
  }
  Built built = build_logical(ExprOp::kOr, std::move(alternatives));
  return *std::move(built);  // all alternatives are truth values
}

}  // namespace

std::optional<Expr> read_literal(DocumentReader& reader, const YamlNode& node, ValueType type,
                                 std::string_view what) {
  const auto refuse = [&]() -> std::optional<Expr> {
    reader.error(node.span, kValueMismatch,
                 (node.kind == YamlNode::Kind::kScalar ? "`" + node.scalar + "`" : "this") +
                     " is not a value of `" + std::string(what) + "`, which is " +
                     std::string(type_name(type)),
                 "expected " + std::string(yaml_example_of(type)));
    return std::nullopt;
  };
  if (node.kind != YamlNode::Kind::kScalar) return refuse();
  if (type == ValueType::kString) {
    reader.warn_of_trap(node);
    return make_literal(type, node.scalar, node.span);
  }
  const bool counts = is_number(type) || type == ValueType::kMoney || type == ValueType::kDuration;
  if (counts && reader.refuse_leading_zero(node)) return std::nullopt;
  const bool as_text =
      type == ValueType::kTimestamp || type == ValueType::kIp || type == ValueType::kDuration;
  if (as_text) {
    Built literal = convert_literal(make_literal(ValueType::kString, node.scalar, node.span), type);
    return literal ? std::optional(*std::move(literal)) : refuse();
  }
  if (node.quoted && type != ValueType::kMoney) return refuse();
  std::vector<Diagnostic> unused;  // one message in terms of the field says more
  std::optional<Expr> literal = parse_expression(node.scalar, {}, {}, unused);
  if (!literal || literal->op != ExprOp::kLiteral) return refuse();
  const bool fits = literal->type == type || (is_number(type) && is_number(literal->type));
  if (!fits) return refuse();
  literal->span = node.span;
  return literal;
}

std::optional<Expr> read_selection(DocumentReader& reader, const YamlNode& node,
                                   const ExprScope& scope) {
  switch (node.kind) {
    case YamlNode::Kind::kMap:
      return read_map(reader, node, scope);
    case YamlNode::Kind::kSequence:
      return read_list(reader, node, scope);
    case YamlNode::Kind::kScalar: {
      std::optional<Expr> expr =
          parse_yaml_expression(reader.yaml(), node, scope, reader.diagnostics());
      if (expr && expr->type != ValueType::kBool) {
        reader.error(node.span, kNotTruthValue,
                     "a selection is true or false, this is " + std::string(type_name(expr->type)),
                     "compare it: `" + node.scalar + " > 0`");
        return std::nullopt;
      }
      if (expr && !take_parts(reader, *expr, node.span)) return std::nullopt;
      return expr;
    }
    case YamlNode::Kind::kNull:
      break;
  }
  reader.error(node.span, kEmptySelection, "the selection is empty",
               "write `{field: value}` or an expression");
  return std::nullopt;
}

}  // namespace tidewaiter
