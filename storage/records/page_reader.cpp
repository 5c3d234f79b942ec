#include "storage/records/page_reader.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "storage/records/control_json.h"
#include "storage/records/erasure_note.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> corrupt(std::int64_t seq, const std::string& what) {
  return fail(ErrorCode::kCorruption, "record log entry " + std::to_string(seq) + ": " + what);
}

/// 9999-12-31, the last day that a record may have.
constexpr Day kLastDay = 2'932'896;

/// A page's records and the statement of what they drain.
constexpr std::int64_t kMaxPageEntries = static_cast<std::int64_t>(kMaxPageRecords) + 1;

/// What a row of `page_day` and its row of `partition` say.
struct PageDay {
  Day day = 0;
  std::int64_t records = 0;
  bool dropped = false;
};

/// Holds such rows against what the log's entries say; `kept_from` is their first kept day.
Result<void> check_day(std::int64_t seq, const PageDay& row, Day kept_from) {
  if (row.day < 0 || row.day > kLastDay || row.records < 0 || row.records > kMaxPageEntries) {
    return corrupt(seq, "its page has a day " + std::to_string(row.day) + " with " +
                            std::to_string(row.records) + " records, which no page has");
  }
  if (row.dropped == (row.day < kept_from)) return {};
  return corrupt(seq, "its page has records of " + day_text(row.day) +
                          (row.dropped ? ", a day that is marked as dropped, and no entry says so"
                                       : ", a day that an entry says was dropped"));
}

std::optional<StoredPage> step_page(SQLite::Statement& query) {
  if (!query.executeStep()) return std::nullopt;
  return StoredPage{query.getColumn(0).getInt64(), query.getColumn(1).getInt64(),
                    query.getColumn(2).getInt() != 0, column_digest(query, 3)};
}

}  // namespace

std::optional<StoredPage> PageReader::page_after(std::int64_t seq) const {
  SQLite::Statement query(db_,
                          "SELECT first_seq, last_seq, backfill, log_hash FROM page"
                          " WHERE first_seq > ?1 ORDER BY first_seq LIMIT 1");
  query.bind(1, seq);
  return step_page(query);
}

std::optional<StoredPage> PageReader::page_of(std::int64_t seq) const {
  SQLite::Statement query(db_,
                          "SELECT first_seq, last_seq, backfill, log_hash FROM page"
                          " WHERE first_seq <= ?1 ORDER BY first_seq DESC LIMIT 1");
  query.bind(1, seq);
  auto page = step_page(query);
  if (page && page->last_seq < seq) page.reset();
  return page;
}

Result<Day> PageReader::first_kept_day() const {
  const Day kept = db_.execAndGet("SELECT value FROM meta WHERE key = 'dropped_before'").getInt64();
  if (kept_from_ == kept) return kept;
  // The entry is a page of its own, so that reading that page checks all of its bytes; behind a
  // dropped record an entry could say anything. Of control entries only this one begins so.
  SQLite::Statement query(db_,
                          "SELECT c.seq, c.body FROM control c JOIN page p"
                          " ON p.first_seq = c.seq AND p.last_seq = c.seq"
                          " WHERE c.body GLOB '{\"before\":*' ORDER BY c.seq DESC LIMIT 1");
  UtcTime told;
  if (query.executeStep()) {
    const auto control = read_control_json(query.getColumn(1).getString());
    if (!control) return corrupt(query.getColumn(0).getInt64(), control.error().message);
    if (const auto* dropped = std::get_if<RecordsDropped>(&*control)) told = dropped->before;
  }
  if (kept < 0 || kept > kLastDay + 1 || told.us != kept * kDay.us) {
    return fail(ErrorCode::kCorruption,
                "the records database says that days were dropped up to day " +
                    std::to_string(kept) + " since 1970, and the entries of its log say day " +
                    std::to_string(day_of(told)));
  }
  kept_from_ = kept;
  return kept;
}

Result<void> PageReader::check_partitions() const {
  const Result<Day> kept = first_kept_day();
  if (!kept) return tl::unexpected(kept.error());
  SQLite::Statement query(db_, "SELECT day FROM partition WHERE dropped <> (day < ?1) LIMIT 1");
  query.bind(1, *kept);
  if (!query.executeStep()) return {};
  return fail(ErrorCode::kCorruption,
              "the records database says of day " + query.getColumn(0).getString() +
                  " since 1970 that it was " +
                  (query.getColumn(0).getInt64() < *kept ? "kept" : "dropped") +
                  ", which is not what the entries of its log say");
}

Result<std::vector<std::optional<PageReader::Stored>>> PageReader::stored(
    const StoredPage& page) const {
  if (page.first_seq < 1 || page.last_seq < page.first_seq ||
      page.last_seq - page.first_seq >= kMaxPageEntries) {
    return corrupt(page.first_seq, "its page is said to end at entry " +
                                       std::to_string(page.last_seq) + "; a page holds 1 to " +
                                       std::to_string(kMaxPageEntries) + " entries");
  }
  const Result<Day> kept_from = first_kept_day();
  if (!kept_from) return tl::unexpected(kept_from.error());
  // Sequence numbers are dense within a page, so each entry has its place: the days' tables and
  // the control entries merge by writing into it.
  std::vector<std::optional<Stored>> places(
      static_cast<std::size_t>(page.last_seq - page.first_seq + 1));
  const auto place = [&](std::int64_t seq) -> std::optional<Stored>& {
    return places[static_cast<std::size_t>(seq - page.first_seq)];
  };
  std::int64_t expected = 0;
  SQLite::Statement days(db_,
                         "SELECT d.day, d.records, p.dropped FROM page_day d JOIN partition p"
                         " ON p.day = d.day WHERE d.first_seq = ?1 ORDER BY d.day");
  days.bind(1, page.first_seq);
  while (days.executeStep()) {
    const PageDay said{days.getColumn(0).getInt64(), days.getColumn(1).getInt64(),
                       days.getColumn(2).getInt() != 0};
    if (auto good = check_day(page.first_seq, said, *kept_from); !good) {
      return tl::unexpected(std::move(good.error()));
    }
    if (said.dropped) {
      expected -= said.records;
      continue;
    }
    const Day day = said.day;
    partitions_.range(day, page.first_seq, page.last_seq, [&](StoredRecord&& row) {
      std::optional<Stored>& there = place(row.seq);
      there = Stored{std::move(row), day};
    });
  }
  SQLite::Statement controls(db_,
                             "SELECT seq, hash, body FROM control WHERE seq BETWEEN ?1 AND ?2");
  controls.bind(1, page.first_seq);
  controls.bind(2, page.last_seq);
  while (controls.executeStep()) {
    StoredRecord row;
    row.seq = controls.getColumn(0).getInt64();
    row.hash = column_digest(controls, 1);
    row.body = controls.getColumn(2).getString();
    std::optional<Stored>& there = place(row.seq);
    there = Stored{std::move(row), std::nullopt};
  }
  expected += static_cast<std::int64_t>(places.size());
  std::int64_t first_missing = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i]) {
      --expected;
    } else if (first_missing == 0) {
      first_missing = page.first_seq + static_cast<std::int64_t>(i);
    }
  }
  if (expected != 0) return corrupt(first_missing, "is missing, and so is its day's count");
  return places;
}

Digest PageReader::hash_before(const StoredPage& page) const {
  SQLite::Statement query(db_, "SELECT log_hash FROM page WHERE last_seq = ?1");
  query.bind(1, page.first_seq - 1);
  return query.executeStep() ? column_digest(query, 0) : Digest{};
}

bool PageReader::is_note(const Stored& stored) {
  return !stored.day && is_erasure_note(stored.row.body);
}

Result<LogEntry> PageReader::to_entry(const Stored& stored, bool backfill) const {
  if (stored.day) return to_record_entry(stored, backfill);
  LogEntry entry;
  entry.seq = stored.row.seq;
  entry.backfill = backfill;
  auto control = read_control_json(stored.row.body);
  if (!control) return corrupt(entry.seq, control.error().message);
  entry.body = std::move(*control);
  return entry;
}

Result<LogEntry> PageReader::to_record_entry(const Stored& stored, bool backfill) const {
  LogEntry entry;
  entry.seq = stored.row.seq;
  entry.backfill = backfill;
  auto record = reader_.read(stored.row.body, {});
  if (!record) return corrupt(entry.seq, record.error().message);
  if (record->id != stored.row.id || record->time != stored.row.time ||
      record->revision != stored.row.revision || day_of(record->time) != *stored.day) {
    return corrupt(entry.seq, "its columns differ from its body");
  }
  if (record->revision > 0) {
    const auto before =
        partitions_.version(*stored.day, record->id, record->time, record->revision - 1);
    if (!before) return corrupt(entry.seq, "the version that it replaces is missing");
    auto replaced = reader_.read(before->body, {});
    if (!replaced) return corrupt(before->seq, replaced.error().message);
    if (replaced->id != record->id || replaced->time != record->time ||
        replaced->revision != record->revision - 1) {
      return corrupt(before->seq, "its columns differ from its body");
    }
    entry.replaces = ReplacedRecord{before->seq, std::move(*replaced)};
  }
  entry.body = std::move(*record);
  return entry;
}

Result<void> PageReader::check_chain(const StoredPage& page,
                                     const std::vector<std::optional<Stored>>& places,
                                     const Digest& previous) {
  const auto differs = [&page](std::int64_t seq, const std::string& what) {
    return corrupt(seq, what + ", in the page of entries " + std::to_string(page.first_seq) +
                            " to " + std::to_string(page.last_seq));
  };
  // Absent after a dropped entry: the next stored hash is then the first to be taken on trust.
  std::optional<Digest> running = previous;
  std::string hash_input;
  for (const auto& place : places) {
    if (!place) {
      running.reset();
      continue;
    }
    if (running) {
      hash_input.assign(reinterpret_cast<const char*>(running->bytes.data()),
                        running->bytes.size());
      hash_input += place->row.body;
      const Digest computed = sha256(hash_input);
      if (computed != place->row.hash) {
        return differs(place->row.seq, "its bytes do not give its running hash");
      }
    }
    running = place->row.hash;
  }
  if (running && *running != page.log_hash) {
    return differs(page.last_seq, "its running hash is not the one kept for the page");
  }
  return {};
}

Result<void> PageReader::check(const StoredPage& page, const Digest& previous) const {
  const auto places = stored(page);
  if (!places) return tl::unexpected(places.error());
  if (auto chain = check_chain(page, *places, previous); !chain) return chain;
  for (const auto& place : *places) {
    if (!place) continue;
    if (is_note(*place)) {
      if (auto note = read_erasure_note(place->row.body); !note) {
        return corrupt(place->row.seq, note.error().message);
      }
      continue;
    }
    if (auto entry = to_entry(*place, false); !entry) return tl::unexpected(entry.error());
  }
  return {};
}

}  // namespace tidewaiter
