#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policies/engine/evaluation.h"

namespace tidewaiter {

/// Which policies are to forget what they hold, so that an evaluation which holds more than
/// `at_most` bytes holds three quarters of it or less: those that hold the most, the greatest
/// first, of equal ones by id. None where it holds no more than that; and none where that would not
/// help: names, clusters, and what policies hold that read findings cannot be forgotten, and what
/// holds less than a sixty-fourth of `at_most` is not.
[[nodiscard]] std::vector<std::string> policies_to_evict(const EvaluationFootprint& footprint,
                                                         std::int64_t at_most);

}  // namespace tidewaiter
