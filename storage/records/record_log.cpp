#include "storage/records/record_log.h"

#include <system_error>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <nlohmann/json.hpp>

#include "policies/model/record_json.h"
#include "storage/files/durable_file.h"
#include "storage/records/control_json.h"
#include "storage/records/list_issues.h"
#include "storage/records/own_records.h"
#include "storage/records/page_reader.h"
#include "storage/records/page_writer.h"
#include "storage/records/partitions.h"
#include "storage/records/reread.h"
#include "storage/records/schema.h"
#include "storage/sqlite/digest_column.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

/// As ledger.db's: the group may read, others may not.
constexpr mode_t kFileMode = 0640;

std::string text_of(const SQLite::Column& column) { return column.getString(); }

Error log_error(const SQLite::Exception& thrown, const std::filesystem::path& path,
                std::string_view doing) {
  return sqlite_error(thrown, std::string(doing) + " records database `" + path.string() + "`");
}

SourceState read_source(const SQLite::Statement& row) {
  SourceState state;
  state.source = text_of(row.getColumn(0));
  state.cursor = text_of(row.getColumn(1));
  if (!row.getColumn(2).isNull()) {
    state.covered = Interval{{row.getColumn(2).getInt64()}, {row.getColumn(3).getInt64()}};
    state.backfill_done = true;
  }
  state.records = row.getColumn(4).getInt64();
  state.quarantined = row.getColumn(5).getInt64();
  if (!row.getColumn(6).isNull()) state.last_page = UtcTime{row.getColumn(6).getInt64()};
  return state;
}

/// The numbers of pages that are written one after the other.
void add_receipt(const PageReceipt& page, PageReceipt& all) {
  if (all.first_seq == 0) all.first_seq = page.first_seq;
  if (page.last_seq != 0) all.last_seq = page.last_seq;
  all.added += page.added;
  all.revised += page.revised;
  all.duplicates += page.duplicates;
  all.expired += page.expired;
  all.quarantined += page.quarantined;
  all.after_close += page.after_close;
}

/// Records of a page's source, in as many pages as they need, with nothing else in them.
std::vector<Page> pages_like(const Page& page, std::vector<Record> records) {
  std::vector<Page> pages;
  for (Record& record : records) {
    if (pages.empty() || pages.back().records.size() == kMaxPageRecords) {
      Page& next = pages.emplace_back();
      next.source = page.source;
      next.kind = page.kind;
      next.backfill = page.backfill;
      next.cursor = page.cursor;
      next.closes = page.closes;
    }
    pages.back().records.push_back(std::move(record));
  }
  return pages;
}

constexpr const char* kSelectSource =
    "SELECT name, cursor, covered_from, covered_to, records, quarantined, last_page FROM source";

class SqliteRecordLog final : public RecordLog {
 public:
  SqliteRecordLog(SQLite::Database db, std::filesystem::path path, RecordLogOptions options,
                  std::string log_id)
      : db_(std::move(db)),
        path_(std::move(path)),
        options_(options),
        log_id_(std::move(log_id)),
        partitions_(db_),
        pages_(db_, partitions_, reader_) {}

  [[nodiscard]] const std::string& log_id() const override { return log_id_; }
  [[nodiscard]] Result<PageReceipt> append(const Page& page, UtcTime now) override;
  [[nodiscard]] Result<std::int64_t> append_control(const Control& control,
                                                    const std::string& documents,
                                                    UtcTime now) override;
  [[nodiscard]] Result<std::string> policy_documents(const Digest& set_hash) const override;
  [[nodiscard]] Result<void> keep_list_issue(const std::string& text) override;
  [[nodiscard]] Result<std::string> list_issue(const Digest& digest) const override;
  [[nodiscard]] Result<std::optional<Digest>> active_policy_set() const override;
  [[nodiscard]] Result<Chunk> read(const LogOffset& after) const override;
  [[nodiscard]] Result<Digest> hash_at(std::int64_t seq) const override;
  [[nodiscard]] Result<LogOffset> head() const override;
  [[nodiscard]] Result<LogEntry> entry(std::int64_t seq) const override;
  [[nodiscard]] Result<std::vector<SourceState>> sources() const override;
  [[nodiscard]] Result<void> tell_idle(std::vector<SourceState>& states) const override;
  [[nodiscard]] Result<SourceState> source(const std::string& name) const override;
  [[nodiscard]] Result<std::vector<Quarantined>> quarantine(const std::string& source,
                                                            std::int64_t limit) const override;
  [[nodiscard]] Result<std::int64_t> drop_before(UtcTime before, UtcTime now) override;
  [[nodiscard]] Result<std::optional<UtcTime>> dropped_before() const override;
  [[nodiscard]] Result<bool> has_records_in(const Interval& times) const override;
  [[nodiscard]] Result<void> check(const Passed& passed) const override;

 private:
  [[nodiscard]] Result<void> require_space() const;
  /// Inside a transaction.
  [[nodiscard]] Result<PageReceipt> write_with_what_follows(const Page& page, UtcTime now);
  [[nodiscard]] std::string stored_cursor(const std::string& source) const;
  /// Drops the first day before `end` that has a table; says how many records went, nothing if
  /// there is no such day. Works inside a transaction.
  [[nodiscard]] Result<std::optional<std::int64_t>> drop_oldest(Day end, UtcTime now);

  /// Runs `work` in a transaction that is committed if it gives a value, and rolled back otherwise.
  template <class Work>
  auto in_transaction(SQLite::TransactionBehavior behavior, std::string_view doing, Work work) const
      -> decltype(work()) {
    try {
      SQLite::Transaction transaction(db_, behavior);
      auto result = work();
      if (result) {
        transaction.commit();
      } else {
        partitions_.forget();
      }
      return result;
    } catch (const SQLite::Exception& e) {
      partitions_.forget();
      return tl::unexpected(log_error(e, path_, doing));
    }
  }
  template <class Work>
  auto reading(Work work) const -> decltype(work()) {
    return in_transaction(SQLite::TransactionBehavior::DEFERRED, "read", std::move(work));
  }
  template <class Work>
  auto writing(Work work) const -> decltype(work()) {
    return in_transaction(SQLite::TransactionBehavior::IMMEDIATE, "write", std::move(work));
  }

  // Reading prepares and steps statements; nothing of what the log holds changes by it.
  mutable SQLite::Database db_;
  std::filesystem::path path_;
  RecordLogOptions options_;
  std::string log_id_;
  mutable Partitions partitions_;
  mutable RecordJsonReader reader_{kMaxStoredLineBytes};
  PageReader pages_;
};

Result<void> SqliteRecordLog::require_space() const {
  std::error_code error;
  const auto parent = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  const auto space = std::filesystem::space(parent, error);
  if (error) return {};  // a file system that cannot tell is no reason to stop
  if (space.available < static_cast<std::uintmax_t>(options_.free_space_reserve)) {
    return fail(ErrorCode::kUnavailable,
                "intake stops: `" + parent.string() + "` has " + std::to_string(space.available) +
                    " bytes free, the reserve is " + std::to_string(options_.free_space_reserve) +
                    ": free space or lower the reserve");
  }
  return {};
}

Result<PageReceipt> SqliteRecordLog::append(const Page& page, UtcTime now) {
  if (page.records.size() > kMaxPageRecords) {
    return fail(ErrorCode::kInvalidInput, "expected a page of at most " +
                                              std::to_string(kMaxPageRecords) + " records, got " +
                                              std::to_string(page.records.size()));
  }
  if (auto space = require_space(); !space) return tl::unexpected(std::move(space.error()));
  return writing([&] { return write_with_what_follows(page, now); });
}

Result<PageReceipt> SqliteRecordLog::write_with_what_follows(const Page& page, UtcTime now) {
  PageReceipt all;
  std::vector<Record> after_close;
  const auto write = [&](const Page& one) -> Result<void> {
    PageWriter writer(db_, partitions_, reader_, now);
    const Result<PageReceipt> receipt = writer.write(one);
    if (!receipt) return tl::unexpected(receipt.error());
    add_receipt(*receipt, all);
    for (Record& record : writer.take_after_close()) after_close.push_back(std::move(record));
    return {};
  };
  if (page.reread) {
    VanishedRecords gone = vanished_records(db_, partitions_, reader_, page, now);
    all.vanished = gone.newly;
    for (const Page& zeros : pages_like(page, std::move(gone.zeros))) {
      if (auto written = write(zeros); !written) return tl::unexpected(written.error());
    }
  }
  if (auto written = write(page); !written) return tl::unexpected(written.error());
  if (after_close.empty()) return all;
  Page own;
  own.source = kOwnSource;
  own.kind = RecordKind::kAudit;
  own.cursor = stored_cursor(own.source);
  for (const Page& told : pages_like(own, std::move(after_close))) {
    const Result<PageReceipt> receipt = PageWriter(db_, partitions_, reader_, now).write(told);
    if (!receipt) return tl::unexpected(receipt.error());
    if (receipt->last_seq != 0) all.last_seq = receipt->last_seq;  // they are none of the source's
  }
  return all;
}

std::string SqliteRecordLog::stored_cursor(const std::string& source) const {
  SQLite::Statement query(db_, "SELECT cursor FROM source WHERE name = ?1");
  query.bind(1, source);
  return query.executeStep() ? text_of(query.getColumn(0)) : std::string();
}

Result<std::int64_t> SqliteRecordLog::append_control(const Control& control,
                                                     const std::string& documents, UtcTime now) {
  if (auto space = require_space(); !space) return tl::unexpected(std::move(space.error()));
  return writing([&] {
    if (const auto* activated = std::get_if<PolicySetActivated>(&control)) {
      SQLite::Statement insert(db_,
                               "INSERT INTO policy_set(hash, documents) VALUES (?1, ?2)"
                               " ON CONFLICT(hash) DO UPDATE SET documents = excluded.documents");
      bind_digest(insert, 1, activated->set_hash);
      insert.bind(2, documents);
      insert.exec();
    }
    return PageWriter(db_, partitions_, reader_, now).write_control(control);
  });
}

Result<std::string> SqliteRecordLog::policy_documents(const Digest& set_hash) const {
  return reading([&]() -> Result<std::string> {
    SQLite::Statement query(db_, "SELECT documents FROM policy_set WHERE hash = ?1");
    bind_digest(query, 1, set_hash);
    if (!query.executeStep()) {
      return fail(ErrorCode::kNotFound, "no policy set with hash `" + to_hex(set_hash) + "`");
    }
    return text_of(query.getColumn(0));
  });
}

Result<void> SqliteRecordLog::keep_list_issue(const std::string& text) {
  if (auto space = require_space(); !space) return space;
  return writing([&] { return tidewaiter::keep_list_issue(db_, text); });
}

Result<std::string> SqliteRecordLog::list_issue(const Digest& digest) const {
  return reading([&] { return stored_list_issue(db_, digest); });
}

Result<std::optional<Digest>> SqliteRecordLog::active_policy_set() const {
  return reading([&]() -> Result<std::optional<Digest>> {
    SQLite::Statement query(db_, "SELECT seq, body FROM control ORDER BY seq DESC");
    while (query.executeStep()) {
      PageReader::Stored stored;
      stored.row.seq = query.getColumn(0).getInt64();
      stored.row.body = text_of(query.getColumn(1));
      if (PageReader::is_note(stored)) continue;
      const auto entry = pages_.to_entry(stored, false);
      if (!entry) return tl::unexpected(entry.error());
      const auto* control = std::get_if<Control>(&entry->body);
      if (const auto* activated = std::get_if<PolicySetActivated>(control)) {
        return std::optional<Digest>(activated->set_hash);
      }
    }
    return std::optional<Digest>();
  });
}

Result<RecordLog::Chunk> SqliteRecordLog::read(const LogOffset& after) const {
  return reading([&]() -> Result<Chunk> {
    Chunk chunk{{}, after};
    auto page = pages_.page_after(after.seq);
    const std::int64_t resumed = page ? page->first_seq - 1 : read_head(db_).seq;
    if (resumed != after.seq) {
      return fail(ErrorCode::kNotFound,
                  "no page of the record log ends at entry " + std::to_string(after.seq));
    }
    // Pages of which retention left nothing, and notes of erasures, are passed over: empty means
    // the end.
    for (; page && chunk.entries.empty(); page = pages_.page_after(chunk.end.seq)) {
      const auto places = pages_.stored(*page);
      if (!places) return tl::unexpected(places.error());
      if (auto whole = pages_.check_chain(*page, *places, chunk.end.log_hash); !whole) {
        return tl::unexpected(std::move(whole.error()));
      }
      for (const auto& place : *places) {
        if (!place || PageReader::is_note(*place)) continue;
        auto entry = pages_.to_entry(*place, page->backfill);
        if (!entry) return tl::unexpected(std::move(entry.error()));
        chunk.entries.push_back(std::move(*entry));
      }
      chunk.end = {page->last_seq, page->log_hash};
    }
    return chunk;
  });
}

Result<Digest> SqliteRecordLog::hash_at(std::int64_t seq) const {
  if (seq == 0) return Digest{};
  return reading([&]() -> Result<Digest> {
    SQLite::Statement query(db_, "SELECT log_hash FROM page WHERE last_seq = ?1");
    query.bind(1, seq);
    if (query.executeStep()) return column_digest(query, 0);
    return fail(ErrorCode::kNotFound,
                "no page of the record log ends at entry " + std::to_string(seq));
  });
}

Result<LogOffset> SqliteRecordLog::head() const {
  return reading([&]() -> Result<LogOffset> { return read_head(db_); });
}

Result<LogEntry> SqliteRecordLog::entry(std::int64_t seq) const {
  return reading([&]() -> Result<LogEntry> {
    const auto page = pages_.page_of(seq);
    if (!page) {
      return fail(ErrorCode::kNotFound, "the record log has no entry " + std::to_string(seq));
    }
    const auto places = pages_.stored(*page);
    if (!places) return tl::unexpected(places.error());
    if (auto whole = pages_.check_chain(*page, *places, pages_.hash_before(*page)); !whole) {
      return tl::unexpected(std::move(whole.error()));
    }
    const auto& place = (*places)[static_cast<std::size_t>(seq - page->first_seq)];
    if (!place) {
      return fail(ErrorCode::kNotFound,
                  "entry " + std::to_string(seq) + " belongs to a day that retention has dropped");
    }
    if (PageReader::is_note(*place)) {
      return fail(ErrorCode::kNotFound,
                  "entry " + std::to_string(seq) + " says that a subject was erased: no record");
    }
    return pages_.to_entry(*place, page->backfill);
  });
}

/// The bytes are canonical, so that a statement about a source has them in one form.
Result<void> SqliteRecordLog::tell_idle(std::vector<SourceState>& states) const {
  return reading([&]() -> Result<void> {
    SQLite::Statement query(db_,
                            "SELECT body FROM control WHERE instr(body, ?1) > 0 AND instr(body, "
                            "'\"control\":\"source-settles\"') = 0 ORDER BY seq DESC LIMIT 1");
    for (SourceState& state : states) {
      if (!state.covered) continue;
      query.reset();
      query.bind(1, "\"source\":" + nlohmann::json(state.source).dump());
      if (!query.executeStep()) continue;
      const Result<Control> control = read_control_json(text_of(query.getColumn(0)));
      if (!control) return tl::unexpected(control.error());
      state.idle = std::holds_alternative<SourceIdle>(*control);
    }
    return {};
  });
}

Result<std::vector<SourceState>> SqliteRecordLog::sources() const {
  return reading([&]() -> Result<std::vector<SourceState>> {
    SQLite::Statement query(db_, std::string(kSelectSource) + " ORDER BY name");
    std::vector<SourceState> states;
    while (query.executeStep()) states.push_back(read_source(query));
    return states;
  });
}

Result<SourceState> SqliteRecordLog::source(const std::string& name) const {
  return reading([&]() -> Result<SourceState> {
    SQLite::Statement query(db_, std::string(kSelectSource) + " WHERE name = ?1");
    query.bind(1, name);
    if (query.executeStep()) return read_source(query);
    SourceState unseen;
    unseen.source = name;
    return unseen;
  });
}

Result<std::vector<RecordLog::Quarantined>> SqliteRecordLog::quarantine(const std::string& source,
                                                                        std::int64_t limit) const {
  return reading([&]() -> Result<std::vector<Quarantined>> {
    SQLite::Statement query(db_,
                            "SELECT source, at, origin, \"offset\", reason, content, length"
                            " FROM quarantine WHERE ?1 = '' OR source = ?1"
                            " ORDER BY id DESC LIMIT ?2");
    query.bind(1, source);
    query.bind(2, limit);
    std::vector<Quarantined> found;
    while (query.executeStep()) {
      found.push_back(
          {text_of(query.getColumn(0)),
           {query.getColumn(1).getInt64()},
           {text_of(query.getColumn(2)), query.getColumn(3).getInt64(), text_of(query.getColumn(4)),
            column_digest(query, 5), query.getColumn(6).getInt64()}});
    }
    return found;
  });
}

Result<std::int64_t> SqliteRecordLog::drop_before(UtcTime before, UtcTime now) {
  std::int64_t dropped = 0;
  while (true) {
    partitions_.forget();
    const auto gone = writing([&] { return drop_oldest(day_of(before), now); });
    if (!gone) return tl::unexpected(gone.error());
    if (!*gone) return dropped;
    dropped += **gone;
  }
}

Result<std::optional<std::int64_t>> SqliteRecordLog::drop_oldest(Day end, UtcTime now) {
  const std::optional<Day> day = partitions_.oldest_before(end);
  if (!day) return std::optional<std::int64_t>();
  // What retention drops is overwritten, not only unlinked from the file.
  db_.exec("PRAGMA secure_delete=ON");
  const std::int64_t records = partitions_.drop(*day);
  SQLite::Statement update(db_,
                           "UPDATE meta SET value = max(value, ?1) WHERE key = 'dropped_before'");
  update.bind(1, *day + 1);
  update.exec();
  const RecordsDropped entry{{(*day + 1) * kDay.us}};
  const auto seq = PageWriter(db_, partitions_, reader_, now).write_control(entry);
  if (!seq) return tl::unexpected(seq.error());
  return std::optional(records);
}

Result<std::optional<UtcTime>> SqliteRecordLog::dropped_before() const {
  return reading([&]() -> Result<std::optional<UtcTime>> {
    const Day day =
        db_.execAndGet("SELECT value FROM meta WHERE key = 'dropped_before'").getInt64();
    // No record is of an earlier day than the first, so that 0 says that none has gone.
    if (day == 0) return std::optional<UtcTime>();
    return std::optional(UtcTime{day * kDay.us});
  });
}

Result<bool> SqliteRecordLog::has_records_in(const Interval& times) const {
  return reading([&]() -> Result<bool> { return partitions_.has_records_in(times); });
}

Result<void> SqliteRecordLog::check(const Passed& passed) const {
  try {
    const std::string verdict = db_.execAndGet("PRAGMA quick_check(1)").getString();
    if (verdict != "ok") {
      return fail(ErrorCode::kCorruption,
                  "records database `" + path_.string() + "` is damaged: " + verdict);
    }
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(log_error(e, path_, "check"));
  }
  // A transaction a page: a long check does not hold back the writer's checkpoints.
  LogOffset at;
  for (bool more = true; more;) {
    auto checked = reading([&]() -> Result<bool> {
      const auto page = pages_.page_after(at.seq);
      if (!page) {
        // The walk has shown that every control entry is one of the log.
        if (auto days = pages_.check_partitions(); !days) {
          return tl::unexpected(std::move(days.error()));
        }
        if (auto issues = check_list_issues(db_); !issues) {
          return tl::unexpected(std::move(issues.error()));
        }
        return false;
      }
      if (page->first_seq != at.seq + 1) {
        return fail(ErrorCode::kCorruption,
                    "record log entry " + std::to_string(at.seq + 1) + ": belongs to no page");
      }
      if (auto good = pages_.check(*page, at.log_hash); !good) {
        return tl::unexpected(std::move(good.error()));
      }
      at = {page->last_seq, page->log_hash};
      return true;
    });
    if (!checked) return tl::unexpected(std::move(checked.error()));
    more = *checked;
    if (more) passed(at.seq);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<RecordLog>> RecordLog::open(const std::filesystem::path& path, Mode mode,
                                                   const RecordLogOptions& options) try {
  const bool write = mode == Mode::kReadWrite;
  const auto access = write ? SqliteAccess::kReadWrite : SqliteAccess::kReadOnly;
  if (write) {
    // SQLite itself would make a file that all may read; kRefused says that it is there.
    const auto made = create_file(path, kFileMode, "");
    if (!made && made.error().code != ErrorCode::kRefused) return tl::unexpected(made.error());
  }
  auto db = connect_sqlite(path, access, kRecordsIdentity.what, options.busy_timeout);
  if (!db) {
    if (db.error().code == ErrorCode::kNotFound) db.error().message += ": start the daemon once";
    return tl::unexpected(std::move(db.error()));
  }
  auto log_id = prepare_schema(**db, path, access);
  if (!log_id) return tl::unexpected(std::move(log_id.error()));
  if (write) {
    (*db)->exec("PRAGMA wal_autocheckpoint=8192");
    (*db)->exec("PRAGMA journal_size_limit=67108864");
  }
  (*db)->exec("PRAGMA cache_size=-65536");
  return std::make_unique<SqliteRecordLog>(std::move(**db), path, options, std::move(*log_id));
} catch (const SQLite::Exception& e) {
  return tl::unexpected(log_error(e, path, "open"));
}

}  // namespace tidewaiter
