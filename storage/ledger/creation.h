#pragma once

#include <cstdint>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// How far a Ledger::create() came that was killed.
enum class CreationState : std::uint8_t {
  kUnfinished,  ///< nothing was signed: its parts may go
  kUnsigned,    ///< a server has entry 0, which nobody can take back: it is to be signed
  kFinished,    ///< entry 0 is signed in the lock store: it is a ledger, to be kept
};

/// Looks at the parts of a ledger whose creation was killed. Unfinished is only what holds no
/// signed head, no entry but entry 0 and no subject's key; a database that cannot be read counts so
/// only beside a lock store that says that nothing was signed. What a server holds is never
/// removed. Errors: kRefused, saying what was found, for everything that a creation does not leave;
/// kUnavailable if a part cannot be looked at.
[[nodiscard]] Result<CreationState> inspect_creation(const LedgerPaths& paths);

/// Signs entry 0 where inspect_creation() said kUnsigned. Errors: kRefused if the key is another
/// one; those of Ledger::create().
[[nodiscard]] Result<void> finish_creation(const LedgerPaths& paths, UtcTime now);

/// Removes all parts of a ledger that are files, key included. Only after inspect_creation() said
/// kUnfinished. Errors: kUnavailable.
[[nodiscard]] Result<void> remove_unfinished(const LedgerPaths& paths);

}  // namespace tidewaiter
