#pragma once

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/ledger_store.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

/// The last head that was signed, and whether the database has its row. It lacks it after a crash
/// between the lock store and the database.
struct LastHead {
  NumberedCheckpoint locked;
  bool stored = false;
};

/// Compares the signed heads of the database with the lock store's, and the locked one with the
/// tree as the database stores it. Both signatures are judged, whatever else agrees.
///
/// INVARIANT: a lock store is empty only inside Ledger::create(), which signs entry 0 before it
/// returns; an empty one is refused here. So whoever takes a head away must put an older signed one
/// in its place, and the numbers tell.
///
/// Changes nothing. Errors: kRefused for a database behind or beside its lock store, removed heads,
/// an older or emptied lock store; kCorruption for a head that `key` did not sign; kUnavailable.
[[nodiscard]] Result<LastHead> check_signed_heads(LedgerStore& store, const LockStore& lock,
                                                  const VerifierKey& key);

}  // namespace tidewaiter
