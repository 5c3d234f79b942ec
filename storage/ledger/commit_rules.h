#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// What a commit is judged against: how far the ledger has come.
struct CommitBasis {
  Ledger::Position position;  ///< log_id empty before the first commit that had one
  std::optional<std::pair<std::int64_t, std::int32_t>> last_step;  ///< (seq, ordinal)
};

/// Says whether a commit may follow: one record log, an offset that does not go back, steps that
/// rise in (seq, ordinal) and lie after the committed offset and the last step, and not after the
/// new offset. So each step exists once, whatever is replayed.
/// Errors: kRefused; kInvalidInput for steps without an offset, or either without a log id.
[[nodiscard]] Result<void> check_commit(const LedgerCommit& commit, const CommitBasis& basis);

}  // namespace tidewaiter
