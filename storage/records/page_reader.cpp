#include "storage/records/page_reader.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "storage/records/control_json.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> corrupt(std::int64_t seq, const std::string& what) {
  return fail(ErrorCode::kCorruption, "record log entry " + std::to_string(seq) + ": " + what);
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

Result<std::vector<std::optional<PageReader::Stored>>> PageReader::stored(
    const StoredPage& page) const {
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
    if (days.getColumn(2).getInt() != 0) {
      expected -= days.getColumn(1).getInt64();
      continue;
    }
    const Day day = days.getColumn(0).getInt64();
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
  for (const auto& place : places) {
    if (!place) {
      running.reset();
      continue;
    }
    if (running) {
      const Digest computed = Sha256().update(running->bytes).update(place->row.body).finish();
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
    if (auto entry = to_entry(*place, false); !entry) return tl::unexpected(entry.error());
  }
  return {};
}

}  // namespace tidewaiter
