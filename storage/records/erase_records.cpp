#include "storage/records/erase_records.h"

#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "policies/model/record_json.h"
#include "storage/records/control_json.h"
#include "storage/records/erasure_note.h"
#include "storage/records/page_reader.h"
#include "storage/records/page_writer.h"
#include "storage/records/partitions.h"
#include "storage/records/personal_values.h"
#include "storage/records/record_log.h"
#include "storage/records/schema.h"
#include "storage/sqlite/compact.h"
#include "storage/sqlite/digest_column.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

constexpr std::int64_t kLastSeq = std::numeric_limits<std::int64_t>::max();
/// A shorter value is found by chance in what was written about others.
constexpr std::size_t kLeastSearched = 4;

std::string done_key(std::int64_t request) { return "erasure " + std::to_string(request); }

Digest random_id() { return *digest_from_hex(random_digits(64)); }

std::string to_text(const ErasedRecords& done) {
  return json{{"token", done.token},
              {"records", done.records},
              {"log", done.log_id},
              {"seq", done.judged.seq},
              {"before", to_hex(done.judged_before.log_hash)},
              {"after", to_hex(done.judged.log_hash)}}
      .dump();
}

Result<ErasedRecords> erased_from_text(const std::string& text) {
  const auto document = json::parse(text, nullptr, false);
  const auto token = text_member(document, "token");
  const auto log = text_member(document, "log");
  const auto records = number_member(document, "records");
  const auto seq = number_member(document, "seq");
  const auto before = digest_member(document, "before");
  const auto after = digest_member(document, "after");
  if (!token || !log || !records || !seq || !before || !after) {
    return fail(ErrorCode::kCorruption,
                "what the records database keeps of an erasure does not read back");
  }
  return ErasedRecords{*token, *records, *log, {*seq, *before}, {*seq, *after}};
}

std::set<std::string> read_tokens(SQLite::Database& db) {
  SQLite::Statement query(
      db, "SELECT body FROM control WHERE body GLOB '{\"control\":\"subject-erased\",*'");
  std::set<std::string> tokens;
  while (query.executeStep()) {
    const auto note = read_erasure_note(query.getColumn(0).getString());
    if (note) tokens.insert(note->token);  // one that does not read back is told by the check
  }
  return tokens;
}

/// One erasure, within the caller's transaction.
class RecordEraser {
 public:
  RecordEraser(SQLite::Database& db, const SubjectPart& part)
      : db_(db), pages_(db_, partitions_, reader_), values_(part, read_tokens(db)) {}

  /// Finds the subject's records and rulings on its account, and what of them is its alone.
  Result<void> find() {
    if (auto done = read_rulings(); !done) return done;
    for (const auto& [seq, ruled] : rulings_) values_.collect(ruled);
    if (auto done = each_record([&](Day day, const StoredRecord& row, const Record& record) {
          if (!values_.owns(record)) return;
          values_.collect(record);
          owned_.emplace(row.seq, day);
        });
        !done) {
      return done;
    }
    if (owned_.empty() && rulings_.empty()) return {};
    return each_record([&](Day, const StoredRecord& row, const Record& record) {
      if (!owned_.contains(row.seq)) values_.keep_shared(record);
    });
  }

  /// Writes them anew; says how many.
  Result<std::int64_t> rewrite() {
    for (const auto& [seq, day] : owned_) {
      if (auto done = rewrite_one(day, seq); !done) return tl::unexpected(done.error());
    }
    for (auto& [seq, ruled] : rulings_) {
      if (!values_.replace(ruled)) continue;
      if (auto done = rewrite_ruling(seq, ruled); !done) return tl::unexpected(done.error());
    }
    return changed_;
  }

  /// How many of them would be, without writing.
  Result<std::int64_t> count() {
    std::int64_t count = 0;
    auto done = each_record([&](Day, const StoredRecord& row, const Record& record) {
      Record copy = record;
      if (owned_.contains(row.seq) && values_.replace(copy)) ++count;
    });
    if (!done) return tl::unexpected(done.error());
    return count;
  }

  /// Recomputes the running hash from the first entry on that was changed.
  Result<void> chain() {
    if (first_changed_ == 0) return {};
    auto page = pages_.page_of(first_changed_);
    if (!page) return fail(ErrorCode::kCorruption, "an erased record belongs to no page");
    Digest running = pages_.hash_before(*page);
    for (; page; page = pages_.page_after(page->last_seq)) {
      const auto places = pages_.stored(*page);
      if (!places) return tl::unexpected(places.error());
      // Behind what retention dropped a stored hash is taken on trust: there it goes on from the
      // one before the gap.
      for (const auto& place : *places) {
        if (place) running = chain_one(*place, running);
      }
      SQLite::Statement update(db_, "UPDATE page SET log_hash = ?2 WHERE first_seq = ?1");
      update.bind(1, page->first_seq);
      bind_digest(update, 2, running);
      update.exec();
    }
    return {};
  }

  /// Appends the note, as a page of its own.
  Result<void> note(std::int64_t records, UtcTime now) {
    const auto body = write_erasure_note({values_.token(), records});
    if (!body) return tl::unexpected(body.error());
    const LogOffset head = read_head(db_);
    const Digest hash = next_hash(head.log_hash, *body);
    SQLite::Statement entry(db_, "INSERT INTO control(seq, hash, body) VALUES (?1, ?2, ?3)");
    entry.bind(1, head.seq + 1);
    bind_digest(entry, 2, hash);
    entry.bind(3, *body);
    entry.exec();
    SQLite::Statement page(db_,
                           "INSERT INTO page(first_seq, last_seq, source, backfill, committed,"
                           " log_hash) VALUES (?1, ?1, '', 0, ?2, ?3)");
    page.bind(1, head.seq + 1);
    page.bind(2, now.us);
    bind_digest(page, 3, hash);
    page.exec();
    return {};
  }

  /// Input that could not be read is no record, but may be quoted.
  void forget_quarantined() {
    SQLite::Statement of_record(db_, "DELETE FROM quarantine WHERE origin = ?1");
    for (const auto& [former, fresh] : ids_) {
      of_record.reset();
      of_record.bind(1, "record " + to_hex(former));
      of_record.exec();
    }
    SQLite::Statement quoting(
        db_, "DELETE FROM quarantine WHERE instr(reason, ?1) > 0 OR instr(origin, ?1) > 0");
    for (const std::string& value : values_.replaced()) {
      if (value.size() < kLeastSearched) continue;
      quoting.reset();
      quoting.bind(1, value);
      quoting.exec();
    }
  }

  [[nodiscard]] const std::string& token() const { return values_.token(); }

 private:
  template <class Each>
  Result<void> each_record(Each each) {
    Result<void> done;
    for (const Day day : partitions_.days()) {
      partitions_.range(day, 0, kLastSeq, [&](StoredRecord&& row) {
        if (!done) return;
        const Result<Record> record = reader_.read(row.body, {});
        if (record) return each(day, row, *record);
        done = fail(ErrorCode::kCorruption,
                    "record log entry " + std::to_string(row.seq) + ": " + record.error().message);
      });
      if (!done) return done;
    }
    return done;
  }

  Result<void> rewrite_one(Day day, std::int64_t seq) {
    std::vector<StoredRecord> rows;
    partitions_.range(day, seq, seq, [&](StoredRecord&& row) { rows.push_back(std::move(row)); });
    StoredRecord& row = rows.front();
    Result<Record> record = reader_.read(row.body, {});
    if (!record) return tl::unexpected(record.error());
    if (!values_.replace(*record)) return {};
    // Versions of one record have one id, and do afterwards.
    record->id = ids_.try_emplace(record->id, random_id()).first->second;
    row.id = record->id;
    row.body.clear();
    write_record_json(*record, row.body);
    // INVARIANT: every stored body reads back.
    if (const auto back = reader_.read(row.body, {}); !back) return tl::unexpected(back.error());
    partitions_.rewrite(day, row);
    note_changed(seq);
    ++changed_;
    return {};
  }

  void note_changed(std::int64_t seq) {
    if (first_changed_ == 0 || seq < first_changed_) first_changed_ = seq;
  }

  Result<void> read_rulings() {
    SQLite::Statement query(
        db_, "SELECT seq, body FROM control WHERE instr(body, '\"control\":\"link-ruled\"') > 0");
    while (query.executeStep()) {
      const Result<Control> control = read_control_json(query.getColumn(1).getString());
      if (!control) return tl::unexpected(control.error());
      if (const auto* const ruled = std::get_if<LinkRuled>(&*control)) {
        rulings_.emplace(query.getColumn(0).getInt64(), *ruled);
      }
    }
    return {};
  }

  Result<void> rewrite_ruling(std::int64_t seq, const LinkRuled& ruled) {
    const Result<std::string> body = write_control_json(ruled);
    if (!body) return tl::unexpected(body.error());
    SQLite::Statement update(db_, "UPDATE control SET body = ?2 WHERE seq = ?1");
    update.bind(1, seq);
    update.bind(2, *body);
    update.exec();
    note_changed(seq);
    return {};
  }

  Digest next_hash(const Digest& running, std::string_view body) {
    hash_input_.assign(reinterpret_cast<const char*>(running.bytes.data()), running.bytes.size());
    hash_input_ += body;
    return sha256(hash_input_);
  }

  Digest chain_one(const PageReader::Stored& place, const Digest& running) {
    const Digest hash = next_hash(running, place.row.body);
    if (hash == place.row.hash) return hash;
    if (place.day) {
      partitions_.rehash(*place.day, place.row.seq, hash);
      return hash;
    }
    SQLite::Statement update(db_, "UPDATE control SET hash = ?2 WHERE seq = ?1");
    update.bind(1, place.row.seq);
    bind_digest(update, 2, hash);
    update.exec();
    return hash;
  }

  SQLite::Database& db_;
  Partitions partitions_{db_};
  RecordJsonReader reader_{kMaxStoredLineBytes};
  PageReader pages_;
  PersonalValues values_;
  std::map<std::int64_t, Day> owned_;          ///< by sequence number
  std::map<std::int64_t, LinkRuled> rulings_;  ///< all of the log, likewise
  std::map<Digest, Digest> ids_;               ///< of records, as they were, and as they are
  std::int64_t first_changed_ = 0;
  std::int64_t changed_ = 0;
  std::string hash_input_;
};

Result<std::optional<ErasedRecords>> done_before(SQLite::Database& db, std::int64_t request) {
  SQLite::Statement query(db, "SELECT value FROM meta WHERE key = ?1");
  query.bind(1, done_key(request));
  if (!query.executeStep()) return std::optional<ErasedRecords>();
  auto done = erased_from_text(query.getColumn(0).getString());
  if (!done) return tl::unexpected(done.error());
  return std::optional(std::move(*done));
}

/// What others changed in the log would else become part of it.
Result<void> check_log(const std::filesystem::path& path, const LogOffset& judged) {
  const auto log = RecordLog::open(path, RecordLog::Mode::kReadOnly);
  if (!log) return tl::unexpected(log.error());
  if (auto whole = (*log)->check(); !whole) return whole;
  const Result<Digest> hash = (*log)->hash_at(judged.seq);
  if (!hash) return tl::unexpected(hash.error());
  if (*hash == judged.log_hash) return {};
  return fail(ErrorCode::kRefused,
              "the record log is not the one that the ledger has judged: put the right records.db "
              "back, then erase");
}

Result<Digest> hash_of_page(SQLite::Database& db, std::int64_t seq) {
  if (seq == 0) return Digest{};
  SQLite::Statement query(db, "SELECT log_hash FROM page WHERE last_seq = ?1");
  query.bind(1, seq);
  if (query.executeStep()) return column_digest(query, 0);
  return fail(ErrorCode::kRefused, "no page of the record log ends where the ledger stands");
}

Result<ErasedRecords> erase_in(SQLite::Database& db, const RecordErasure& erasure, UtcTime now) {
  db.exec("PRAGMA secure_delete = ON");
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  ErasedRecords done;
  {
    RecordEraser eraser(db, erasure.part);
    if (auto found = eraser.find(); !found) return tl::unexpected(found.error());
    const Result<std::int64_t> records = eraser.rewrite();
    if (!records) return tl::unexpected(records.error());
    if (auto chained = eraser.chain(); !chained) return tl::unexpected(chained.error());
    if (auto noted = eraser.note(*records, now); !noted) return tl::unexpected(noted.error());
    eraser.forget_quarantined();
    done.token = eraser.token();
    done.records = *records;
  }
  done.log_id = db.execAndGet("SELECT value FROM meta WHERE key = 'log_id'").getString();
  done.judged_before = erasure.judged;
  const Result<Digest> hash = hash_of_page(db, erasure.judged.seq);
  if (!hash) return tl::unexpected(hash.error());
  done.judged = {erasure.judged.seq, *hash};
  SQLite::Statement keep(db, "INSERT INTO meta(key, value) VALUES (?1, ?2)");
  keep.bind(1, done_key(erasure.request));
  keep.bind(2, to_text(done));
  keep.exec();
  transaction.commit();
  return done;
}

}  // namespace

Result<ErasedRecords> erase_records(const std::filesystem::path& path, const RecordErasure& erasure,
                                    UtcTime now) try {
  auto db = open_records_database(path, SqliteAccess::kReadWrite);
  if (!db) return tl::unexpected(db.error());
  auto before = done_before(**db, erasure.request);
  if (!before) return tl::unexpected(before.error());
  if (*before) return std::move(**before);
  if (auto whole = check_log(path, erasure.judged); !whole) return tl::unexpected(whole.error());
  return erase_in(**db, erasure, now);
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "erase a subject's records"));
}

Result<void> compact_records(const std::filesystem::path& path) try {
  auto db = open_records_database(path, SqliteAccess::kReadWrite);
  if (!db) return tl::unexpected(db.error());
  return compact_sqlite(**db, path);
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "write the records database anew"));
}

Result<void> end_erasure_of_records(const std::filesystem::path& path, std::int64_t request) try {
  auto db = open_records_database(path, SqliteAccess::kReadWrite);
  if (!db) return tl::unexpected(db.error());
  (*db)->exec("PRAGMA secure_delete = ON");
  SQLite::Statement forget(**db, "DELETE FROM meta WHERE key = ?1");
  forget.bind(1, done_key(request));
  forget.exec();
  return {};
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "end the erasure of a subject's records"));
}

Result<std::int64_t> count_records_of(const std::filesystem::path& path,
                                      const SubjectPart& part) try {
  auto db = open_records_database(path, SqliteAccess::kReadOnly);
  if (!db) return tl::unexpected(db.error());
  const SQLite::Transaction snapshot(**db);
  RecordEraser eraser(**db, part);
  if (auto found = eraser.find(); !found) return tl::unexpected(found.error());
  return eraser.count();
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "look for a subject's records"));
}

Result<std::set<std::string>> erased_tokens(const std::filesystem::path& path) try {
  auto db = open_records_database(path, SqliteAccess::kReadOnly);
  if (!db && db.error().code == ErrorCode::kNotFound) return std::set<std::string>();
  if (!db) return tl::unexpected(db.error());
  return read_tokens(**db);
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "read the notes of erasures"));
}

}  // namespace tidewaiter
