#pragma once

#include <cstdint>
#include <string>

#include "daemon/world/world_account.h"
#include "daemon/world/world_plan.h"

namespace tidewaiter {

/// The honest accounts of a world: people, teams, products and jobs whose rates, active days and
/// spreads are those of real clients (honest_population.cpp names the traces), and in their places
/// those that are easily mistaken for something else.
void add_honest_accounts(const WorldPlan& plan, Population& population);

/// The campaigns, after the public accounts, each with an operator that spends `plan.effort` on not
/// being seen.
void add_campaigns(const WorldPlan& plan, Population& population);

/// The next account of a population, of this organization ("org-7"), with what its number names;
/// the caller gives it the rest, and adds it.
[[nodiscard]] WorldAccount numbered_account(const Population& population,
                                            const std::string& organization);

/// "10.7.12.0/24", of one of 65,536 networks that belong to nobody (RFC 1918).
[[nodiscard]] std::string network_text(int network);

/// Sketch 0 or 1 of the prompts that are known to make a model write its reasoning down.
[[nodiscard]] std::uint64_t elicitation_sketch(const WorldPlan& plan, std::uint64_t number);

/// A hash or a sketch as records have it: 16 hexadecimal digits.
[[nodiscard]] std::string sketch_text(std::uint64_t value);

}  // namespace tidewaiter
