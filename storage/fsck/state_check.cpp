#include "storage/fsck/state_check.h"

#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/files/durable_file.h"
#include "storage/fsck/judged_place.h"
#include "storage/fsck/ledger_check.h"
#include "storage/fsck/leftovers.h"
#include "storage/fsck/payload_check.h"
#include "storage/fsck/vault_check.h"
#include "storage/records/record_log.h"
#include "storage/sqlite/sqlite_file.h"
#include "storage/verify/plain_text.h"
#include "storage/verify/report.h"

namespace tidewaiter {
namespace {

constexpr int kFirstPartCode = 30;  // of the key; the ledger has the verifier's codes

void refuse_records(StateReport& report, const Error& error) {
  report.problems.push_back(
      {StatePart::kRecords, plain_text(error.message),
       remedy_for(
           error,
           "put back the records.db that this ledger has judged: it cannot go on without it")});
}

/// What the ledger says itself, once the verifier has judged it.
struct LedgerWords {
  std::string verifier_key;
  Ledger::Position judged;
};

Result<LedgerWords> read_ledger(const LedgerPaths& paths) {
  const auto ledger = Ledger::open(paths, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  Result<Ledger::Position> judged = (*ledger)->position();
  if (!judged) return tl::unexpected(judged.error());
  return LedgerWords{(*ledger)->verifier_key(), std::move(*judged)};
}

Result<void> compare_records(const RecordLog& records, const Ledger::Position& judged,
                             const StateProgress& progress, StateReport& report) {
  const Result<LogOffset> head = records.head();
  if (!head) return tl::unexpected(head.error());
  report.records = head->seq;
  if (auto good = records.check([&](std::int64_t seq) { progress(StatePart::kRecords, seq); });
      !good) {
    return good;
  }
  return check_judged_place(records, judged);
}

/// A first run that was killed while it made the record log leaves it with a rollback journal, and
/// SQLite lets nobody read before that was rolled back. What fails here is told by the opening.
void roll_back(const std::filesystem::path& database) {
  std::error_code failure;
  if (const auto size = std::filesystem::file_size(database.string() + "-journal", failure);
      failure || size == 0) {
    return;
  }
  try {
    const auto writable = connect_sqlite(database, SqliteAccess::kReadWrite, "record log");
    if (writable) static_cast<void>((*writable)->execAndGet("PRAGMA schema_version"));
  } catch (const SQLite::Exception&) {
    return;
  }
}

void check_records(const StateFiles& files, const Ledger::Position& judged,
                   const StateProgress& progress, StateReport& report) {
  report.judged = judged.offset.seq;
  const Result<bool> there = is_there(files.records);
  if (!there) return refuse_records(report, there.error());
  if (!*there) {
    if (judged.offset.seq == 0) return;  // before the first pull
    return refuse_records(
        report, {ErrorCode::kNotFound, "there is no record log at `" + files.records.string() +
                                           "`, and the ledger has judged " +
                                           std::to_string(judged.offset.seq) + " of its entries"});
  }
  report.records_there = true;
  roll_back(files.records);
  const auto records = RecordLog::open(files.records, RecordLog::Mode::kReadOnly);
  if (!records && records.error().code == ErrorCode::kNotFound && judged.offset.seq == 0) {
    report.notes.push_back("`" + plain_text(files.records.string()) +
                           "` is empty: its making was cut off; the next start ends it");
    return;
  }
  if (!records) return refuse_records(report, records.error());
  if (auto same = compare_records(**records, judged, progress, report); !same) {
    refuse_records(report, same.error());
  }
}

}  // namespace

StateReport check_state(const StateFiles& files, const StateProgress& progress) {
  StateReport report;
  progress(StatePart::kLedger, 0);
  // The key that the ledger names: whether somebody else signed all of it cannot be told from what
  // lies here, and is asked with `ledger verify --key`.
  const Result<LedgerWords> words = read_ledger(files.ledger);
  VerifyReport verified = verify_ledger(
      {files.ledger.database, files.ledger.lock, words ? words->verifier_key : std::string()});
  if (!words) {
    const std::string why = plain_text(words.error().message);
    if (verified.ok()) verified.problems.push_back({VerifyFailure::kUnreadable, -1, why});
    report.notes.push_back("key and records were not compared with the ledger: " + why);
  }
  take_ledger_report(std::move(verified), report);
  if (words) check_key(files.ledger, words->verifier_key, report);
  check_vault(
      files.ledger, [&](std::int64_t index) { progress(StatePart::kVault, index); }, report);
  if (words) check_records(files, words->judged, progress, report);
  check_leftovers(files, report);
  check_payloads(
      files, [&](std::int64_t done) { progress(StatePart::kExhibits, done); }, report);
  return report;
}

std::string remedy_for(const Error& error, std::string_view put_back) {
  if (error.code == ErrorCode::kUnavailable) {
    return "see that it can be read, and check again: this says nothing about what is in it";
  }
  if (error.code == ErrorCode::kRefused) {
    return "do what the message says, if it says it; else " + std::string(put_back);
  }
  return std::string(put_back);
}

std::string_view state_part_name(StatePart part) {
  switch (part) {
    case StatePart::kLedger:
      return "ledger";
    case StatePart::kKey:
      return "key";
    case StatePart::kVault:
      return "vault";
    case StatePart::kRecords:
      return "records";
    case StatePart::kFolder:
      return "folder";
    case StatePart::kExhibits:
      break;
  }
  return "exhibits";
}

int state_exit_code(const StateReport& report) {
  if (!report.ledger.ok()) return verify_exit_code(report.ledger);
  if (report.problems.empty()) return 0;
  return kFirstPartCode + static_cast<int>(report.problems.front().part) -
         static_cast<int>(StatePart::kKey);
}

}  // namespace tidewaiter
