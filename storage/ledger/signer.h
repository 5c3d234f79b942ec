#pragma once

#include <optional>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/ledger_store.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

/// The checkpoint in a note that `key` signed, under its own name as origin.
/// Errors: kInvalidInput, kRefused.
[[nodiscard]] Result<Checkpoint> open_checkpoint(const std::string& note, const VerifierKey& key);

/// Reads every entry after `last` again through a connection of its own, hashes it, compares the
/// stored tree nodes with the result, and gives the tree of all entries. The subtrees that it
/// starts from must give `last`'s root, so that the new head is consistent with it. Without `last`
/// nothing is taken on trust: every byte is read.
/// Errors: kCorruption naming the first entry that differs, kUnavailable.
[[nodiscard]] Result<CompactRange> rederive_tree(const LedgerStore& store,
                                                 const std::optional<TreeHead>& last);

/// Where a signed head goes.
struct HeadRecord {
  const SigningKey& key;
  LockStore& lock;
  LedgerStore& store;
};

/// Signs a head (its note is empty yet), swaps it into the lock store in the place of `last`, then
/// stores it as a row. Errors: kRefused if the lock store does not hold `last`; kUnavailable.
[[nodiscard]] Result<Checkpoint> publish_head(Checkpoint head, const NumberedNote& last,
                                              const HeadRecord& to, UtcTime now);

}  // namespace tidewaiter
