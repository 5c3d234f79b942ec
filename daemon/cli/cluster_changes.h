#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "daemon/cli/stores.h"
#include "daemon/report/cluster_summary.h"
#include "policies/linkage/linkage.h"
#include "policies/model/time.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// Follows clusters from one entry of the log to the next, and counts what becomes of those of two
/// accounts or more: one whose accounts were all alone before has *formed*; one that two or more
/// such clusters came to has *merged*; one whose accounts are in two or more such clusters
/// afterwards was *split*, and one whose accounts are all alone has *dissolved*. One that gains or
/// loses single accounts, or gets another name, is the same. An entry may do several of these.
class ClusterHistory {
 public:
  /// What the linker gave for an entry; the changes that it makes.
  ClusterChanges take(std::span<const ClusterMove> moves);

  /// Of the clusters that there are now, the largest first.
  [[nodiscard]] std::vector<std::int64_t> sizes() const;

 private:
  std::map<LinkedAccount, std::int64_t> sizes_;  // of two accounts or more, by name
};

/// Clusters in a summary of `period`: its cases and rulings by the ledger, of which `entries`
/// count, and changes by the stored records, each at the time of the record that brought it about
/// (of an entry that is none, of the record before it). Where nothing can be linked there are no
/// changes. Errors: those of reading the ledger.
[[nodiscard]] Result<ReportedClusters> clusters_of_period(Invocation& run, const Stores& stores,
                                                          const CaseBook& book,
                                                          std::int64_t entries,
                                                          const Interval& period);

}  // namespace tidewaiter
