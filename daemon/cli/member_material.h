#pragma once

#include <optional>

#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "daemon/report/cluster_graph.h"
#include "daemon/report/cluster_members.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// The cluster that a case is about, with names as they are: what links its accounts, and what each
/// of them did. Both have the accounts in one order.
struct ClusterOfCase {
  ClusterGraph graph;
  ReportedMembers members;
};

/// By the stored records, and findings by the ledger's cases; nothing of another case, and where
/// the stored records cannot tell, which costs the report its picture and its accounts, and no
/// more. Reads the log twice.
[[nodiscard]] std::optional<ClusterOfCase> cluster_of_case(Invocation& run, const Stores& stores,
                                                           const CaseBook& book, const Case& c);

}  // namespace tidewaiter
