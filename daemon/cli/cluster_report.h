#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/cluster_review.h"
#include "daemon/cli/linked_history.h"
#include "daemon/cli/ruling_text.h"
#include "daemon/cli/terminal.h"
#include "daemon/report/cluster_graph.h"
#include "policies/linkage/account_cluster.h"

namespace tidewaiter {

/// A cluster of stored history as a list has it. Points into the review.
struct ListedCluster {
  LinkedAccount name;
  std::vector<LinkedAccount> accounts;
  std::map<std::string, std::int64_t> evidence;  ///< values that link any of them, by field
  LinkedSince::Moment formed;
  ClusterReview::About about;
};

/// What a list of clusters shows of all there are, and in which order.
struct ClusterListing {
  std::string title;  ///< of the history
  std::string rule;   ///< where the linkage comes from, for people
  Linkage linkage;
  std::vector<ListedCluster> clusters;  ///< those that were asked for
  std::int64_t of = 0;                  ///< out of how many
};

/// A table for a terminal, of the first `most`; 0 shows all.
[[nodiscard]] std::string cluster_list_text(const ClusterListing& listing, std::size_t most,
                                            const Terminal& terminal);
/// Shape: docs/commands.md#cluster.
[[nodiscard]] nlohmann::ordered_json cluster_list_json(const ClusterListing& listing);

/// A cluster on a page of its own. Points into the review.
struct ShownCluster {
  std::string rule;
  Linkage linkage;
  ClusterEvidence evidence;
  std::optional<LinkedSince::Moment> formed;  ///< nothing of an account that is alone
  ClusterReview::About about;
  const ClusterReview* review = nullptr;  ///< whose that is: what the clocks of cases stand by
  std::vector<WordedRuling> rulings;      ///< what people ruled on links of its accounts
};

/// `most` accounts of each list, and so many values, findings and cases; 0 shows all.
[[nodiscard]] std::string cluster_text(const ShownCluster& cluster, std::size_t most, UtcTime now,
                                       const Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json cluster_json(const ShownCluster& cluster, UtcTime now);

/// Why a value links nobody: "a hub: 300 accounts hold it, at most 20 may", "stands in
/// list:tests"; empty of one that weighs something.
[[nodiscard]] std::string suppression_text(const SharedValue& shared);

/// The cluster as a graph, with names as they are.
[[nodiscard]] ClusterGraph cluster_graph(const ShownCluster& cluster);

}  // namespace tidewaiter
