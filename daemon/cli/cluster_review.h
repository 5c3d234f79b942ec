#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policies/linkage/linkage.h"
#include "policies/model/finding.h"
#include "storage/ledger/ledger.h"
#include "storage/review/case_book.h"
#include "storage/review/case_clocks.h"

namespace tidewaiter {

/// Whom findings about the cluster of this name are about.
[[nodiscard]] Subject cluster_subject(const LinkedAccount& name);

/// What a ledger has about clusters. A cluster goes by its least account, and so by other names as
/// it grows: what is about any of its accounts, as a cluster, is about it. A plain value.
class ClusterReview {
 public:
  /// Errors: those of the ledger, and of its cases.
  [[nodiscard]] static Result<ClusterReview> read(const Ledger& ledger);

  /// Points into the review, which is not moved meanwhile.
  struct About {
    std::vector<const FindingState*> findings;  ///< in the order in which they were opened
    std::vector<const Case*> cases;             ///< that have them, or had them

    [[nodiscard]] std::int64_t standing() const;  ///< findings that are not withdrawn
    /// The greatest severity of these; nothing without any.
    [[nodiscard]] std::optional<Severity> worst() const;
    /// Cases that await a decision, or its second person.
    [[nodiscard]] std::int64_t open_cases() const;
  };
  [[nodiscard]] CaseClocks clocks() const { return {book_, reports_}; }
  [[nodiscard]] About about(const std::vector<LinkedAccount>& accounts) const;

 private:
  std::vector<FindingState> findings_;
  CaseBook book_;
  ReportBook reports_;
  std::map<std::string, std::vector<std::size_t>> findings_by_subject_;
  std::map<std::string, std::vector<std::size_t>> cases_by_subject_;
};

}  // namespace tidewaiter
