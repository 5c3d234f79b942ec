#include "storage/backup/restore.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "storage/backup/database_copy.h"
#include "storage/backup/report_copy.h"
#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/fsck/judged_place.h"
#include "storage/fsck/payload_check.h"
#include "storage/fsck/vault_check.h"
#include "storage/ledger/creation.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/signer.h"
#include "storage/records/record_log.h"
#include "storage/sqlite/sqlite_file.h"
#include "storage/verify/verify.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMarkerMode = 0600;
constexpr std::size_t kMostSumsBytes = std::size_t{1} << 20U;

/// A backup that has been looked at: what it is put back from.
struct CheckedBackup {
  std::unique_ptr<Ledger> ledger;
  TreeHead copied;  ///< of all entries in it, signed or not
  std::optional<Vault> vault;
  std::vector<std::string> gaps;  ///< of the exhibits and the issued reports
};

/// Holds each file of a backup against its line of SHA256SUMS, which must have one for `needed`.
Result<void> check_sums(const fs::path& folder, std::string_view needed) {
  const Result<std::string> sums = read_whole_file(folder / "SHA256SUMS", kMostSumsBytes);
  if (!sums) {
    return fail(sums.error().code,
                "`" + folder.string() +
                    "` is no backup, which ends with its SHA256SUMS: " + sums.error().message);
  }
  bool has_needed = false;
  std::istringstream lines(*sums);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blanks = line.find("  ");
    const std::string name = blanks == std::string::npos ? line : line.substr(blanks + 2);
    const Result<std::string> now = sum_line(folder, name);
    if (!now) return tl::unexpected(now.error());
    if (*now != line + "\n") {
      return fail(ErrorCode::kCorruption,
                  "`" + (folder / name).string() + "` is not what its line of SHA256SUMS says");
    }
    has_needed = has_needed || name == needed;
  }
  if (has_needed) return {};
  return fail(ErrorCode::kCorruption, "SHA256SUMS of `" + folder.string() + "` has no line for `" +
                                          std::string(needed) + "`");
}

/// The record log of a backup, if it has one: whole, and the one that was judged. Says how many
/// entries it has.
Result<std::optional<std::int64_t>> check_records(const fs::path& file, const Ledger& former) {
  const Result<bool> there = is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return std::nullopt;
  const auto records = RecordLog::open(file, RecordLog::Mode::kReadOnly);
  if (!records) return tl::unexpected(records.error());
  if (auto whole = (*records)->check(); !whole) return tl::unexpected(whole.error());
  const Result<Ledger::Position> judged = former.position();
  if (!judged) return tl::unexpected(judged.error());
  if (auto fits = check_judged_place(**records, *judged); !fits) {
    return tl::unexpected(fits.error());
  }
  const Result<LogOffset> head = (*records)->head();
  if (!head) return tl::unexpected(head.error());
  return head->seq;
}

/// The vault of a backup, from whose keys all derives that the ledger discloses.
Result<Vault> open_vault(const RestoreSource& source) {
  const fs::path file = *source.vault / "vault.db";
  if (auto whole = check_sums(*source.vault, "vault.db"); !whole) {
    return tl::unexpected(whole.error());
  }
  const auto wrapped = Vault::wrapped_by(file);
  if (!wrapped) return tl::unexpected(wrapped.error());
  Result<Vault> vault = Vault::open_read_only(file, *wrapped ? source.vault_key : fs::path());
  if (!vault) return vault;
  if (auto derived = check_derivations(source.folder / "ledger.db", *vault); !derived) {
    return fail(derived.error().code,
                "the keys in `" + file.string() +
                    "` are not those of this backup: " + derived.error().message);
  }
  return vault;
}

Result<CheckedBackup> check_backup(const RestoreSource& source) {
  const fs::path& folder = source.folder;
  if (auto whole = check_sums(folder, "ledger.db"); !whole) return tl::unexpected(whole.error());
  const Result<std::string> key = read_verifier_key_line(folder / "ledger.vkey");
  if (!key) return tl::unexpected(key.error());
  const VerifyReport report = verify_ledger({folder / "ledger.db", std::nullopt, *key});
  if (!report.ok()) {
    return fail(ErrorCode::kCorruption,
                "the ledger of the backup does not hold: " + report.problems.front().message);
  }
  CheckedBackup backup;
  backup.copied = report.head;
  LedgerPaths paths;
  paths.database = folder / "ledger.db";
  auto ledger = Ledger::open(paths, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  backup.ledger = std::move(*ledger);
  // A backup of before has none; of one that has, the files stay where they are, as words do.
  // One that was lost before the backup is no reason not to put the rest back.
  auto gaps = payload_problems(paths, folder / "payloads", false);
  if (!gaps) return tl::unexpected(gaps.error());
  backup.gaps = std::move(*gaps);
  const auto lost = report_gaps(*backup.ledger, folder / "reports");
  if (!lost) return tl::unexpected(lost.error());
  backup.gaps.insert(backup.gaps.end(), lost->begin(), lost->end());
  if (!source.vault) return backup;
  Result<Vault> vault = open_vault(source);
  if (!vault) return tl::unexpected(vault.error());
  backup.vault = std::move(*vault);
  return backup;
}

/// The head that a lock store holds, signed by the former ledger's key.
Result<Checkpoint> locked_head(const fs::path& lock, const Ledger& former) {
  const auto store = LockStore::open(lock, former.origin());
  if (!store) return tl::unexpected(store.error());
  const Result<NumberedNote> held = store->head();
  if (!held) return tl::unexpected(held.error());
  const Result<VerifierKey> key = parse_verifier_key(former.verifier_key());
  if (!key) return tl::unexpected(key.error());
  Result<Checkpoint> head = open_checkpoint(held->note, *key);
  if (head) return head;
  return fail(ErrorCode::kRefused, "the head in `" + lock.string() +
                                       "` is not the former ledger's: " + head.error().message);
}

/// Whether a head is one of the ledger in the backup, as far as that goes.
Result<bool> is_of_history(const TreeHead& head, const CheckedBackup& backup) {
  if (head.size > backup.copied.size) return true;
  const auto proof = backup.ledger->consistency_proof(head.size, backup.copied.size);
  if (!proof) return tl::unexpected(proof.error());
  return verify_consistency(head.size, head.root, backup.copied.size, backup.copied.root, *proof);
}

/// The last head of the former ledger that anything here shows.
Result<Checkpoint> last_known_head(const RestoreSource& source, const CheckedBackup& backup) {
  const Result<std::optional<Checkpoint>> own = backup.ledger->signed_head();
  if (!own) return tl::unexpected(own.error());
  if (!*own) return fail(ErrorCode::kCorruption, "the ledger of the backup has no signed head");
  if (!source.lock) return **own;
  Result<Checkpoint> locked = locked_head(*source.lock, *backup.ledger);
  if (!locked) return locked;
  const Result<bool> same = is_of_history(locked->head, backup);
  if (!same) return tl::unexpected(same.error());
  if (!*same) {
    return fail(ErrorCode::kRefused, "the head in `" + source.lock->string() +
                                         "` is of another history than the backup: one of them is "
                                         "not of this ledger");
  }
  return locked->head.size > (*own)->head.size ? *locked : **own;
}

/// The files that a restore makes, but for what SQLite keeps beside them.
std::vector<fs::path> parts_of(const RestoreTarget& target) {
  const LedgerPaths& ledger = target.ledger;
  return {ledger.database, ledger.lock,   ledger.key, verifier_key_file(ledger.key),
          ledger.vault,    target.records};
}

/// Names what lies where the state is to be, if anything does.
Result<void> require_nothing(const RestoreTarget& target) {
  std::vector<fs::path> all = parts_of(target);
  all.insert(all.end(), target.others.begin(), target.others.end());
  for (const fs::path& part : all) {
    const Result<bool> there = is_there(part);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    return fail(ErrorCode::kRefused,
                "`" + part.string() +
                    "` is there: move what is left of the former state away; nothing was changed");
  }
  return {};
}

/// What a restore that was killed has made is no older than its mark. Anything else is of a former
/// state: a volume that was not there the first time, say.
Result<void> require_own(const RestoreTarget& target) {
  std::error_code failure;
  const auto began = fs::last_write_time(target.restoring, failure);
  for (const fs::path& part : parts_of(target)) {
    const Result<bool> there = is_there(part);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    const auto changed = fs::last_write_time(part, failure);
    if (!failure && changed >= began) continue;
    return fail(ErrorCode::kRefused, "`" + part.string() +
                                         "` is older than the restore that has not ended: move it "
                                         "away, it is of another state; nothing was removed");
  }
  return {};
}

Result<void> remove_records(const fs::path& records) {
  for (const std::string_view suffix : kSqliteSuffixes) {
    if (auto gone = remove_file(records.string() + std::string(suffix)); !gone) return gone;
  }
  return {};
}

/// Begins, or begins again after a restore that was killed.
Result<void> begin(const RestoreTarget& target) {
  const Result<bool> again = is_there(target.restoring);
  if (!again) return tl::unexpected(again.error());
  if (!*again) {
    if (auto empty = require_nothing(target); !empty) return empty;
    return create_file(target.restoring, kMarkerMode, "");
  }
  if (auto own = require_own(target); !own) return own;
  if (auto removed = remove_unfinished(target.ledger); !removed) return removed;
  return remove_records(target.records);
}

/// Copies what the new state has from the backup.
Result<void> fill(const RestoreSource& source, const RestoreTarget& target,
                  const CheckedBackup& backup, Restored& done, const BackupProgress& progress) {
  if (done.records) {
    progress("copy records.db");
    const auto copied = copy_database(source.folder / "records.db", target.records, "record log");
    if (!copied) return copied;
    const auto same = check_records(target.records, *backup.ledger);
    if (!same) return tl::unexpected(same.error());
  }
  if (!backup.vault) return {};
  progress("take over the keys of subjects");
  Result<Vault> vault = Vault::open(target.ledger.vault, target.ledger.vault_key);
  if (!vault) return tl::unexpected(vault.error());
  const Result<std::int64_t> keys = vault->take_over(*backup.vault);
  if (!keys) return tl::unexpected(keys.error());
  done.keys = *keys;
  return {};
}

Result<void> end(const RestoreTarget& target) {
  if (auto gone = remove_file(target.restoring); !gone) return gone;
  return sync_folder(target.restoring.parent_path());
}

}  // namespace

Result<Restored> restore_backup(const RestoreSource& source, const RestoreTarget& target,
                                UtcTime now, const BackupProgress& progress) {
  progress("verify the backup");
  const Result<CheckedBackup> backup = check_backup(source);
  if (!backup) return tl::unexpected(backup.error());
  const Result<Checkpoint> last = last_known_head(source, *backup);
  if (!last) return tl::unexpected(last.error());
  Restored done;
  done.former = *last;
  done.gaps = backup->gaps;
  done.kept = std::min(backup->copied.size, last->head.size);
  const auto records = check_records(source.folder / "records.db", *backup->ledger);
  if (!records) return tl::unexpected(records.error());
  done.records = *records;
  const FormerLedger former{last->note, backup->ledger->verifier_key(), done.kept, target.reason};
  if (auto head = former_head(former, target.origin); !head) {
    return fail(ErrorCode::kRefused, head.error().message + "; nothing was changed");
  }
  if (auto begun = begin(target); !begun) return tl::unexpected(begun.error());
  progress("make the new ledger");
  if (auto made = Ledger::create(target.ledger, target.origin, now, former); !made) {
    return tl::unexpected(made.error());
  }
  if (auto filled = fill(source, target, *backup, done, progress); !filled) {
    return tl::unexpected(filled.error());
  }
  const Result<std::string> key = read_verifier_key_line(verifier_key_file(target.ledger.key));
  if (!key) return tl::unexpected(key.error());
  done.verifier_key = *key;
  if (auto ended = end(target); !ended) return tl::unexpected(ended.error());
  return done;
}

}  // namespace tidewaiter
