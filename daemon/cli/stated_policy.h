#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/cli/stores.h"
#include "policies/language/cleared_policies.h"
#include "policies/language/policy.h"
#include "policies/language/set_documents.h"
#include "policies/screening/issue_standing.h"

namespace tidewaiter {

/// The policy under which a finding's figures were stated. A withdrawal states no figures of its
/// own: the policy that withdrew a finding may be another one.
struct StatedPolicy {
  std::int64_t version = 0;
  Digest hash;
  std::optional<Policy> text;  ///< absent: its documents are not stored, or cannot be read any more
  std::shared_ptr<const PolicySet> set;  ///< that it was part of, shared with who judges by it
};

/// Looks for the last of the finding's entries that is no withdrawal, and for that entry's policy
/// among the sets that the ledger names as published before it and the record log keeps.
/// Errors: those of reading the ledger; kCorruption for an entry that is no step.
[[nodiscard]] Result<StatedPolicy> stated_policy(const Stores& stores, const FindingState& finding);

/// The hash of that policy, without looking for its words. Errors: as stated_policy().
[[nodiscard]] Result<Digest> stating_hash(const Ledger& ledger, const FindingState& finding);

/// The set that was activated last, policies of any status in it; empty before the first. Errors:
/// where it cannot be read.
[[nodiscard]] Result<PolicySet> set_in_force(const RecordLog& records);

/// The set that was activated last as its writers have it, and which issues of published lists it
/// looks into, whose parties are not read.
struct WrittenSet {
  PolicySet set;  ///< its hash is the one that it is published by
  SetDocuments documents;
  std::vector<IssueStanding> lists;
  std::vector<PolicyClearance> clearances;  ///< of names, that apply to its policies
};

/// Nothing before the first. Errors: where it cannot be read.
[[nodiscard]] Result<std::optional<WrittenSet>> written_set_in_force(const RecordLog& records);

}  // namespace tidewaiter
