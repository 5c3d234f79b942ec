#pragma once

#include <memory>
#include <string>

#include "policies/engine/evaluation.h"

namespace tidewaiter {

/// The oracle: one record at a time, every window judged anew from all its records. Slow on
/// purpose. docs/evaluation.md is what it follows, line by line.
[[nodiscard]] std::unique_ptr<Evaluation> make_reference_evaluation(std::string log_id);

}  // namespace tidewaiter
