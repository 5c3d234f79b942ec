#pragma once

#include <string>

#include "policies/model/log.h"
#include "storage/ledger/act.h"

namespace tidewaiter {

// What of a ruling is confidential: which accounts, which values, and why. The act's entry has
// only its hash; evaluation gets it as an entry of the record log.

/// The words of a cut or a joint. `reason` is why.
[[nodiscard]] Confidential ruling_words(const LinkRuled& ruled, const std::string& reason);

/// The inverse, with id and time from the act: what the log is told. Errors: kInvalidInput for
/// words that do not fit the act: another number of values, a field that there is not, one account
/// joined with itself.
[[nodiscard]] Result<LinkRuled> read_ruling(const Act& act, const Confidential& words);

}  // namespace tidewaiter
