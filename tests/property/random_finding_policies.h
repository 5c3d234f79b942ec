#pragma once

#include <string>

#include "tests/property/random.h"

namespace tidewaiter {

/// The text of an active policy that reads the findings of random_set()'s others.
[[nodiscard]] std::string random_finding_policy(Random& random, const std::string& id, int version);

}  // namespace tidewaiter
