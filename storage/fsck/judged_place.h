#pragma once

#include "policies/model/error.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// The ledger keeps up to where in which record log it has judged: that place must still be there.
/// Errors: kCorruption, saying how they differ; those of RecordLog::hash_at().
[[nodiscard]] Result<void> check_judged_place(const RecordLog& records,
                                              const Ledger::Position& judged);

}  // namespace tidewaiter
