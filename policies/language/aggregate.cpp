#include "policies/language/policy.h"

namespace tidewaiter {

std::string_view aggregate_name(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kCount:
      return "count";
    case Aggregate::kSum:
      return "sum";
    case Aggregate::kMin:
      return "min";
    case Aggregate::kMax:
      return "max";
    case Aggregate::kDistinct:
      return "distinct";
    case Aggregate::kQuantile:
      return "quantile";
    case Aggregate::kAvg:
      return "avg";
    case Aggregate::kRate:
      return "rate";
    case Aggregate::kStddev:
      return "stddev";
    case Aggregate::kCv:
      return "cv";
    case Aggregate::kEntropy:
      return "entropy";
    case Aggregate::kTopShare:
      return "top_share";
    case Aggregate::kGini:
      return "gini";
    case Aggregate::kFirst:
      return "first";
    case Aggregate::kLast:
      return "last";
    case Aggregate::kDeviation:
      return "deviation";
    case Aggregate::kCompleted:
      return "completed";
    case Aggregate::kMissing:
      return "missing";
    case Aggregate::kMatched:
      return "matched";
    case Aggregate::kCusum:
      return "cusum";
    case Aggregate::kLockstep:
      return "lockstep";
    case Aggregate::kFormula:
      return "formula";
  }
  return "";
}

}  // namespace tidewaiter
