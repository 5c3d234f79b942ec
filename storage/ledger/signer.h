#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

/// The checkpoint in a note that `key` signed, under its own name as origin.
/// Errors: kInvalidInput, kRefused.
[[nodiscard]] Result<Checkpoint> open_checkpoint(const std::string& note, const VerifierKey& key);

/// Reads every entry after `last` again through a connection of its own, hashes it, compares the
/// stored tree nodes with the result, and gives the head of all entries. The subtrees that it
/// starts from must give `last`'s root, so that the new head is consistent with it.
/// Errors: kCorruption naming the first entry that differs, kUnavailable.
[[nodiscard]] Result<TreeHead> rederive_head(const std::filesystem::path& database,
                                             const std::optional<TreeHead>& last);

}  // namespace tidewaiter
