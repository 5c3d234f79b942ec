#include "daemon/cli/world_options.h"

#include <CLI/CLI.hpp>

namespace tidewaiter {

WorldPlan WorldOptions::plan(std::uint64_t seed, double effort) const {
  WorldPlan plan;
  plan.seed = seed;
  plan.accounts = static_cast<int>(accounts);
  plan.days = static_cast<int>(days);
  plan.effort = effort;
  plan.campaigns = !honest;
  return plan;
}

void add_world_options(CLI::App& verb, WorldOptions& options) {
  constexpr std::int64_t kMostAccounts = 30'000;  // there are networks for
  constexpr std::int64_t kMostDays = 366;
  add_number(verb, "--accounts", options.accounts, kLeastAccounts,
             "Honest accounts; 300 without it", kMostAccounts);
  add_number(verb, "--days", options.days, kLeastDays, "How long it goes on; 45 without it",
             kMostDays);
  verb.add_flag("--honest", options.honest, "A world without any campaign");
}

}  // namespace tidewaiter
