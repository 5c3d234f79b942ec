#include "policies/language/measure_unit.h"

#include "policies/language/single_records.h"

namespace tidewaiter {
namespace {

std::string_view unit_of(const Expr& argument) {
  if (argument.type == ValueType::kMoney) return "US dollars";
  const bool counts = argument.type == ValueType::kInt64 || argument.type == ValueType::kDouble;
  return counts && argument.op == ExprOp::kField ? field(argument.index).unit : std::string_view();
}

}  // namespace

std::string_view unit_of(const Measure& measure) {
  switch (measure.aggregate) {
    case Aggregate::kCount:
      return "requests";
    case Aggregate::kSum:
      if (counts_records(measure)) return "records";
      [[fallthrough]];
    case Aggregate::kMin:
    case Aggregate::kMax:
    case Aggregate::kQuantile:
    case Aggregate::kAvg:
    case Aggregate::kStddev:
    case Aggregate::kFirst:
    case Aggregate::kLast:
      return unit_of(*measure.argument);
    case Aggregate::kDistinct:
    case Aggregate::kRate:
    case Aggregate::kCv:
    case Aggregate::kEntropy:
    case Aggregate::kTopShare:
    case Aggregate::kGini:
    case Aggregate::kDeviation:
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
    case Aggregate::kMatched:
    case Aggregate::kCusum:
    case Aggregate::kLockstep:
    case Aggregate::kFormula:
      break;
  }
  return {};
}

}  // namespace tidewaiter
