#pragma once

#include <string>

#include "policies/model/error.h"
#include "storage/evidence/vault.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// By what entries about holds and erasures say that they are about one subject, without saying
/// whom: 64 hexadecimal digits that derive from the subject's key in the vault
/// (docs/ledger-format.md §14). Makes the key where there is none and `may_make` allows it. Once
/// the key is destroyed nobody can tell whose they were. Errors: those of the vault and of
/// `may_make`.
[[nodiscard]] Result<std::string> party_of(const LedgerPaths& paths, const std::string& subject,
                                           const NewKeyRule& may_make);

/// The same of a subject that has a key; empty for one that has none. Changes nothing.
[[nodiscard]] Result<std::string> known_party(const LedgerPaths& paths, const std::string& subject);

}  // namespace tidewaiter
