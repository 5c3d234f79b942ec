#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

// The last head that a quorum of witnesses has cosigned, beside the ledger: a file with the signed
// note and nothing else, `ledger.witnessed`. It is no part of the ledger, and nothing rests on it:
// if it is lost the witnesses are asked again.

/// The checkpoint in the file, its note with all signatures; nothing if there is no file. Errors:
/// kCorruption if it is no checkpoint that `log` signed, kUnavailable.
[[nodiscard]] Result<std::optional<Checkpoint>> read_cosigned_head(
    const std::filesystem::path& file, const VerifierKey& log);

/// Puts a note in the place of the one before; synced on return. Errors: kUnavailable, kRefused as
/// place_file(). Threads: one at a time for a file.
[[nodiscard]] Result<void> store_cosigned_head(const std::filesystem::path& file,
                                               const std::string& note);

}  // namespace tidewaiter
