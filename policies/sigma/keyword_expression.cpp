#include "policies/sigma/keyword_expression.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "policies/language/expression_types.h"

namespace tidewaiter {
namespace {

using Element = SigmaGlob::Element;

/// The letters, digits and signs of the texts that values of the type have in an event; letters in
/// both cases. Empty of types whose texts are the values themselves.
std::string_view letters_of(ValueType type) {
  switch (type) {
    case ValueType::kTimestamp:
      return "0123456789+-:.TtZz";
    case ValueType::kDuration:
    case ValueType::kMoney:
      return "0123456789-.";
    case ValueType::kInt64:
      return "0123456789-";
    case ValueType::kDouble:
      return "0123456789+-.Ee";
    case ValueType::kBool:
    case ValueType::kString:
    case ValueType::kStringList:
    case ValueType::kIp:
      break;
  }
  return {};
}

/// False only where no text of these letters, with one point at most, matches the pattern. Letters
/// beyond ASCII fold to k and s at most, which no type has.
bool could_match(const SigmaGlob& glob, std::string_view letters) {
  std::ptrdiff_t points = 0;
  for (const Element& element : glob.elements) {
    if (element.text.find_first_not_of(letters) != std::string::npos) return false;
    points += std::ranges::count(element.text, '.');
  }
  return points <= 1;
}

bool matches_everything(const SigmaGlob& glob) {
  return std::ranges::all_of(glob.elements,
                             [](const Element& one) { return one.kind == Element::Kind::kRun; });
}

bool is_looked_at(const Field& field, const SigmaText& test) {
  if (field.type != ValueType::kBool) return true;
  return test.matches(sigma_text("true")) || test.matches(sigma_text("false"));
}

}  // namespace

SigmaExpr keyword_expression(const SigmaTest& test, RecordKind kind, const SourceSpan& span) {
  if (std::holds_alternative<SigmaNull>(test)) return truth_expression(false, span);
  const auto* text = std::get_if<SigmaText>(&test);
  if (text == nullptr) {
    return tl::unexpected(
        SigmaMisfit("keywords are looked for in times and amounts too, and this one is no text "
                    "with wildcards"));
  }
  // Every record has a time, whatever else it lacks.
  if (!text->glob().elements.empty() && matches_everything(text->glob())) {
    return truth_expression(true, span);
  }
  std::vector<Expr> places;
  for (FieldId id = 0; id < fields().size(); ++id) {
    const Field& one = field(id);
    if (!has_kind(one, kind)) continue;
    const std::string_view letters = letters_of(one.type);
    if (!letters.empty()) {
      if (!could_match(text->glob(), letters)) continue;
      return tl::unexpected("a keyword is looked for that may be part of `" +
                            std::string(one.name) + "`, which is " +
                            std::string(type_name(one.type)));
    }
    if (!is_looked_at(one, *text)) continue;
    SigmaExpr place = test_expression(test, id, id, span);
    if (!place) return place;
    places.push_back(*std::move(place));
  }
  Built any = build_logical(ExprOp::kOr, std::move(places));
  return *std::move(any);  // of truth values; every record has a source, which is a text
}

std::size_t keyword_fields(RecordKind kind) {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields(), [kind](const Field& one) { return has_kind(one, kind); }));
}

}  // namespace tidewaiter
