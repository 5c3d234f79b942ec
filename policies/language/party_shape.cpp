#include "policies/language/party_shape.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/language/expression_literal.h"

namespace tidewaiter {
namespace {

/// What says how a policy judges.
constexpr std::array<std::string_view, 6> kShapes = {"measure", "report_when", "sequence",
                                                     "absent",  "screen",      "ownership"};

Expr over_fields(ExprOp op, ValueType type, std::shared_ptr<const PartyCheck> check,
                 const SourceSpan& span) {
  Expr expr;
  expr.op = op;
  expr.type = type;
  expr.span = span;
  for (const FieldId id : check->fields()) {
    expr.args.push_back(make_field(id, span));
  }
  expr.check = std::move(check);
  return expr;
}

}  // namespace

PartyShape party_shape(std::shared_ptr<const PartyCheck> check, std::string figure,
                       const SourceSpan& span) {
  PartyShape shape;
  shape.check = over_fields(ExprOp::kPartyCheck, ValueType::kBool, check, span);
  shape.figure.name = std::move(figure);
  shape.figure.aggregate = Aggregate::kMax;
  shape.figure.argument =
      over_fields(ExprOp::kPartyFigure, ValueType::kDouble, std::move(check), span);
  shape.figure.type = ValueType::kDouble;
  shape.figure.span = span;
  return shape;
}

std::vector<std::shared_ptr<const ScreenedList>> read_party_lists(DocumentReader& reader,
                                                                  const YamlNode& node,
                                                                  std::string_view key,
                                                                  NamedLists& lists) {
  std::vector<std::shared_ptr<const ScreenedList>> all;
  const auto items = DocumentReader::items(node);
  if (items.empty()) {
    reader.error(node.span, kEmptyValue, "`" + std::string(key) + "` names no list",
                 "write `" + std::string(key) + ": [csl]`");
  }
  for (const YamlNode* item : items) {
    const auto reference = reader.text(*item);
    if (!reference) continue;
    auto list = screened_list(lists, *reference, item->span);
    if (!list) {
      reader.error(list.error());
    } else if (std::ranges::find(all, *list) == all.end()) {
      all.push_back(*std::move(list));
    } else {
      reader.error(item->span, kScreenField,
                   "`" + *reference + "` stands twice in `" + std::string(key) + "`",
                   "name it once");
    }
  }
  return all;
}

void check_party_policy(DocumentReader& reader, const YamlNode& document, std::string_view shape,
                        RecordKind reads) {
  for (const auto& [key, value] : document.members) {
    if (key.scalar == shape || std::ranges::find(kShapes, key.scalar) == kShapes.end()) continue;
    reader.error(key.span, kScreenBesideMeasures,
                 "`" + key.scalar + "` stands beside `" + std::string(shape) + "`",
                 "a policy has one shape: remove one of them, or write two policies");
  }
  if (reads == RecordKind::kAccount) return;
  const YamlNode* node = document.find("reads");
  reader.error(node != nullptr ? node->span : document.find(shape)->span, kScreenReads,
               "`" + std::string(shape) + "` is about accounts, the policy reads " +
                   std::string(kind_name(reads)) + " records",
               "write `reads: account`");
}

}  // namespace tidewaiter
