#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/told_case.h"

namespace tidewaiter {

/// An account that a lead names and that belongs to a cluster of which the ledger has cases.
struct NamedInCluster {
  std::string word;         ///< as the lead has it
  std::string cluster;      ///< as findings have it: `cluster:gateway/a-3`
  std::int64_t others = 0;  ///< accounts of the cluster beside this one
  std::vector<std::string> cases;
};

/// What leads from a tip to the cases of clusters.
struct LeadClusters {
  std::vector<NamedInCluster> members;
  std::vector<std::string> unclear;  ///< why it is not known which account a word means
  std::string unknown;               ///< why nothing can be told; empty: it is
};

/// As accounts are linked now, by the records that are stored, as `cluster show` has it. Nothing
/// where the case is no lead or names nobody, no case is about a cluster, or there is no record
/// log. Reads the whole log; progress goes to standard error. REQUIRES: whoever reads may see all.
[[nodiscard]] std::optional<LeadClusters> clusters_of_lead(Invocation& run, const Stores& stores,
                                                           const ToldCase& told);

/// For a terminal: 20 of its members, and how many more there are.
void print_lead_clusters(Invocation& run, const LeadClusters& clusters);
/// {"members": [{"subject", "cluster", "others", "cases"}], "unclear", "unknown"}
[[nodiscard]] nlohmann::ordered_json lead_clusters_json(const LeadClusters& clusters);

}  // namespace tidewaiter
