#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "daemon/app/judging_policies.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

struct TakenActs {
  std::int64_t taken = 0;
  std::int64_t refused = 0;
  std::int64_t unreadable = 0;  ///< files that cannot be read now, and stay where they are
  std::int64_t waiting = 0;     ///< that cannot be judged now, and later ones of the same case
  std::optional<Error> why_waiting = std::nullopt;  ///< of the first of these
};

/// Writes what was handed in into the ledger at `paths`, in the order of the acts' times, each as
/// an entry of its own or as a refusal, changes of the table of users (user_changes.h) among them,
/// at most a thousand at once, and signs the head. What cannot be judged now, as where the vault
/// lacks a key, stays where it is, and so do later acts about the same case: which would be refused
/// for its sake. Killed at any moment it goes on where it was: an act is recorded once. Errors:
/// those of the ledger, those of the vault, kCorruption for a person's file, kUnavailable.
[[nodiscard]] Result<TakenActs> take_acts(const std::filesystem::path& state, Ledger& ledger,
                                          const LedgerPaths& paths, const JudgingPolicies& policies,
                                          UtcTime now);

}  // namespace tidewaiter
