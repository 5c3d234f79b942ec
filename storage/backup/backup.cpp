#include "storage/backup/backup.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "storage/backup/database_copy.h"
#include "storage/backup/exhibit_copy.h"
#include "storage/backup/report_copy.h"
#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/fsck/judged_place.h"
#include "storage/fsck/vault_check.h"
#include "storage/ledger/ledger_in_file.h"
#include "storage/records/record_log.h"
#include "storage/timestamp/timestamp_folder.h"
#include "storage/verify/verify.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kOwnerWrites = 0600;
constexpr const char* kTimestamps = "timestamps";
constexpr const char* kWitnessed = "ledger.witnessed";
constexpr const char* kReports = "reports";
constexpr const char* kIncoming = "incoming";
constexpr const char* kRefused = "refused";
constexpr std::size_t kMaxWitnessedBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxActBytes = std::size_t{16} << 20U;

/// Whether `inner` is `outer` or lies below it, whatever of them is there yet.
bool lies_in(const fs::path& inner, const fs::path& outer) {
  std::error_code failure;
  const fs::path way =
      fs::weakly_canonical(inner, failure).lexically_relative(fs::weakly_canonical(outer, failure));
  return !failure && !way.empty() && *way.begin() != "..";
}

/// Who has both can undo an erasure.
Result<void> keep_apart(const BackupTarget& target) {
  const bool apart = !target.vault || (!lies_in(*target.vault, target.folder) &&
                                       !lies_in(target.folder, *target.vault));
  if (apart) return {};
  return fail(ErrorCode::kRefused,
              "of `" + target.folder.string() + "` and `" + target.vault->string() +
                  "` one lies in the other, and nothing was written: name a folder apart for the "
                  "keys of subjects, which go into other hands");
}

/// The folder that holds the name, which may have a slash behind it.
fs::path folder_above(const fs::path& folder) {
  return folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
}

Result<void> make_empty_folder(const fs::path& folder) {
  std::error_code failure;
  if (::mkdir(folder.c_str(), kOwnerOnly) == 0) return sync_folder(folder_above(folder));
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

/// All files below a folder, by their ways from it.
Result<std::vector<std::string>> files_below(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::recursive_directory_iterator file(folder, failure), end; !failure && file != end;
       file.increment(failure)) {
    if (file->is_regular_file(failure)) {
      names.push_back(file->path().lexically_relative(folder).generic_string());
    }
  }
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot look into `" + folder.string() + "`: " + failure.message());
  }
  std::ranges::sort(names);
  return names;
}

/// Ends a folder: until this file is there, it is not a backup.
Result<void> write_sums(const fs::path& folder) {
  const auto names = files_below(folder);
  if (!names) return tl::unexpected(names.error());
  std::string sums;
  for (const std::string& name : *names) {
    const Result<std::string> line = sum_line(folder, name);
    if (!line) return tl::unexpected(line.error());
    sums += *line;
  }
  return create_file(folder / "SHA256SUMS", kOwnerWrites, sums);
}

Result<void> copy_vault(const BackupSource& source, const BackupTarget& target) {
  if (!target.vault) return {};
  if (auto made = make_empty_folder(*target.vault); !made) return made;
  return copy_database(source.ledger.vault, *target.vault / "vault.db", kVaultIdentity.what);
}

/// What others said about heads that the ledger has signed.
Result<void> copy_testimony(const BackupSource& source, const BackupTarget& target) {
  const auto tokens =
      TimestampFolder(source.timestamps)
          .copy_to(target.folder / kTimestamps, std::numeric_limits<std::int64_t>::max());
  if (!tokens) return tl::unexpected(tokens.error());
  const Result<std::string> note = read_whole_file(source.witnessed, kMaxWitnessedBytes);
  if (note) return create_file(target.folder / kWitnessed, kOwnerWrites, *note);
  if (note.error().code == ErrorCode::kNotFound) return {};
  return tl::unexpected(note.error());
}

/// The files of one folder; there need be none.
Result<void> copy_acts_of(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  for (fs::directory_iterator it(from, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (!it->is_regular_file(failure) || it->is_symlink(failure)) continue;
    const Result<std::string> bytes = read_whole_file(it->path(), kMaxActBytes);
    // One that was put away since the folder was listed is met in the folder where it lies now, and
    // what is longer than an act can be is none.
    const bool none = !bytes && (bytes.error().code == ErrorCode::kNotFound ||
                                 bytes.error().code == ErrorCode::kInvalidInput);
    if (none) continue;
    if (!bytes) return tl::unexpected(bytes.error());
    if (auto put = place_file(to / it->path().filename(), kOwnerWrites, *bytes); !put) return put;
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + from.string() + "`: " + failure.message());
  }
  return {};
}

/// What waits comes first: it only ever moves on to what was taken in.
Result<void> copy_acts(const BackupSource& source, const BackupTarget& target) {
  const Result<bool> there = is_there(source.acts);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  const fs::path to = target.folder / "acts";
  for (const fs::path& folder : {to, to / kIncoming, to / kRefused}) {
    if (auto made = make_empty_folder(folder); !made) return made;
  }
  for (const char* const part : {kIncoming, kRefused}) {
    if (auto done = copy_acts_of(source.acts / part, to / part); !done) return done;
  }
  return copy_acts_of(source.acts, to);
}

Result<void> copy_records(const BackupSource& source, const BackupTarget& target) {
  const Result<bool> there = is_there(source.records);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  return copy_database(source.records, target.folder / "records.db", "record log");
}

/// Tables on a server go into a file of their moment first.
Result<void> copy_ledger(const BackupSource& source, const BackupTarget& target) {
  const Result<LedgerInFile> file = LedgerInFile::of(source.ledger);
  if (!file) return tl::unexpected(file.error());
  return copy_database(file->paths().database, target.folder / "ledger.db", "ledger");
}

/// Where the ledger in the copy lies, with the files beside it that are not copied.
LedgerPaths paths_of_copy(const BackupSource& source, const BackupTarget& target) {
  LedgerPaths paths = source.ledger;
  paths.server = nullptr;
  paths.database = target.folder / "ledger.db";
  return paths;
}

/// The ledger in the copy. The files beside it are not opened for reading.
Result<std::unique_ptr<Ledger>> open_copy(const BackupSource& source, const BackupTarget& target) {
  return Ledger::open(paths_of_copy(source, target), Ledger::Mode::kReadOnly);
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
  if (auto whole = (*records)->check(); !whole) {
    return fail(whole.error().code,
                "the copy of the records is no backup: " + whole.error().message);
  }
  const Result<LogOffset> head = (*records)->head();
  if (!head) return tl::unexpected(head.error());
  backup.records = head->seq;
  const Result<Ledger::Position> judged = ledger.position();
  if (!judged) return tl::unexpected(judged.error());
  return check_judged_place(**records, *judged);
}

/// Other keys than the ledger's would prove nothing; a subject that was erased between the two
/// copies has its key in none, and its words in the ledger's.
Result<void> check_keys(const BackupSource& source, const BackupTarget& target) {
  if (!target.vault) return {};
  LedgerPaths paths = paths_of_copy(source, target);
  paths.vault = *target.vault / "vault.db";
  StateReport report;
  const bool compared = check_vault(
      paths, [](std::int64_t) {}, report);
  if (compared && report.problems.empty()) return {};
  const std::string& fault =
      report.problems.empty() ? report.notes.front() : report.problems.front().message;
  return fail(ErrorCode::kCorruption,
              "the copy of the vault is no backup: " + fault +
                  "; if a subject was erased meanwhile, begin again in new folders, or else see "
                  "`tidewaiter ledger fsck`");
}

/// What was copied is looked at before it is called a backup.
Result<Backup> finish(const BackupSource& source, const BackupTarget& target,
                      const ExhibitCopy& exhibits) {
  const auto ledger = open_copy(source, target);
  if (!ledger) return tl::unexpected(ledger.error());
  Backup backup;
  if (auto whole = verify_copy(**ledger, target, backup); !whole) {
    return tl::unexpected(whole.error());
  }
  if (auto fits = check_records(**ledger, target, backup); !fits) {
    return tl::unexpected(fits.error());
  }
  if (auto fits = check_keys(source, target); !fits) return tl::unexpected(fits.error());
  LedgerPaths paths = paths_of_copy(source, target);
  if (target.vault) paths.vault = *target.vault / "vault.db";
  Result<std::vector<std::string>> gaps = exhibits.gaps(paths, target.vault.has_value());
  if (!gaps) return tl::unexpected(gaps.error());
  backup.gaps = std::move(*gaps);
  if (!source.reports.empty()) {
    const auto lost = report_gaps(**ledger, target.folder / kReports);
    if (!lost) return tl::unexpected(lost.error());
    backup.gaps.insert(backup.gaps.end(), lost->begin(), lost->end());
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
  if (put && target.vault) put = write_sums(*target.vault);
  if (put) put = write_sums(folder);
  if (!put) return tl::unexpected(put.error());
  return backup;
}

}  // namespace

Result<Backup> write_backup(const BackupSource& source, const BackupTarget& target,
                            const BackupProgress& progress) {
  if (auto apart = keep_apart(target); !apart) return tl::unexpected(apart.error());
  if (auto made = make_empty_folder(target.folder); !made) return tl::unexpected(made.error());
  ExhibitCopy exhibits(source.payloads, target.folder / "payloads");
  auto copied = exhibits.begin();
  if (copied) {
    progress("copy timestamps");
    copied = copy_testimony(source, target);
  }
  if (copied) {
    progress("copy ledger.db");
    copied = copy_ledger(source, target);
  }
  if (copied && !source.acts.empty()) {
    progress("copy acts");
    copied = copy_acts(source, target);
  }
  if (copied && !source.payloads.empty()) {
    progress("copy payloads");
    copied = exhibits.copy();
  }
  if (copied && !source.reports.empty()) {
    progress("copy reports");
    copied = copy_reports(source.reports, target.folder / kReports);
  }
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
  return finish(source, target, exhibits);
}

}  // namespace tidewaiter
