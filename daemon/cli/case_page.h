#pragma once

#include <optional>
#include <string>

#include "daemon/cli/command.h"
#include "daemon/cli/lead_clusters.h"
#include "daemon/cli/told_case.h"

namespace tidewaiter {

/// How much of a case its page has.
struct CasePage {
  bool evidence = false;  ///< the records, too
  bool all = false;       ///< all findings, not the last 20
  std::string role = {};  ///< of whoever reads: what it may do next is told; empty: all of it
};

/// Prints the page, as text and as a document. What was masked stays so; `clusters` is nothing of
/// what is masked.
void print_case(Invocation& run, const ToldCase& told, const std::optional<LeadClusters>& clusters,
                const CasePage& page);
void print_case_json(Invocation& run, const ToldCase& told,
                     const std::optional<LeadClusters>& clusters, bool evidence);

/// Whole days from `then` to `now`.
[[nodiscard]] std::int64_t days_since(UtcTime then, UtcTime now);

}  // namespace tidewaiter
