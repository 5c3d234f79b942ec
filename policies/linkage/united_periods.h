#pragma once

#include <vector>

#include "policies/linkage/account_cluster.h"

namespace tidewaiter {

/// For people a value of a link with a window is one, whatever the periods in which it is used:
/// makes one of those that differ in the period alone, in the place of the first. What has no
/// period stays.
void unite_periods(std::vector<CommonValue>& values);

/// The same. A value that weighs in some period is told of in these; one that weighs in none, in
/// all. What stands in a list of exceptions is another value.
void unite_periods(std::vector<SharedValue>& values);

}  // namespace tidewaiter
