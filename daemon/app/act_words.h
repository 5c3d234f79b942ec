#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "daemon/app/act_file.h"
#include "daemon/app/judging_policies.h"
#include "policies/model/error.h"
#include "storage/ledger/ledger.h"
#include "storage/review/clearance_book.h"

namespace tidewaiter {

// What an act has to say in words that no outsider reads: whoever takes acts in looks at them once,
// since no later reader could refuse it.

/// What words are held against; all of it outlives the call.
struct WordsBasis {
  const std::filesystem::path& state;  ///< where the words of earlier acts lie
  std::span<const FindingState> findings;
  const JudgingPolicies& policies;
  const ClearanceBook& clearances;
};

/// Whether what the act says can be followed by those who go by it: a ruling by evaluation, a
/// clearance too, and it clears what its finding hits and no other one clears; a request names who
/// asks and on which authority; a silence what it is about; a statement who is behind a case, a
/// conclusion what it is, and a report that is handed over to whom. Errors: kInvalidInput,
/// kRefused; kUnavailable where that cannot be told now.
[[nodiscard]] Result<void> check_act_words(const ActFile& file, const WordsBasis& basis);

/// Why another person has to approve it by what it says: a clearance of whom an identifier of the
/// entry's agrees. Nothing where none has to.
[[nodiscard]] std::optional<std::string> why_second_by_words(const ActFile& file);

/// Whether it gives a reason, where it needs one.
[[nodiscard]] bool says_why(const ActFile& file);

}  // namespace tidewaiter
