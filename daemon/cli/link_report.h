#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/terminal.h"
#include "policies/linkage/account_cluster.h"
#include "policies/linkage/co_actions.h"
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
  std::vector<CoActions::Counts> lockstep = {};  ///< for each lockstep link of the linkage

  /// Accounts that are in one of the clusters.
  [[nodiscard]] std::int64_t linked() const;
};

/// "gateway/a-17".
[[nodiscard]] std::string name_of(const LinkedAccount& account);
/// "payment.fingerprints of at most 20 (weight 16), devices of at most 5 (weight 9); threshold 10".
[[nodiscard]] std::string linkage_text(const Linkage& linkage);
/// "lockstep of 5m by model in 7d, at least 12 and 50 %, of at most 50 (weight 8)".
[[nodiscard]] std::string lockstep_text(const LockstepLink& link);
/// "67 of 71 acts in common, by model, in slots of 5m (weight 8, 2026-03-02 00:00 to …)".
[[nodiscard]] std::string step_text(const InStep& step);
/// "gateway/a-3 and gateway/b-4 in step: 67 of 71 acts in common, …".
[[nodiscard]] std::string pair_text(const PairInStep& pair);
[[nodiscard]] nlohmann::ordered_json pairs_json(const std::vector<PairInStep>& pairs);
/// "2026-03-01 00:00", in UTC: people compare days and hours; entries tell the rest.
[[nodiscard]] std::string moment_text(UtcTime time);
[[nodiscard]] nlohmann::ordered_json period_json(const Interval& during);
/// "26.7": at most one decimal.
[[nodiscard]] std::string weight_text(double weight);
/// The first `most` names, and how many are left; 0 leaves none.
[[nodiscard]] std::string names_text(const std::vector<LinkedAccount>& accounts, std::size_t most);
[[nodiscard]] nlohmann::ordered_json account_json(const LinkedAccount& account);
/// `links`, `lockstep` where there are such links, and `threshold` where there is one.
[[nodiscard]] nlohmann::ordered_json linkage_json(const Linkage& linkage);
/// The same, after `from`: where the linkage comes from.
[[nodiscard]] nlohmann::ordered_json linkage_json(const std::string& rule, const Linkage& linkage);

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
  std::vector<InStep> in_step;         ///< what both do in step, if there are none
};

[[nodiscard]] std::string reason_text(const LinkReason& reason, const Linkage& linkage,
                                      const Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json reason_json(const LinkReason& reason);

/// A line for each account of a cluster: cluster, source, account, accounts of the cluster. RFC
/// 4180; no cell begins as a formula.
[[nodiscard]] std::string link_csv(const LinkReport& report);

}  // namespace tidewaiter
