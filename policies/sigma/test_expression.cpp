#include "policies/sigma/test_expression.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "policies/language/dash_pattern.h"
#include "policies/language/expression_literal.h"
#include "policies/language/expression_types.h"
#include "policies/model/ascii.h"
#include "policies/model/ip_text.h"
#include "policies/model/money.h"
#include "policies/model/time.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

using Kind = SigmaGlob::Element::Kind;
using Mode = TextPattern::Mode;

/// Sigma knows no unknown: where the field is absent a test is false.
Expr known(Expr truth) {
  const SourceSpan span = truth.span;
  std::vector<Expr> args;
  args.push_back(std::move(truth));
  args.push_back(truth_expression(false, span));
  return make_node(ExprOp::kDefault, ValueType::kBool, std::move(args), span);
}

SigmaExpr misfit(std::string reason) { return tl::unexpected(std::move(reason)); }

std::string regex_of(const SigmaText& test) {
  bool beyond_ascii = false;
  for (const SigmaGlob::Element& element : test.glob().elements) {
    beyond_ascii = beyond_ascii || !is_ascii(element.text);
  }
  const bool by_letters = !test.cased() && !beyond_ascii;
  std::string out = test.cased() || by_letters ? "(?s)\\A" : "(?is)\\A";
  for (const SigmaGlob::Element& element : test.glob().elements) {
    switch (element.kind) {
      case Kind::kText:
        out += literal_regex(element.text, by_letters);
        break;
      case Kind::kRun:
        out += ".*";
        break;
      case Kind::kOne:
        out += '.';
        break;
      case Kind::kDash:
        out += kDashClass;
        break;
    }
  }
  return out + "\\z";
}

/// The plainest pattern that means the same.
TextPattern pattern_of(const SigmaText& test) {
  const auto& all = test.glob().elements;
  const auto is = [&all](std::size_t at, Kind kind) { return all[at].kind == kind; };
  const bool needs_regex = std::ranges::any_of(all, [&test](const SigmaGlob::Element& element) {
    return element.kind == Kind::kDash || (!test.cased() && !is_ascii(element.text));
  });
  TextPattern pattern;
  pattern.cased = test.cased() || needs_regex;
  pattern.mode = Mode::kWildcard;
  pattern.pattern = write_glob(test.glob());
  if (needs_regex) {
    pattern.mode = Mode::kRegex;
    pattern.pattern = regex_of(test);
    return pattern;
  }
  std::optional<Mode> simple;
  if (test.glob().is_plain()) simple = Mode::kEquals;
  if (all.size() == 2 && is(0, Kind::kText) && is(1, Kind::kRun)) simple = Mode::kStartsWith;
  if (all.size() == 2 && is(0, Kind::kRun) && is(1, Kind::kText)) simple = Mode::kEndsWith;
  if (all.size() == 3 && is(0, Kind::kRun) && is(1, Kind::kText) && is(2, Kind::kRun)) {
    simple = Mode::kContains;
  }
  if (simple) {
    pattern.mode = *simple;
    pattern.pattern = test.glob().text();
  }
  return pattern;
}

bool is_text(ValueType type) {
  return type == ValueType::kString || type == ValueType::kIp || type == ValueType::kStringList;
}

constexpr Money kUsDollar{1'000'000'000};

/// Makes the expression of one test over one field.
class TestBuilder {
 public:
  TestBuilder(FieldId id, FieldId other, const SourceSpan& span)
      : id_(id), other_(other), span_(span) {}

  SigmaExpr operator()(const SigmaText& test) const {
    const auto& elements = test.glob().elements;
    const bool is_text = std::ranges::all_of(
        elements, [](const SigmaGlob::Element& element) { return is_utf8(element.text); });
    if (!is_text) return misfit("bytes are looked for that are no UTF-8");
    return text_match(pattern_of(test));
  }

  SigmaExpr operator()(const SigmaRegex& test) const {
    return text_match({Mode::kRegex, true, test.compiled->pattern()});
  }

  SigmaExpr operator()(const SigmaNull& /*test*/) const { return existence(false); }
  SigmaExpr operator()(const SigmaExists& test) const { return existence(test.wanted); }

  SigmaExpr operator()(const SigmaNumber& test) const {
    return compared(SigmaOrder::kEqual, test.number);
  }
  SigmaExpr operator()(const SigmaCompare& test) const { return compared(test.order, test.number); }

  SigmaExpr operator()(const SigmaNetwork& test) const {
    if (type() != ValueType::kIp) return misfit("a network is looked for in " + kind());
    Expr expr = make_node(ExprOp::kCidr, ValueType::kBool, {subject()}, span_);
    expr.text.pattern = text_of(test.network);
    return known(std::move(expr));
  }

  SigmaExpr operator()(const SigmaFieldRef& test) const {
    if (test.open_start || test.open_end) return misfit("a part of another field is looked for");
    const ValueType other = field(other_).type;
    const bool are_texts = type() == ValueType::kString && other == ValueType::kString;
    if (!are_texts && !(type() == ValueType::kIp && other == ValueType::kIp)) {
      return misfit("two fields are compared that are not both texts, or both addresses");
    }
    Expr left = subject();
    Expr right = make_field(other_, span_);
    if (are_texts && !test.cased) {
      left = make_node(ExprOp::kLower, ValueType::kString, {std::move(left)}, span_);
      right = make_node(ExprOp::kLower, ValueType::kString, {std::move(right)}, span_);
    }
    return known(
        make_node(ExprOp::kEq, ValueType::kBool, {std::move(left), std::move(right)}, span_));
  }

  SigmaExpr operator()(const SigmaTimeTest& test) const {
    if (type() != ValueType::kTimestamp) {
      return misfit("a part of a time is looked for in " + kind());
    }
    return comparison(time_part(test.part, subject(), span_), test.order, test.number);
  }

 private:
  [[nodiscard]] ValueType type() const { return field(id_).type; }
  [[nodiscard]] std::string kind() const {
    return "`" + std::string(field(id_).name) + "`, which is " + std::string(type_name(type()));
  }

  [[nodiscard]] Expr subject() const { return make_field(id_, span_); }

  [[nodiscard]] SigmaExpr text_match(TextPattern pattern) const {
    Expr value = subject();
    if (type() == ValueType::kInt64 || type() == ValueType::kBool) {
      value = make_node(ExprOp::kToString, ValueType::kString, {std::move(value)}, span_);
    } else if (!is_text(type())) {
      return misfit("a text is looked for in " + kind());
    }
    Built built = build_text_match(std::move(value), std::move(pattern), span_, span_);
    if (!built) return misfit(built.error().message);
    return known(*std::move(built));
  }

  /// A list without elements is no field of the event.
  [[nodiscard]] SigmaExpr existence(bool wanted) const {
    Expr there = make_node(ExprOp::kExists, ValueType::kBool, {subject()}, span_);
    if (type() == ValueType::kStringList) {
      there = make_node(ExprOp::kTextMatch, ValueType::kBool, {subject()}, span_);
      there.text = {Mode::kContains, true, ""};
      there = known(std::move(there));
    }
    if (wanted) return there;
    return make_node(ExprOp::kNot, ValueType::kBool, {std::move(there)}, span_);
  }

  /// The field's number; durations count seconds, money US dollars.
  [[nodiscard]] SigmaExpr compared(SigmaOrder order, double number) const {
    const auto per = [this](std::int64_t unit) {
      return make_node(ExprOp::kDiv, ValueType::kDouble,
                       {subject(), make_literal(type(), unit, span_)}, span_);
    };
    switch (type()) {
      case ValueType::kInt64:
      case ValueType::kDouble:
        return comparison(subject(), order, number);
      case ValueType::kDuration:
        return comparison(per(kSecond.us), order, number);
      case ValueType::kMoney:
        return comparison(per(kUsDollar.nano_usd), order, number);
      case ValueType::kString:
      case ValueType::kStringList:
        return misfit("a number is looked for in " + kind());
      case ValueType::kBool:
      case ValueType::kTimestamp:
      case ValueType::kIp:
        return truth_expression(false, span_);  // their texts are never numbers
    }
    return truth_expression(false, span_);
  }

  [[nodiscard]] SigmaExpr comparison(Expr left, SigmaOrder order, double number) const {
    constexpr double kWholeDoubles = 9'007'199'254'740'992.0;  // 2^53
    const bool whole = std::trunc(number) == number && std::abs(number) < kWholeDoubles;
    Expr right = whole ? make_literal(ValueType::kInt64, static_cast<std::int64_t>(number), span_)
                       : make_literal(ValueType::kDouble, number, span_);
    return known(make_node(comparison_of(order), ValueType::kBool,
                           {std::move(left), std::move(right)}, span_));
  }

  static std::string text_of(const IpNetwork& network) {
    // As eight groups; the reader of networks takes any way of writing an address.
    std::string out;
    constexpr std::string_view kHex = "0123456789abcdef";
    for (std::size_t i = 0; i < network.base.bytes.size(); ++i) {
      if (i > 0 && i % 2 == 0) out += ':';
      out += kHex[network.base.bytes[i] >> 4U];
      out += kHex[network.base.bytes[i] & 0xFU];
    }
    const Result<std::string> plain = canonical_ip(out);
    if (!plain) return out + "/" + std::to_string(network.prefix);
    const bool is_v4 = plain->find(':') == std::string::npos && network.prefix >= kMappedBits;
    return (is_v4 ? *plain : out) + "/" +
           std::to_string(is_v4 ? network.prefix - kMappedBits : network.prefix);
  }

  FieldId id_;
  FieldId other_;
  const SourceSpan& span_;
};

}  // namespace

ExprOp comparison_of(SigmaOrder order) {
  switch (order) {
    case SigmaOrder::kEqual:
      return ExprOp::kEq;
    case SigmaOrder::kLess:
      return ExprOp::kLt;
    case SigmaOrder::kLessOrEqual:
      return ExprOp::kLe;
    case SigmaOrder::kGreater:
      return ExprOp::kGt;
    case SigmaOrder::kGreaterOrEqual:
      break;
  }
  return ExprOp::kGe;
}

Expr truth_expression(bool value, const SourceSpan& span) {
  return make_literal(ValueType::kBool, value, span);
}

SigmaExpr test_expression(const SigmaTest& test, FieldId id, FieldId other,
                          const SourceSpan& span) {
  return std::visit(TestBuilder(id, other, span), test);
}

}  // namespace tidewaiter
