#include "policies/language/party_shape.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidewaiter {
namespace {

/// What says how a policy judges. Of two that look for parties the first is told.
constexpr std::array<std::string_view, 4> kOtherShapes = {"measure", "report_when", "sequence",
                                                          "absent"};

Expr over_fields(ExprOp op, ValueType type, std::shared_ptr<const PartyCheck> check,
                 const SourceSpan& span) {
  Expr expr;
  expr.op = op;
  expr.type = type;
  expr.span = span;
  for (const FieldId id : check->fields()) {
    Expr one;
    one.op = ExprOp::kField;
    one.type = field(id).type;
    one.index = id;
    one.span = span;
    expr.args.push_back(std::move(one));
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

void check_party_policy(DocumentReader& reader, const YamlNode& document, std::string_view shape,
                        RecordKind reads) {
  for (const auto& [key, value] : document.members) {
    if (std::ranges::find(kOtherShapes, key.scalar) == kOtherShapes.end()) continue;
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
