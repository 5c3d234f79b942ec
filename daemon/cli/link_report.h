#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/terminal.h"
#include "policies/linkage/account_cluster.h"
#include "policies/linkage/linkage.h"

namespace tidewaiter {

/// Which accounts of a history belong together.
struct LinkReport {
  std::string title;  ///< of the history
  std::string rule;   ///< where the linkage comes from, for people
  Linkage linkage;
  std::int64_t accounts = 0;  ///< all that the records name
  std::vector<AccountCluster> clusters;
  std::vector<CommonValue> too_common;
  std::vector<CommonValue> excepted;

  /// Accounts that are in one of the clusters.
  [[nodiscard]] std::int64_t linked() const;
};

/// For a terminal: the first `most` clusters, of each so many accounts and links, and what was
/// left out; 0 leaves nothing out.
[[nodiscard]] std::string link_text(const LinkReport& report, std::size_t most,
                                    const Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json link_json(const LinkReport& report);
/// Why two accounts belong together, or do not.
struct LinkReason {
  LinkedAccount from;
  LinkedAccount to;
  std::vector<EvidenceStep> steps;     ///< none: they do not belong together
  std::vector<CommonValue> in_common;  ///< what both hold, if there are no steps
};

[[nodiscard]] std::string reason_text(const LinkReason& reason, const Linkage& linkage,
                                      const Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json reason_json(const LinkReason& reason);

/// A line for each account of a cluster: cluster, source, account, accounts of the cluster. RFC
/// 4180; no cell begins as a formula.
[[nodiscard]] std::string link_csv(const LinkReport& report);

}  // namespace tidewaiter
