#include "storage/records/page_writer.h"

#include <string_view>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "policies/model/enriched_fields.h"
#include "storage/records/control_json.h"
#include "storage/records/figures.h"
#include "storage/records/own_records.h"
#include "storage/sqlite/digest_column.h"

namespace tidewaiter {
namespace {

/// What two lines of one record must share for the second to be a re-read of the first: the kind,
/// and everything from the time on. Id, revision and `observed` stand between (record_json.h);
/// none of them can hold the text that is looked for.
struct Content {
  std::string_view kind;
  std::string_view rest;
  bool operator==(const Content&) const = default;
};

Content content_of(std::string_view body) {
  const std::size_t start = body.find(",\"time\":");
  return {body.substr(0, body.find(',')),
          start == std::string_view::npos ? body : body.substr(start)};
}

/// Whether something of a stored record was looked up, told without reading it.
bool tells_enriched(std::string_view body) {
  return body.find(",\"enriched\":[") != std::string_view::npos;
}

}  // namespace

LogOffset read_head(const SQLite::Database& db) {
  SQLite::Statement query(db,
                          "SELECT last_seq, log_hash FROM page ORDER BY first_seq DESC LIMIT 1");
  if (!query.executeStep()) return {};
  return {query.getColumn(0).getInt64(), column_digest(query, 1)};
}

PageWriter::PageWriter(SQLite::Database& db, Partitions& partitions, RecordJsonReader& reader,
                       UtcTime now)
    : db_(db),
      partitions_(partitions),
      reader_(reader),
      now_(now),
      dropped_before_(
          db.execAndGet("SELECT value FROM meta WHERE key = 'dropped_before'").getInt64()),
      tail_(read_head(db)) {
  receipt_.first_seq = tail_.seq + 1;
}

Result<PageReceipt> PageWriter::write(const Page& page) {
  for (const Record& record : page.records) take_record(page, record);
  for (const QuarantinedInput& input : page.quarantine) quarantine(page.source, input);
  store_source(page);
  if (page.drained) {
    const SourceDrained drained{page.source, page.kind, *page.drained};
    if (auto added = add_control(drained); !added) return tl::unexpected(std::move(added.error()));
    store_coverage(drained);
  }
  store_page(page.source, page.backfill);
  return receipt_;
}

Result<std::int64_t> PageWriter::write_control(const Control& control) {
  if (auto added = add_control(control); !added) return tl::unexpected(std::move(added.error()));
  std::string source;
  if (const auto* drained = std::get_if<SourceDrained>(&control)) {
    source = drained->source;
    SQLite::Statement insert(db_,
                             "INSERT INTO source(name, cursor, records, quarantined)"
                             " VALUES (?1, '', 0, 0) ON CONFLICT(name) DO NOTHING");
    insert.bind(1, source);
    insert.exec();
    store_coverage(*drained);
  } else if (const auto* idle = std::get_if<SourceIdle>(&control)) {
    source = idle->source;
  }
  store_page(source, false);
  return tail_.seq;
}

void PageWriter::take_record(const Page& page, const Record& record) {
  write_body(record, 0);
  if (const auto back = reader_.read(row_.body, {}); !back) {
    return quarantine_record(page, record, back.error().message);
  }
  if (const auto checked = check_enriched(record); !checked) {
    return quarantine_record(page, record, checked.error().message);
  }
  const Day day = day_of(record.time);
  if (day < dropped_before_) {
    ++receipt_.expired;
    return quarantine_record(page, record,
                             "belongs to " + day_text(day) + ", which retention has dropped");
  }
  open_day(day);
  const auto known = partitions_.latest(day, record.id, record.time);
  if (!known) {
    ++receipt_.added;
    return add_record(record, 0, day);
  }
  if (content_of(known->body) == content_of(row_.body)) {
    ++receipt_.duplicates;
    return;
  }
  if (tells_enriched(known->body) || has_enriched(record)) {
    const Result<Record> before = reader_.read(known->body, {});
    if (before && same_delivery(*before, record)) {
      ++receipt_.duplicates;
      return;
    }
    if (before) {
      Record version = record;
      take_over_enriched(*before, version);
      return revise(page, version, *known, day);
    }
  }
  revise(page, record, *known, day);
}

void PageWriter::revise(const Page& page, const Record& record, const Partitions::Version& before,
                        Day day) {
  const std::int64_t revision = before.revision + 1;
  write_body(record, revision);
  // INVARIANT: every stored body reads back, this longer one too. Nothing that cannot be read may
  // enter the log, for it would stop every reader at that place.
  if (const auto back = reader_.read(row_.body, {}); !back) {
    return quarantine_record(page, record, back.error().message);
  }
  ++receipt_.revised;
  add_record(record, revision, day);
  if (page.closes) note_after_close(page, before);
}

/// The version that was stored last has taken the place of `before`.
void PageWriter::note_after_close(const Page& page, const Partitions::Version& before) {
  const Result<Record> was = reader_.read(before.body, {});
  if (!was || was->completeness != Completeness::kFinal) return;
  const Result<Record> is = reader_.read(row_.body, {});
  if (!is || changed_figures(*was, *is).empty()) return;
  ++receipt_.after_close;
  after_close_.push_back(
      restated_after_close(page.source, {before.seq, &*was}, {tail_.seq, &*is}, now_));
}

/// The record as the line that is stored, as that version of it.
void PageWriter::write_body(const Record& record, std::int64_t revision) {
  row_.body.clear();
  if (record.revision == revision) return write_record_json(record, row_.body);
  Record version = record;
  version.revision = revision;
  write_record_json(version, row_.body);
}

void PageWriter::add_record(const Record& record, std::int64_t revision, Day day) {
  advance(row_.body);
  row_.seq = tail_.seq;
  row_.id = record.id;
  row_.time = record.time;
  row_.revision = revision;
  row_.hash = tail_.log_hash;
  partitions_.insert(day, row_);
  ++days_[day];
}

Result<void> PageWriter::add_control(const Control& control) {
  const auto body = write_control_json(control);
  if (!body) return tl::unexpected(body.error());
  // INVARIANT: every stored body reads back.
  if (const auto back = read_control_json(*body); !back) return tl::unexpected(back.error());
  advance(*body);
  SQLite::Statement insert(db_, "INSERT INTO control(seq, hash, body) VALUES (?1, ?2, ?3)");
  insert.bind(1, tail_.seq);
  bind_digest(insert, 2, tail_.log_hash);
  insert.bind(3, *body);
  insert.exec();
  return {};
}

void PageWriter::advance(const std::string& body) {
  hash_input_.assign(reinterpret_cast<const char*>(tail_.log_hash.bytes.data()),
                     tail_.log_hash.bytes.size());
  hash_input_ += body;
  tail_.log_hash = sha256(hash_input_);
  ++tail_.seq;
}

void PageWriter::open_day(Day day) {
  if (days_.contains(day)) return;
  if (!partitions_.exists(day)) partitions_.create(day);
  days_.emplace(day, 0);
}

void PageWriter::quarantine(const std::string& source, const QuarantinedInput& input) {
  SQLite::Statement insert(db_,
                           "INSERT INTO quarantine(source, at, origin, \"offset\", reason, content,"
                           " length) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING");
  insert.bind(1, source);
  insert.bind(2, now_.us);
  insert.bind(3, input.origin);
  insert.bind(4, input.offset);
  insert.bind(5, input.reason);
  bind_digest(insert, 6, input.content);
  insert.bind(7, input.length);
  newly_quarantined_ += insert.exec();
  ++receipt_.quarantined;
}

void PageWriter::quarantine_record(const Page& page, const Record& record, std::string reason) {
  // The content's hash leaves out when it was read, so that a re-read is the same piece of input.
  const std::string_view content = content_of(row_.body).rest;
  quarantine(page.source, {"record " + to_hex(record.id), -1, std::move(reason), sha256(content),
                           static_cast<std::int64_t>(content.size())});
}

void PageWriter::store_page(const std::string& source, bool backfill) {
  if (tail_.seq < receipt_.first_seq) {
    receipt_.first_seq = 0;
    return;
  }
  receipt_.last_seq = tail_.seq;
  SQLite::Statement insert(db_,
                           "INSERT INTO page(first_seq, last_seq, source, backfill, committed,"
                           " log_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  insert.bind(1, receipt_.first_seq);
  insert.bind(2, receipt_.last_seq);
  insert.bind(3, source);
  insert.bind(4, backfill ? 1 : 0);
  insert.bind(5, now_.us);
  bind_digest(insert, 6, tail_.log_hash);
  insert.exec();
  SQLite::Statement insert_day(db_,
                               "INSERT INTO page_day(first_seq, day, records) VALUES (?1, ?2, ?3)");
  for (const auto& [day, records] : days_) {
    if (records == 0) continue;
    insert_day.bind(1, receipt_.first_seq);
    insert_day.bind(2, day);
    insert_day.bind(3, records);
    insert_day.exec();
    insert_day.reset();
    partitions_.count(day, records);
  }
}

void PageWriter::store_source(const Page& page) {
  SQLite::Statement upsert(
      db_,
      "INSERT INTO source(name, cursor, records, quarantined, last_page) VALUES (?1, ?2, ?3, ?4, "
      "?5)"
      " ON CONFLICT(name) DO UPDATE SET cursor = excluded.cursor,"
      " records = records + excluded.records, quarantined = quarantined + excluded.quarantined,"
      " last_page = excluded.last_page");
  upsert.bind(1, page.source);
  upsert.bind(2, page.cursor);
  upsert.bind(3, receipt_.added);
  upsert.bind(4, newly_quarantined_);
  upsert.bind(5, now_.us);
  upsert.exec();
}

void PageWriter::store_coverage(const SourceDrained& drained) {
  SQLite::Statement update(db_,
                           "UPDATE source SET"
                           " covered_from = min(coalesce(covered_from, ?2), ?2),"
                           " covered_to = max(coalesce(covered_to, ?3), ?3) WHERE name = ?1");
  update.bind(1, drained.source);
  update.bind(2, drained.covered.from.us);
  update.bind(3, drained.covered.to.us);
  update.exec();
}

}  // namespace tidewaiter
