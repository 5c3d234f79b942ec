#pragma once

#include <cstddef>
#include <vector>

#include "daemon/world/world_account.h"
#include "daemon/world/world_plan.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Up to so many exchanges of an account and day are a record each; above it, those of a session
/// are one record of a minute, as gateways report clients that ask much; sessions are then as long
/// as keeps the records of a day at about this number. Jobs at even intervals are always single.
inline constexpr int kMostSingleExchanges = 60;

/// Adds what the account of this place does on a day, in no order. It depends on the plan's seed,
/// the place and the day alone, and on the account.
void add_usage(const WorldPlan& plan, const WorldAccount& account, std::size_t place, int day,
               std::vector<Record>& records);

/// What a directory says of the account.
[[nodiscard]] Record account_record(const WorldPlan& plan, const WorldAccount& account);

}  // namespace tidewaiter
