// What it costs to make findings durable in the ledger, beside SQLite alone: the same rows, byte
// for byte, put into the same tables (WAL, synchronous=FULL) by prepared statements that have
// nothing to build, hash or check. In turns in one run, in batches of 1, 16, 256 and 1,024.
//
// `ratio` is the median over rounds of the ledger's time / SQLite's time, `cpu_ratio` the same of
// processor time; `p99_ms` and `sqlite_p99_ms` are of the commits of all rounds. Signing is timed
// apart: `sign_ms` is once a round. At the end the rows of both files must be equal.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <benchmark/benchmark.h>

#include "storage/ledger/ledger.h"
#include "storage/ledger/schema.h"
#include "storage/sqlite/sqlite_file.h"
#include "tests/bench/ledger_rounds.h"
#include "tests/bench/scratch_folder.h"

namespace tidewaiter {
namespace {

/// A value as SQLite stores it.
struct Cell {
  int type = SQLite::Null;
  std::int64_t number = 0;
  std::string bytes;
  bool operator==(const Cell&) const = default;
};

using Row = std::vector<Cell>;

/// A table whose rows are written; `key` numbers them in the order in which the ledger does.
struct Table {
  const char* name;
  const char* key;
};
constexpr std::array<Table, 4> kTables{
    {{"entry", "idx"}, {"disclosure", "idx"}, {"finding", "idx"}, {"step", "idx"}}};

std::vector<Row> rows_of(SQLite::Database& database, const std::string& query) {
  std::vector<Row> rows;
  SQLite::Statement select(database, query);
  while (select.executeStep()) {
    Row& row = rows.emplace_back();
    for (int i = 0; i < select.getColumnCount(); ++i) {
      const SQLite::Column column = select.getColumn(i);
      Cell cell{column.getType(), 0, {}};
      if (column.isInteger()) {
        cell.number = column.getInt64();
      } else if (!column.isNull()) {
        cell.bytes = column.getString();
      }
      row.push_back(std::move(cell));
    }
  }
  return rows;
}

/// What one commit of the ledger has written.
struct WrittenRows {
  std::array<std::vector<Row>, kTables.size()> tables;
  std::vector<Row> position;
};

WrittenRows written_by(SQLite::Database& database, std::int64_t from, std::int64_t to,
                       const LogOffset& offset) {
  WrittenRows written;
  for (std::size_t t = 0; t < kTables.size(); ++t) {
    const std::string key = kTables[t].key;
    written.tables[t] =
        rows_of(database, "SELECT * FROM " + std::string(kTables[t].name) + " WHERE " + key +
                              " >= " + std::to_string(from) + " AND " + key + " < " +
                              std::to_string(to) + " ORDER BY " + key);
  }
  const auto* hash = reinterpret_cast<const char*>(offset.log_hash.bytes.data());
  written.position = {{{SQLite::TEXT, 0, kBenchLog},
                       {SQLite::INTEGER, offset.seq, {}},
                       {SQLite::BLOB, 0, std::string(hash, offset.log_hash.bytes.size())}}};
  return written;
}

/// SQLite alone, with the ledger's schema, indexes and triggers.
class PlainTables {
 public:
  explicit PlainTables(const std::filesystem::path& path)
      : database_(std::move(*open_sqlite_file(path, SqliteAccess::kReadWrite, kLedgerIdentity,
                                              SqliteJournal::kWal))),
        position_(*database_,
                  "INSERT INTO position(one, log_id, seq, log_hash) VALUES (1, ?, ?, ?) ON "
                  "CONFLICT(one) DO UPDATE SET seq = excluded.seq, log_hash = excluded.log_hash") {
    for (const Table& table : kTables) {
      const SQLite::Statement columns(*database_, "SELECT * FROM " + std::string(table.name));
      std::string places = "?";
      for (int i = 1; i < columns.getColumnCount(); ++i) places += ", ?";
      inserts_.push_back(std::make_unique<SQLite::Statement>(
          *database_, "INSERT INTO " + std::string(table.name) + " VALUES (" + places + ")"));
    }
  }

  void commit(const WrittenRows& rows) {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t t = 0; t < kTables.size(); ++t) put(*inserts_[t], rows.tables[t]);
    put(position_, rows.position);
    transaction.commit();
  }

  SQLite::Database& database() { return *database_; }

 private:
  static void put(SQLite::Statement& insert, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      insert.reset();
      for (std::size_t i = 0; i < row.size(); ++i) bind(insert, static_cast<int>(i) + 1, row[i]);
      insert.exec();
    }
  }

  static void bind(SQLite::Statement& insert, int place, const Cell& cell) {
    if (cell.type == SQLite::INTEGER) return insert.bind(place, cell.number);
    if (cell.type == SQLite::TEXT) return insert.bindNoCopy(place, cell.bytes);
    if (cell.type == SQLite::Null) return insert.bind(place);
    insert.bindNoCopy(place, cell.bytes.data(), static_cast<int>(cell.bytes.size()));
  }

  std::unique_ptr<SQLite::Database> database_;
  std::vector<std::unique_ptr<SQLite::Statement>> inserts_;
  SQLite::Statement position_;
};

struct Spent {
  double wall_s = 0;
  double cpu_s = 0;
};

/// Runs the commits of a round; each one's time goes into `each_ms`.
template <class Commits, class Commit>
Spent run(const Commits& commits, std::vector<double>& each_ms, const Commit& commit) {
  Spent spent;
  const std::clock_t cpu = std::clock();
  for (const auto& one : commits) {
    const auto start = std::chrono::steady_clock::now();
    commit(one);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    each_ms.push_back(took.count() * 1000);
    spent.wall_s += took.count();
  }
  spent.cpu_s = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  return spent;
}

/// The value that so large a share of all is not above.
double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

bool same_rows(SQLite::Database& a, SQLite::Database& b) {
  return std::ranges::all_of(kTables, [&](const Table& table) {
    const std::string query =
        "SELECT * FROM " + std::string(table.name) + " WHERE idx > 0 ORDER BY " + table.key;
    const std::vector<Row> rows = rows_of(a, query);
    return !rows.empty() && rows == rows_of(b, query);
  });
}

/// What all rounds took.
struct Measured {
  std::vector<double> wall;
  std::vector<double> cpu;
  std::vector<double> ours_ms;
  std::vector<double> sqlite_ms;
  std::vector<double> sign_ms;
  double ours_s = 0;
};

class Pair {
 public:
  explicit Pair(const ScratchFolder& folder)
      : ours_(*make_ledger(folder / "a")),
        ledger_(std::move(*Ledger::open(ours_, Ledger::Mode::kReadWrite))),
        reader_(ours_.database.string()),
        plain_(make_ledger(folder / "b")->database) {}

  /// The ledger writes a round, then SQLite the same rows.
  bool round(const std::vector<LedgerCommit>& commits, Measured& measured) {
    bool good = true;
    const std::int64_t before = ledger_->head()->size;
    const Spent ours = run(commits, measured.ours_ms, [&](const LedgerCommit& commit) {
      good = good && ledger_->commit(commit, kBenchNow).has_value();
    });
    std::vector<double> sign;
    run(std::array{0}, sign, [&](int) { good = good && ledger_->sign(kBenchNow).has_value(); });
    measured.sign_ms.push_back(sign.front());
    std::vector<WrittenRows> rows;
    std::int64_t from = before;
    for (const LedgerCommit& commit : commits) {
      const std::int64_t to = from + static_cast<std::int64_t>(commit.steps.size());
      rows.push_back(written_by(reader_, from, to, *commit.offset));
      from = to;
    }
    const Spent sqlite =
        run(rows, measured.sqlite_ms, [&](const WrittenRows& written) { plain_.commit(written); });
    measured.wall.push_back(ours.wall_s / sqlite.wall_s);
    measured.cpu.push_back(ours.cpu_s / sqlite.cpu_s);
    measured.ours_s += ours.wall_s;
    return good;
  }

  bool is_same() { return same_rows(reader_, plain_.database()); }

 private:
  LedgerPaths ours_;
  std::unique_ptr<Ledger> ledger_;
  SQLite::Database reader_;
  PlainTables plain_;
};

void durable(benchmark::State& state) {
  const std::int64_t batch = state.range(0);
  const std::int64_t steps = state.range(1);
  const ScratchFolder folder;
  Pair pair(folder);
  std::int64_t seq = 0;
  Measured first;  // not counted: gives every account its key
  bool good = pair.round(make_round(seq, kBenchAccounts, kBenchAccounts), first);
  Measured measured;
  for ([[maybe_unused]] auto unused : state) {
    good = pair.round(make_round(seq, steps, batch), measured) && good;
    state.SetIterationTime(measured.ours_s);
  }
  const auto all = static_cast<double>(steps) * static_cast<double>(measured.wall.size());
  state.counters["steps_per_s"] = all / measured.ours_s;
  state.counters["ratio"] = quantile(measured.wall, 0.5);
  state.counters["cpu_ratio"] = quantile(measured.cpu, 0.5);
  state.counters["p99_ms"] = quantile(measured.ours_ms, 0.99);
  state.counters["sqlite_p99_ms"] = quantile(measured.sqlite_ms, 0.99);
  state.counters["sign_ms"] = quantile(measured.sign_ms, 0.5);
  if (!good || !pair.is_same()) state.SkipWithError("the rows differ");
}
BENCHMARK(durable)
    ->ArgNames({"batch", "steps"})
    ->Args({10, 100})
    ->Args({1, 1'000})
    ->Args({16, 4'096})
    ->Args({256, 16'384})
    ->Args({1'024, 16'384})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(7);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
