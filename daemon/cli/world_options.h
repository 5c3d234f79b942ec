#pragma once

#include "daemon/cli/command.h"
#include "daemon/world/world_plan.h"

namespace tidewaiter {

/// What the command line says of a world.
struct WorldOptions {
  std::int64_t accounts = WorldPlan{}.accounts;
  std::int64_t days = WorldPlan{}.days;
  bool honest = false;

  /// The world of a seed, whose campaigns spend `effort`.
  [[nodiscard]] WorldPlan plan(std::uint64_t seed, double effort) const;
};

/// Adds `--accounts`, `--days` and `--honest`.
void add_world_options(CLI::App& verb, WorldOptions& options);

}  // namespace tidewaiter
