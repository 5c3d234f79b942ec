#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/stored_clusters.h"
#include "daemon/cli/terminal.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// A cluster that a ruling touches, and how many accounts it has; 1: one that is alone.
struct TouchedCluster {
  LinkedAccount name;
  std::int64_t accounts = 0;
};

/// What a ruling would do to a finding.
struct OutlookStep {
  StepKind kind = StepKind::kWithdrawn;
  std::string finding;  ///< id, of one that the ledger has; else empty
  std::string policy;
  Severity severity = Severity::kLow;
  std::string subject;
  Interval run;
  std::string reason;
};

/// What a ruling on links would change, if it held from now on.
struct RulingOutlook {
  std::vector<TouchedCluster> before;  ///< those that would get or lose accounts, by name
  std::vector<TouchedCluster> after;
  std::vector<OutlookStep> steps;
  bool judged = false;  ///< whether a policy in force is about clusters
};

/// Applies the ruling to the stored history behind its last entry, for the linker and for the
/// policies in force that are about clusters: what the daemon would record. `stored` has the
/// ruling afterwards. Progress goes to standard error. Errors: those of reading.
[[nodiscard]] Result<RulingOutlook> ruling_outlook(Invocation& run, const Stores& stores,
                                                   StoredClusters& stored, const LinkRuled& ruled);

[[nodiscard]] std::string outlook_text(const RulingOutlook& outlook, const Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json outlook_json(const RulingOutlook& outlook);

}  // namespace tidewaiter
