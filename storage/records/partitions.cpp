#include "storage/records/partitions.h"

#include <cstring>

#include <SQLiteCpp/Column.h>

#include "storage/sqlite/digest_column.h"

namespace tidewaiter {
namespace {

/// Statements of at most so many days are kept prepared.
constexpr std::size_t kMaxOpenDays = 64;

std::string table_name(Day day) {
  std::string text = day_text(day);
  std::erase(text, '-');
  return "record_" + text;
}

std::string column_text(const SQLite::Statement& statement, int index) {
  const SQLite::Column column = statement.getColumn(index);
  const char* const text = column.getText();
  return {text, static_cast<std::size_t>(column.getBytes())};
}

Partitions::Version read_version(const SQLite::Statement& statement) {
  return {statement.getColumn(0).getInt64(), statement.getColumn(1).getInt64(),
          column_text(statement, 2)};
}

}  // namespace

Digest column_digest(const SQLite::Statement& statement, int index) {
  Digest digest;
  const SQLite::Column column = statement.getColumn(index);
  if (static_cast<std::size_t>(column.getBytes()) == digest.bytes.size()) {
    std::memcpy(digest.bytes.data(), column.getBlob(), digest.bytes.size());
  }
  return digest;
}

std::string day_text(Day day) { return format_time({day * kDay.us}).substr(0, 10); }

struct Partitions::Statements {
  SQLite::Statement latest;
  SQLite::Statement version;
  SQLite::Statement insert;
  SQLite::Statement range;
  SQLite::Statement places;
  SQLite::Statement rewrite;
  SQLite::Statement rehash;

  Statements(SQLite::Database& db, const std::string& table)
      : latest(db, "SELECT seq, revision, body FROM " + table +
                       " WHERE id = ?1 AND time = ?2 ORDER BY revision DESC LIMIT 1"),
        version(db, "SELECT seq, revision, body FROM " + table +
                        " WHERE id = ?1 AND time = ?2 AND revision = ?3"),
        insert(db, "INSERT INTO " + table +
                       "(seq, id, time, revision, hash, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
        range(db, "SELECT seq, id, time, revision, hash, body FROM " + table +
                      " WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq"),
        places(db, "SELECT id, time FROM " + table + " WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq"),
        rewrite(db, "UPDATE " + table + " SET id = ?2, hash = ?3, body = ?4 WHERE seq = ?1"),
        rehash(db, "UPDATE " + table + " SET hash = ?2 WHERE seq = ?1") {}
};

Partitions::Partitions(SQLite::Database& db) : db_(db) {}
Partitions::~Partitions() = default;

void Partitions::forget() { open_.clear(); }

Partitions::Statements& Partitions::statements(Day day) {
  const auto found = open_.find(day);
  if (found != open_.end()) return *found->second;
  if (open_.size() >= kMaxOpenDays) open_.clear();
  return *open_.emplace(day, std::make_unique<Statements>(db_, table_name(day))).first->second;
}

bool Partitions::exists(Day day) {
  SQLite::Statement query(db_, "SELECT 1 FROM partition WHERE day = ?1 AND dropped = 0");
  query.bind(1, day);
  return query.executeStep();
}

void Partitions::create(Day day) {
  // INVARIANT: (id, time) names a record, and `revision` its versions 0, 1, 2, … without gaps.
  // Time leads the index, for sources deliver in the order of time: a page then touches the end of
  // the index, where an order by id alone would touch it everywhere.
  db_.exec("CREATE TABLE " + table_name(day) +
           "(seq INTEGER PRIMARY KEY,"
           " id BLOB NOT NULL CHECK(length(id) = 32),"
           " time INTEGER NOT NULL,"
           " revision INTEGER NOT NULL,"
           " hash BLOB NOT NULL CHECK(length(hash) = 32),"
           " body TEXT NOT NULL,"
           " UNIQUE(time, id, revision)) STRICT");
  SQLite::Statement insert(db_, "INSERT INTO partition(day, records, dropped) VALUES (?1, 0, 0)");
  insert.bind(1, day);
  insert.exec();
}

std::int64_t Partitions::drop(Day day) {
  forget();
  const std::string table = table_name(day);
  const std::int64_t records = db_.execAndGet("SELECT count(*) FROM " + table).getInt64();
  db_.exec("DROP TABLE " + table);
  SQLite::Statement mark(db_, "UPDATE partition SET dropped = 1 WHERE day = ?1");
  mark.bind(1, day);
  mark.exec();
  return records;
}

std::optional<Day> Partitions::oldest_before(Day end) {
  SQLite::Statement query(db_,
                          "SELECT day FROM partition WHERE day < ?1 AND dropped = 0"
                          " ORDER BY day LIMIT 1");
  query.bind(1, end);
  if (!query.executeStep()) return std::nullopt;
  return query.getColumn(0).getInt64();
}

std::optional<Partitions::Version> Partitions::latest(Day day, const Digest& id, UtcTime time) {
  SQLite::Statement& query = statements(day).latest;
  bind_digest(query, 1, id);
  query.bind(2, time.us);
  std::optional<Version> found;
  if (query.executeStep()) found = read_version(query);
  query.reset();
  return found;
}

std::optional<Partitions::Version> Partitions::version(Day day, const Digest& id, UtcTime time,
                                                       std::int64_t revision) {
  SQLite::Statement& query = statements(day).version;
  bind_digest(query, 1, id);
  query.bind(2, time.us);
  query.bind(3, revision);
  std::optional<Version> found;
  if (query.executeStep()) found = read_version(query);
  query.reset();
  return found;
}

void Partitions::insert(Day day, const StoredRecord& row) {
  SQLite::Statement& insert = statements(day).insert;
  insert.bind(1, row.seq);
  bind_digest(insert, 2, row.id);
  insert.bind(3, row.time.us);
  insert.bind(4, row.revision);
  bind_digest(insert, 5, row.hash);
  insert.bindNoCopy(6, row.body);
  insert.exec();
  insert.reset();
}

void Partitions::rewrite(Day day, const StoredRecord& row) {
  SQLite::Statement& update = statements(day).rewrite;
  update.bind(1, row.seq);
  bind_digest(update, 2, row.id);
  bind_digest(update, 3, row.hash);
  update.bindNoCopy(4, row.body);
  update.exec();
  update.reset();
}

void Partitions::rehash(Day day, std::int64_t seq, const Digest& hash) {
  SQLite::Statement& update = statements(day).rehash;
  update.bind(1, seq);
  bind_digest(update, 2, hash);
  update.exec();
  update.reset();
}

std::vector<Day> Partitions::days() const {
  SQLite::Statement query(db_, "SELECT day FROM partition WHERE dropped = 0 ORDER BY day");
  std::vector<Day> all;
  while (query.executeStep()) all.push_back(query.getColumn(0).getInt64());
  return all;
}

bool Partitions::has_records_in(const Interval& times) const {
  for (const Day day : days()) {
    if (day < day_of(times.from) || UtcTime{day * kDay.us} >= times.to) continue;
    SQLite::Statement query(
        db_, "SELECT 1 FROM " + table_name(day) + " WHERE time >= ?1 AND time < ?2 LIMIT 1");
    query.bind(1, times.from.us);
    query.bind(2, times.to.us);
    if (query.executeStep()) return true;
  }
  return false;
}

void Partitions::count(Day day, std::int64_t records) {
  SQLite::Statement update(db_, "UPDATE partition SET records = records + ?2 WHERE day = ?1");
  update.bind(1, day);
  update.bind(2, records);
  update.exec();
}

void Partitions::range(Day day, std::int64_t first, std::int64_t last,
                       const std::function<void(StoredRecord&&)>& each) {
  SQLite::Statement& query = statements(day).range;
  query.bind(1, first);
  query.bind(2, last);
  while (query.executeStep()) {
    each({query.getColumn(0).getInt64(),
          column_digest(query, 1),
          {query.getColumn(2).getInt64()},
          query.getColumn(3).getInt64(),
          column_digest(query, 4),
          column_text(query, 5)});
  }
  query.reset();
}

std::vector<std::pair<Digest, UtcTime>> Partitions::records_in(Day day, std::int64_t first,
                                                               std::int64_t last) {
  SQLite::Statement& query = statements(day).places;
  query.bind(1, first);
  query.bind(2, last);
  std::vector<std::pair<Digest, UtcTime>> found;
  while (query.executeStep()) {
    found.emplace_back(column_digest(query, 0), UtcTime{query.getColumn(1).getInt64()});
  }
  query.reset();
  return found;
}

}  // namespace tidewaiter
