#pragma once

#include <cstdint>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Has cases merge and part as the clusters do that they are about: looks at what the ledger has
/// come to say of clusters, and writes what follows for their cases as entries of the program, or
/// that people are asked (storage/review/regrouping_rules.h). Nothing is kept but how far it has
/// read, so that another process, or one that was killed in between, comes to the same.
///
/// Threads: one at a time; the caller owns the ledger.
class ClusterCases {
 public:
  /// Gives how many entries it has written, which are not signed yet. Costs what the new entries
  /// cost to read where none of them is about a cluster; else, and by the first call, all entries
  /// are read. Errors: those of the ledger and of CaseBook.
  [[nodiscard]] Result<std::int64_t> follow(Ledger& ledger, UtcTime now);

 private:
  [[nodiscard]] Result<bool> has_news(const Ledger& ledger);

  std::int64_t next_ = 0;  ///< index of the first entry that is not read
};

}  // namespace tidewaiter
