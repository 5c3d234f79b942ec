#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "policies/model/digest.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// A UTC day of event time, counted from 1970-01-01.
using Day = std::int64_t;

[[nodiscard]] constexpr Day day_of(UtcTime time) { return align_down(time, kDay).us / kDay.us; }
[[nodiscard]] std::string day_text(Day day);  // "2026-11-23"

/// One row of a day's table.
struct StoredRecord {
  std::int64_t seq = 0;
  Digest id;
  UtcTime time;
  std::int64_t revision = 0;
  Digest hash;  ///< the running hash after this entry
  std::string body;
};

/// The tables of records, one a UTC day, with their prepared statements. SQLite::Exception passes
/// through every method; forget() after a transaction that failed.
class Partitions {
 public:
  explicit Partitions(SQLite::Database& db);
  ~Partitions();

  /// Says whether the day has a table, dropped ones not counted.
  [[nodiscard]] bool exists(Day day);
  void create(Day day);
  /// Drops the day's table; returns how many records went.
  std::int64_t drop(Day day);
  /// The first day before `end` that has a table, or nothing.
  [[nodiscard]] std::optional<Day> oldest_before(Day end);

  struct Version {
    std::int64_t seq = 0;
    std::int64_t revision = 0;
    std::string body;
  };
  /// The last version of (id, time), or nothing.
  [[nodiscard]] std::optional<Version> latest(Day day, const Digest& id, UtcTime time);
  /// One version of (id, time), or nothing.
  [[nodiscard]] std::optional<Version> version(Day day, const Digest& id, UtcTime time,
                                               std::int64_t revision);
  void insert(Day day, const StoredRecord& row);
  /// Puts another id, body and hash into the row of this sequence number.
  void rewrite(Day day, const StoredRecord& row);
  /// Puts another hash there.
  void rehash(Day day, std::int64_t seq, const Digest& hash);
  /// Every day that has a table, in order.
  [[nodiscard]] std::vector<Day> days() const;
  /// Whether there is a record of such a time.
  [[nodiscard]] bool has_records_in(const Interval& times) const;
  /// Adds to the day's count of records.
  void count(Day day, std::int64_t records);

  /// Calls `each` for the rows of [first, last] in sequence order.
  void range(Day day, std::int64_t first, std::int64_t last,
             const std::function<void(StoredRecord&&)>& each);

  /// Id and time of the entries of [first, last], in sequence order.
  [[nodiscard]] std::vector<std::pair<Digest, UtcTime>> records_in(Day day, std::int64_t first,
                                                                   std::int64_t last);

  /// Finalises all cached statements.
  void forget();

 private:
  struct Statements;
  Statements& statements(Day day);

  SQLite::Database& db_;
  std::unordered_map<Day, std::unique_ptr<Statements>> open_;
};

/// Reads a 32-byte column; anything else gives all zeros, which no check accepts.
[[nodiscard]] Digest column_digest(const SQLite::Statement& statement, int index);

}  // namespace tidewaiter
