#include "policies/language/single_records.h"

#include "policies/language/expression_literal.h"

namespace tidewaiter {

Measure count_of_records(const SourceSpan& span) {
  Measure records;
  records.name = "records";
  records.aggregate = Aggregate::kSum;
  records.argument = make_literal(ValueType::kInt64, std::int64_t{1}, span);
  records.span = span;
  return records;
}

bool counts_records(const Measure& measure) {
  return measure.aggregate == Aggregate::kSum && measure.argument &&
         measure.argument->op == ExprOp::kLiteral &&
         measure.argument->literal == Value(std::int64_t{1});
}

bool is_filled_in(const Measure& measure, const Policy& policy) {
  return counts_records(measure) && measure.span == policy.span;
}

bool reports_any(const Policy& policy) {
  const Expr& expr = policy.report_when;
  return expr.span.file.empty() && expr.op == ExprOp::kGe && !policy.measures.empty() &&
         expr.args.front().op == ExprOp::kMeasure && expr.args.front().index == 0 &&
         expr.args.back().literal == Value(std::int64_t{1});
}

}  // namespace tidewaiter
