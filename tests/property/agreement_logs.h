// Random logs, each kind of them with policies of other shapes.
#pragma once

#include "tests/property/random.h"
#include "tests/property/random_log.h"

namespace tidewaiter {

[[nodiscard]] RandomLog log_of_windows(Random& random);
[[nodiscard]] RandomLog log_of_statistics(Random& random);
[[nodiscard]] RandomLog log_of_calendars(Random& random);
/// Sequences and absences.
[[nodiscard]] RandomLog log_of_steps(Random& random);
/// Sigma's, as policies.
[[nodiscard]] RandomLog log_of_correlations(Random& random);
/// Policies about findings, and those that find them.
[[nodiscard]] RandomLog log_of_finding_policies(Random& random);
/// Policies that are silent while none of their bases is in force.
[[nodiscard]] RandomLog log_of_dated_bases(Random& random);
/// Runs that are cut into several findings, and evidence by other orders than time.
[[nodiscard]] RandomLog log_of_repeats(Random& random);
/// With an index of names, and without.
[[nodiscard]] RandomLog log_of_parties(Random& random);
/// Short and long ones, with late records and revisions.
[[nodiscard]] RandomLog log_of_sessions(Random& random);
/// What clusters are made and unmade by, and policies of every shape about them.
[[nodiscard]] RandomLog log_of_clusters(Random& random);
/// Clusters compared with others of their size band.
[[nodiscard]] RandomLog log_of_cluster_peers(Random& random);
/// Deviations, own and from peers, of short histories.
[[nodiscard]] RandomLog log_of_histories(Random& random);
/// With drops such as the daemon allows: none reaches into an interval that a step has stated
/// before, or into the history that it was compared with.
[[nodiscard]] RandomLog log_of_drops(Random& random);
/// Any of them but long histories, with entries that evict what policies hold.
[[nodiscard]] RandomLog log_of_evictions(Random& random);
[[nodiscard]] RandomLog log_of_evictions_and_drops(Random& random);
[[nodiscard]] RandomLog log_of_evicted_histories(Random& random);

}  // namespace tidewaiter
