#pragma once

#include <string>

#include "storage/fsck/state_report.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Takes a verifier's report into that of the state, with what to do about each kind of failure.
/// The verifier's notes on what it did not compare stay where they are: a check of a state folder
/// says nothing about forgery.
void take_ledger_report(VerifyReport verified, StateReport& report);

/// Checks that the signing key can be used and is the one whose verifier key the ledger names, and
/// that the file beside it says the same.
void check_key(const LedgerPaths& paths, const std::string& verifier_key, StateReport& report);

}  // namespace tidewaiter
