#include "policies/language/record_time.h"

#include <limits>
#include <utility>
#include <vector>

#include "policies/language/expression_literal.h"
#include "policies/language/expression_types.h"
#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

Expr compared(ExprOp op, UtcTime bound, const SourceSpan& span) {
  Built built =
      build_comparison(op, record_time(span), make_literal(ValueType::kTimestamp, bound.us, span));
  return *std::move(built);  // two timestamps
}

Expr joined(ExprOp op, std::vector<Expr> parts) {
  Built built = build_logical(op, std::move(parts));
  return *std::move(built);  // truth values
}

Expr within_one(const Interval& interval, const SourceSpan& span) {
  std::vector<Expr> bounds;
  if (interval.from.us != Limits::min()) bounds.push_back(not_before(interval.from, span));
  if (interval.to.us != Limits::max()) bounds.push_back(compared(ExprOp::kLt, interval.to, span));
  if (bounds.empty()) return make_literal(ValueType::kBool, true, span);
  return joined(ExprOp::kAnd, std::move(bounds));
}

}  // namespace

Expr record_time(const SourceSpan& span) { return make_field(kFieldTime, span); }

Expr not_before(UtcTime from, const SourceSpan& span) { return compared(ExprOp::kGe, from, span); }

Expr within(std::span<const Interval> intervals, const SourceSpan& span) {
  std::vector<Expr> any;
  any.reserve(intervals.size());
  for (const Interval& interval : intervals) any.push_back(within_one(interval, span));
  return joined(ExprOp::kOr, std::move(any));
}

Expr while_listed(Expr truth, std::span<const Interval> times, const SourceSpan& span) {
  if (times.front() == kAlways) return truth;
  std::vector<Expr> both;
  both.push_back(within(times, span));
  both.push_back(std::move(truth));
  return joined(ExprOp::kAnd, std::move(both));
}

}  // namespace tidewaiter
