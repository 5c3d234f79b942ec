#include "storage/backup/backup.h"

#include <cerrno>
#include <initializer_list>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "storage/backup/database_copy.h"
#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/fsck/judged_place.h"
#include "storage/records/record_log.h"
#include "storage/verify/verify.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kOwnerWrites = 0600;

Result<void> make_empty_folder(const fs::path& folder) {
  std::error_code failure;
  if (::mkdir(folder.c_str(), kOwnerOnly) == 0) return sync_folder(folder.parent_path());
  const int reason = errno;
  if (fs::is_directory(folder, failure) && fs::is_empty(folder, failure)) return {};
  if (fs::exists(folder, failure)) {
    return fail(ErrorCode::kRefused, "`" + folder.string() +
                                         "` is not an empty folder, and nothing was written to it: "
                                         "a backup goes into a new one");
  }
  return fail(ErrorCode::kUnavailable, "cannot make the folder `" + folder.string() +
                                           "`: " + std::generic_category().message(reason));
}

/// Ends a folder: until this file is there, it is not a backup.
Result<void> write_sums(const fs::path& folder, std::initializer_list<const char*> names) {
  std::string sums;
  for (const char* name : names) {
    const Result<bool> there = is_there(folder / name);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    const Result<std::string> line = sum_line(folder / name);
    if (!line) return tl::unexpected(line.error());
    sums += *line;
  }
  return create_file(folder / "SHA256SUMS", kOwnerWrites, sums);
}

Result<void> copy_vault(const BackupSource& source, const BackupTarget& target) {
  if (!target.vault) return {};
  if (auto made = make_empty_folder(*target.vault); !made) return made;
  if (auto copied =
          copy_database(source.ledger.vault, *target.vault / "vault.db", kVaultIdentity.what);
      !copied) {
    return copied;
  }
  return write_sums(*target.vault, {"vault.db"});
}

Result<void> copy_records(const BackupSource& source, const BackupTarget& target) {
  const Result<bool> there = is_there(source.records);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  return copy_database(source.records, target.folder / "records.db", "record log");
}

/// The ledger in the copy. The files beside it are not opened for reading.
Result<std::unique_ptr<Ledger>> open_copy(const BackupSource& source, const BackupTarget& target) {
  LedgerPaths paths = source.ledger;
  paths.database = target.folder / "ledger.db";
  return Ledger::open(paths, Ledger::Mode::kReadOnly);
}

Result<void> verify_copy(const Ledger& ledger, const BackupTarget& target, Backup& backup) {
  const VerifyReport report =
      verify_ledger({target.folder / "ledger.db", std::nullopt, ledger.verifier_key()});
  backup.head = report.head;
  if (report.ok()) return {};
  return fail(ErrorCode::kCorruption, "the copy of the ledger does not hold, and is no backup: " +
                                          report.problems.front().message +
                                          "; see `tidewaiter ledger verify`");
}

Result<void> check_records(const Ledger& ledger, const BackupTarget& target, Backup& backup) {
  const fs::path path = target.folder / "records.db";
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  const auto records = RecordLog::open(path, RecordLog::Mode::kReadOnly);
  if (!records) return tl::unexpected(records.error());
  const Result<LogOffset> head = (*records)->head();
  if (!head) return tl::unexpected(head.error());
  backup.records = head->seq;
  const Result<Ledger::Position> judged = ledger.position();
  if (!judged) return tl::unexpected(judged.error());
  return check_judged_place(**records, *judged);
}

/// What was copied is looked at before it is called a backup.
Result<Backup> finish(const BackupSource& source, const BackupTarget& target) {
  const auto ledger = open_copy(source, target);
  if (!ledger) return tl::unexpected(ledger.error());
  Backup backup;
  if (auto whole = verify_copy(**ledger, target, backup); !whole) {
    return tl::unexpected(whole.error());
  }
  if (auto fits = check_records(**ledger, target, backup); !fits) {
    return tl::unexpected(fits.error());
  }
  Result<std::optional<Checkpoint>> head = (*ledger)->signed_head();
  if (!head) return tl::unexpected(head.error());
  if (!*head) return fail(ErrorCode::kCorruption, "the copy of the ledger has no signed head");
  backup.checkpoint = std::move(**head);
  const fs::path& folder = target.folder;
  auto put = create_file(folder / "checkpoint", kOwnerWrites, backup.checkpoint.note);
  if (put) {
    put = create_file(folder / "ledger.vkey", kOwnerWrites, (*ledger)->verifier_key() + "\n");
  }
  if (put) put = write_sums(folder, {"ledger.db", "records.db", "checkpoint", "ledger.vkey"});
  if (!put) return tl::unexpected(put.error());
  return backup;
}

}  // namespace

Result<Backup> write_backup(const BackupSource& source, const BackupTarget& target,
                            const BackupProgress& progress) {
  if (auto made = make_empty_folder(target.folder); !made) return tl::unexpected(made.error());
  progress("copy ledger.db");
  auto copied = copy_database(source.ledger.database, target.folder / "ledger.db", "ledger");
  if (copied) {
    progress("copy vault.db");
    copied = copy_vault(source, target);
  }
  if (copied) {
    progress("copy records.db");
    copied = copy_records(source, target);
  }
  if (!copied) return tl::unexpected(copied.error());
  progress("verify the copy");
  return finish(source, target);
}

}  // namespace tidewaiter
