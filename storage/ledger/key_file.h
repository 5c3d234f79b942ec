#pragma once

#include <filesystem>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

/// Writes a key's seed to a file that must not be there: 32 bytes, mode 0400, synced with its
/// directory on return. Errors: kRefused if it is there, kUnavailable.
[[nodiscard]] Result<void> create_key_file(const std::filesystem::path& path,
                                           const SigningKey& key);

/// Errors: kNotFound; kRefused if group or others have any right to it; kCorruption unless it has
/// 32 bytes; kUnavailable.
[[nodiscard]] Result<SigningKey> read_key_file(const std::filesystem::path& path);

/// The file beside a signing key that holds its verifier key as one line of text, mode 0444 less
/// the umask: ledger.vkey for ledger.key. Ledger::create() writes it.
[[nodiscard]] std::filesystem::path verifier_key_file(const std::filesystem::path& key);

/// The first line of a file in which somebody keeps a verifier key, blanks at its end left out; it
/// is not looked at. Errors: those of read_whole_file() for 64 KiB.
[[nodiscard]] Result<std::string> read_verifier_key_line(const std::filesystem::path& path);

}  // namespace tidewaiter
