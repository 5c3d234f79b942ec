#pragma once

#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "policies/model/record_json.h"
#include "storage/records/partitions.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// A row of the page table.
struct StoredPage {
  std::int64_t first_seq = 0;
  std::int64_t last_seq = 0;
  bool backfill = false;
  Digest log_hash;
};

/// Reads pages back. Works inside the caller's read transaction; SQLite::Exception passes through.
class PageReader {
 public:
  PageReader(SQLite::Database& db, Partitions& partitions, RecordJsonReader& reader)
      : db_(db), partitions_(partitions), reader_(reader) {}

  /// The first page that begins after `seq`, or nothing.
  [[nodiscard]] std::optional<StoredPage> page_after(std::int64_t seq) const;
  /// The page that holds entry `seq`, or nothing.
  [[nodiscard]] std::optional<StoredPage> page_of(std::int64_t seq) const;

  /// The first day that the log still holds, 0 if none was dropped: as `meta` says, which must be
  /// what the last RecordsDropped entry says. Errors: kCorruption.
  [[nodiscard]] Result<Day> first_kept_day() const;

  /// Holds every row of `partition` against first_kept_day(). Errors: kCorruption naming the day.
  [[nodiscard]] Result<void> check_partitions() const;

  /// One place a sequence number of the page, in order; without a value where retention dropped the
  /// entry's day. Errors: kCorruption naming an entry that should be there and is not, a page that
  /// holds more than a page may, or a day that is gone without an entry that says so.
  struct Stored {
    StoredRecord row;        ///< of a control entry: seq, hash and body alone
    std::optional<Day> day;  ///< absent: a control entry
  };
  [[nodiscard]] Result<std::vector<std::optional<Stored>>> stored(const StoredPage& page) const;

  /// The running hash before a page, as the page in front keeps it.
  [[nodiscard]] Digest hash_before(const StoredPage& page) const;

  /// Recomputes the running hash over a page's entries from `previous`, the hash before it, and
  /// compares each with what is stored. A hash behind a dropped entry is taken on trust.
  /// Errors: kCorruption naming the page and the first entry that differs.
  [[nodiscard]] static Result<void> check_chain(const StoredPage& page,
                                                const std::vector<std::optional<Stored>>& places,
                                                const Digest& previous);

  /// Whether it is the note of an erasure (erasure_note.h), which is no entry for evaluation.
  [[nodiscard]] static bool is_note(const Stored& stored);

  /// Makes a log entry of a stored one that is no note, with the version that it replaces. The
  /// columns must say what the body says. Errors: kCorruption.
  [[nodiscard]] Result<LogEntry> to_entry(const Stored& stored, bool backfill) const;

  /// Checks a page against `previous`, the running hash before it. Errors: kCorruption naming the
  /// first entry that differs.
  [[nodiscard]] Result<void> check(const StoredPage& page, const Digest& previous) const;

 private:
  [[nodiscard]] Result<LogEntry> to_record_entry(const Stored& stored, bool backfill) const;

  SQLite::Database& db_;
  Partitions& partitions_;
  RecordJsonReader& reader_;
  mutable std::optional<Day> kept_from_;  // the last that was found to be what an entry says
};

}  // namespace tidewaiter
