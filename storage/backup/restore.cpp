#include "storage/backup/restore.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "storage/backup/database_copy.h"
#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/fsck/judged_place.h"
#include "storage/ledger/creation.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/signed_note.h"
#include "storage/records/record_log.h"
#include "storage/sqlite/sqlite_file.h"
#include "storage/verify/verify.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMarkerMode = 0600;
constexpr std::size_t kMostSumsBytes = std::size_t{1} << 20U;

/// The ledger of a backup, which has been verified, and its head.
struct FormerPart {
  std::unique_ptr<Ledger> ledger;
  TreeHead head;  ///< of all entries in the copy, signed or not
};

/// Holds each file of a backup against its line of SHA256SUMS.
Result<void> check_sums(const fs::path& folder) {
  const Result<std::string> sums = read_whole_file(folder / "SHA256SUMS", kMostSumsBytes);
  if (!sums) {
    return fail(sums.error().code, "`" + folder.string() +
                                       "` is no backup, which ends with its "
                                       "SHA256SUMS: " +
                                       sums.error().message);
  }
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
  }
  return {};
}

Result<FormerPart> open_former(const fs::path& folder) {
  if (auto whole = check_sums(folder); !whole) return tl::unexpected(whole.error());
  const Result<std::string> key = read_verifier_key_line(folder / "ledger.vkey");
  if (!key) return tl::unexpected(key.error());
  const VerifyReport report = verify_ledger({folder / "ledger.db", std::nullopt, *key});
  if (!report.ok()) {
    return fail(ErrorCode::kCorruption,
                "the ledger of the backup does not hold: " + report.problems.front().message);
  }
  LedgerPaths paths;
  paths.database = folder / "ledger.db";
  auto ledger = Ledger::open(paths, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  return FormerPart{std::move(*ledger), report.head};
}

/// The head that a lock store holds, signed by the former ledger's key.
Result<Checkpoint> locked_head(const fs::path& lock, const Ledger& former) {
  const auto store = LockStore::open(lock, former.origin());
  if (!store) return tl::unexpected(store.error());
  const Result<NumberedNote> held = store->head();
  if (!held) return tl::unexpected(held.error());
  const Result<VerifierKey> key = parse_verifier_key(former.verifier_key());
  if (!key) return tl::unexpected(key.error());
  const Result<SignedNote> note = verify_note(held->note, {&*key, 1});
  if (!note) {
    return fail(ErrorCode::kRefused, "the head in `" + lock.string() +
                                         "` is not the former ledger's: " + note.error().message);
  }
  Result<Checkpoint> head = parse_checkpoint_body(note->text);
  if (head) head->note = held->note;
  return head;
}

/// The last head of the former ledger that anything here shows.
Result<Checkpoint> last_known_head(const RestoreSource& source, const FormerPart& former) {
  const Result<std::optional<Checkpoint>> own = former.ledger->signed_head();
  if (!own) return tl::unexpected(own.error());
  if (!*own) return fail(ErrorCode::kCorruption, "the ledger of the backup has no signed head");
  if (!source.lock) return **own;
  Result<Checkpoint> locked = locked_head(*source.lock, *former.ledger);
  if (!locked) return locked;
  if (locked->head.size == former.head.size && locked->head.root != former.head.root) {
    return fail(ErrorCode::kRefused, "`" + source.lock->string() +
                                         "` holds another head than the backup's of its size: they "
                                         "are of two histories, and one of them is no backup");
  }
  return locked->head.size > (*own)->head.size ? *locked : **own;
}

/// Names what lies where the state is to be, if anything does.
Result<void> require_nothing(const RestoreTarget& target) {
  const LedgerPaths& ledger = target.ledger;
  for (const fs::path& part : {ledger.database, ledger.lock, ledger.key, ledger.vault,
                               verifier_key_file(ledger.key), target.records}) {
    const Result<bool> there = is_there(part);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    return fail(ErrorCode::kRefused,
                "`" + part.string() +
                    "` is there: move what is left of the former state away; nothing was changed");
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
  if (auto removed = remove_unfinished(target.ledger); !removed) return removed;
  for (const std::string_view suffix : kSqliteSuffixes) {
    std::error_code failure;
    fs::remove(target.records.string() + std::string(suffix), failure);
    if (failure) {
      return fail(ErrorCode::kUnavailable,
                  "cannot remove `" + target.records.string() + "`: " + failure.message());
    }
  }
  return {};
}

Result<std::optional<std::int64_t>> put_records(const RestoreSource& source,
                                                const RestoreTarget& target, const Ledger& former) {
  const fs::path from = source.folder / "records.db";
  const Result<bool> there = is_there(from);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return std::nullopt;
  if (auto copied = copy_database(from, target.records, "record log"); !copied) {
    return tl::unexpected(copied.error());
  }
  const auto records = RecordLog::open(target.records, RecordLog::Mode::kReadOnly);
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

Result<std::optional<std::int64_t>> put_keys(const RestoreSource& source,
                                             const RestoreTarget& target) {
  if (!source.vault) return std::nullopt;
  if (auto whole = check_sums(*source.vault); !whole) return tl::unexpected(whole.error());
  const Result<Vault> former = Vault::open_read_only(*source.vault / "vault.db", source.vault_key);
  if (!former) return tl::unexpected(former.error());
  Result<Vault> vault = Vault::open(target.ledger.vault, target.ledger.vault_key);
  if (!vault) return tl::unexpected(vault.error());
  const Result<std::int64_t> keys = vault->take_over(*former);
  if (!keys) return tl::unexpected(keys.error());
  return *keys;
}

Result<void> end(const RestoreTarget& target) {
  std::error_code failure;
  fs::remove(target.restoring, failure);
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot remove `" + target.restoring.string() + "`: " + failure.message());
  }
  return sync_folder(target.restoring.parent_path());
}

}  // namespace

Result<Restored> restore_backup(const RestoreSource& source, const RestoreTarget& target,
                                UtcTime now, const BackupProgress& progress) {
  progress("verify the backup");
  const Result<FormerPart> former = open_former(source.folder);
  if (!former) return tl::unexpected(former.error());
  const Result<Checkpoint> last = last_known_head(source, *former);
  if (!last) return tl::unexpected(last.error());
  Restored done;
  done.former = *last;
  done.kept = std::min(former->head.size, last->head.size);
  const FormerLedger statement{last->note, former->ledger->verifier_key(), done.kept,
                               target.reason};
  if (auto head = former_head(statement, target.origin); !head) {
    return fail(ErrorCode::kRefused, head.error().message + "; nothing was changed");
  }
  if (auto begun = begin(target); !begun) return tl::unexpected(begun.error());
  progress("make the new ledger");
  if (auto made = Ledger::create(target.ledger, target.origin, now, statement); !made) {
    return tl::unexpected(made.error());
  }
  progress("copy records.db");
  auto records = put_records(source, target, *former->ledger);
  if (!records) return tl::unexpected(records.error());
  done.records = *records;
  progress("take over the keys of subjects");
  auto keys = put_keys(source, target);
  if (!keys) return tl::unexpected(keys.error());
  done.keys = *keys;
  const Result<std::string> key = read_verifier_key_line(verifier_key_file(target.ledger.key));
  if (!key) return tl::unexpected(key.error());
  done.verifier_key = *key;
  if (auto ended = end(target); !ended) return tl::unexpected(ended.error());
  return done;
}

}  // namespace tidewaiter
