#pragma once

#include "daemon/report/cluster_graph.h"

namespace tidewaiter {

/// A cluster as a report may show it: types of evidence, how many hold each value, since when, and
/// what it weighs. Values are numbered within their type, whatever the profile: an address, a card
/// or a device is no matter of the recipient's. Accounts have their names only if `names` says so,
/// and are numbered otherwise; so is what people ruled. Why a value is no evidence is left out, for
/// that may name a list. Nothing of what is withheld is in what it gives. Pure.
[[nodiscard]] ClusterGraph redacted_graph(const ClusterGraph& graph, bool names);

}  // namespace tidewaiter
