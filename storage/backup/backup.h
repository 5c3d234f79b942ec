#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger/checkpoint.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

struct BackupSource {
  LedgerPaths ledger;                   ///< in a file or on a server
  std::filesystem::path records;        ///< records.db; it may not be there yet
  std::filesystem::path timestamps;     ///< folder of time-stamp tokens, if there are any
  std::filesystem::path witnessed;      ///< ledger.witnessed, if there is one
  std::filesystem::path acts;           ///< folder of what people did about cases, if there is one
  std::filesystem::path payloads = {};  ///< folder of exhibits that are kept, if there is one
  std::filesystem::path reports = {};   ///< folder of what was drawn, if there is one
};

/// Folders that are not there yet, or are empty.
struct BackupTarget {
  std::filesystem::path folder;
  /// For the keys of subjects, in other hands than `folder`; absent: they are not copied.
  std::optional<std::filesystem::path> vault;
};

struct Backup {
  Checkpoint checkpoint;                ///< the last signed head in the copy
  TreeHead head;                        ///< of all entries in the copy, derived anew
  std::optional<std::int64_t> records;  ///< entries of the record log in the copy
  /// What of the exhibits and of the issued reports is not as the ledger says, where they lie as in
  /// the copy: lost, changed, or not to be read. All else is whole.
  std::vector<std::string> gaps = {};
};

/// What is being done, in words: "copy ledger.db".
using BackupProgress = std::function<void(std::string_view doing)>;

/// Copies a state while a daemon may write it, each database as it is in one moment, and each after
/// those that rest on it: the tokens and cosignatures of heads, the ledger, the acts whose words
/// its entries seal, the exhibits that are kept, the reports, the vault, the record log. Then
/// verifies the copy: all that a verifier checks, the running hash of the records and the place in
/// them that was judged, and that the disclosures derive from the vault's keys, and that the
/// exhibits are those that were copied, of which gaps say what the entries say otherwise. In
/// `folder` are then ledger.db, records.db, timestamps/, acts/, payloads/, reports/ and
/// ledger.witnessed where they were there, the signed head as `checkpoint`, the verifier key as
/// ledger.vkey, and, last, SHA256SUMS, without which a backup is none; in the vault's folder
/// vault.db and SHA256SUMS. Neither lock store nor signing key is copied: an old head of the one in
/// place of the newest would hide what was signed since, and the other never changes.
///
/// Errors: kRefused if a folder holds anything, or one lies in the other; kCorruption if the copy
/// does not hold, naming the first problem; kNotFound, kUnavailable. After an error what was
/// written is left, and is no backup.
[[nodiscard]] Result<Backup> write_backup(const BackupSource& source, const BackupTarget& target,
                                          const BackupProgress& progress);

}  // namespace tidewaiter
