#pragma once

#include <memory>
#include <string>

#include "policies/engine/evaluation.h"

namespace tidewaiter {

/// The oracle: one record at a time, every window judged anew from all its records. Slow on
/// purpose. docs/evaluation.md is what it follows, line by line.
///
/// It shares with the columnar engine what lies beneath both: the model (values, times, records,
/// finding_id()), the language (policies as read, interpret() for what is computed of one record or
/// of known figures) and the interface of Evaluation. A fault in there it does not see; those rooms
/// have tests of their own. Coverage, windows, measures, ranges, runs, steps and their numbers it
/// computes by itself.
[[nodiscard]] std::unique_ptr<Evaluation> make_reference_evaluation(std::string log_id,
                                                                    UtcTime dropped_before);

}  // namespace tidewaiter
