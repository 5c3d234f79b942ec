#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

// The verbs by which people rule on links. Each shows beforehand what would change, and asks.

void add_cluster_cut(CLI::App& cluster, Selection& selection);
void add_cluster_join(CLI::App& cluster, Selection& selection);
void add_cluster_lift(CLI::App& cluster, Selection& selection);
void add_cluster_approve(CLI::App& cluster, Selection& selection);

}  // namespace tidewaiter
