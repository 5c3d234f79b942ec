#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/html_writer.h"

namespace tidewaiter {

/// Sizes that a summary tells one by one at the most.
inline constexpr std::size_t kMostClusterSizes = 20;

/// What became of clusters of two accounts or more in a period, by the time of the records that
/// brought it about. No account is named.
struct ClusterChanges {
  std::int64_t formed = 0;     ///< of accounts that were alone
  std::int64_t merged = 0;     ///< two or more became one
  std::int64_t split = 0;      ///< one became two or more
  std::int64_t dissolved = 0;  ///< no two of its accounts belong together any more
  bool operator==(const ClusterChanges&) const = default;
};

/// Clusters in a summary of a period.
struct ReportedClusters {
  /// What the stored records say by the linkage of the day of the draft; absent: they cannot tell.
  std::optional<ClusterChanges> changes;
  std::vector<std::int64_t> sizes;  ///< when it was drawn, the largest first
  std::int64_t cases = 0;           ///< about clusters, with a finding of the period
  std::map<std::string, std::int64_t> case_states;  ///< of these, by case_state_name()
  /// Entries of the period by which people ruled on links, by type: cluster.cut, cluster.joined,
  /// cluster.lifted, cluster.approved; of the last those that reject as "cluster.rejected".
  std::map<std::string, std::vector<std::int64_t>> rulings;
};

/// The part of the page.
void write_clusters(HtmlWriter& page, const std::optional<ReportedClusters>& clusters);

/// Shape: docs/schema/report.schema.json, `clusters`.
[[nodiscard]] nlohmann::ordered_json clusters_json(const std::optional<ReportedClusters>& clusters);

}  // namespace tidewaiter
