#include "policies/language/trailing_figure.h"

#include <algorithm>
#include <string_view>

#include "policies/language/comparison.h"
#include "policies/language/expression_types.h"

namespace tidewaiter {
namespace {

using Kind = TrailingFigure::Kind;

std::string_view kind_text(Kind kind) {
  switch (kind) {
    case Kind::kRecords:
      return "records";
    case Kind::kSteps:
      return "steps";
    case Kind::kDistinct:
      return "distinct";
    case Kind::kSum:
      return "sum";
    case Kind::kMean:
      return "mean";
    case Kind::kPercentile:
      return "percentile";
    case Kind::kShare:
      return "share";
  }
  return {};
}

bool holds(double figure, const TrailingFigure::Limit& limit) {
  switch (limit.op) {
    case ExprOp::kEq:
      return figure == limit.number;
    case ExprOp::kNe:
      return figure != limit.number;
    case ExprOp::kLt:
      return figure < limit.number;
    case ExprOp::kLe:
      return figure <= limit.number;
    case ExprOp::kGt:
      return figure > limit.number;
    default:
      return figure >= limit.number;
  }
}

std::string number_text(double number) {
  return to_text(make_literal(ValueType::kDouble, number, {}));
}

}  // namespace

bool meets(double figure, const std::vector<TrailingFigure::Limit>& limits) {
  return std::ranges::all_of(
      limits, [figure](const TrailingFigure::Limit& limit) { return holds(figure, limit); });
}

bool only_grows(const TrailingFigure& figure) {
  const bool grows = figure.kind == Kind::kRecords || figure.kind == Kind::kSteps ||
                     figure.kind == Kind::kDistinct;
  return grows && std::ranges::all_of(figure.limits, [](const TrailingFigure::Limit& limit) {
           return limit.op == ExprOp::kGt || limit.op == ExprOp::kGe;
         });
}

ExprOp at_its_edge(ExprOp comparison) {
  const ExprOp other = other_boundary(comparison);
  return other != comparison ? other : opposite(comparison);
}

std::string to_text(const TrailingFigure::Limit& limit) {
  return std::string(symbol_of(limit.op)) + " " + number_text(limit.number);
}

std::string to_text(const TrailingFigure& figure) {
  std::string text(kind_text(figure.kind));
  if (figure.kind == Kind::kPercentile) text += " " + number_text(figure.percent);
  for (std::size_t i = 0; i < figure.limits.size(); ++i) {
    text += (i > 0 ? " and " : " ") + to_text(figure.limits[i]);
  }
  return text;
}

}  // namespace tidewaiter
