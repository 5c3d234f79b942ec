// Steps a second into the ledger, durable (WAL, synchronous=FULL), in batches of 1, 100 and 1,000,
// against the same tables, entries and rules without tree and signature, in turns in one run.
//
// A round appends the same steps to both. The ledger signs its head once a round, which is more
// often than a daemon does (every ten seconds at most). `ratio` is the median over rounds of
// baseline time / ledger time (1 means that tree and signature cost nothing), `cpu_ratio` the same
// of CPU time. At the end the ledger's root is compared with the definition of RFC 6962.

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "storage/evidence/vault.h"
#include "storage/ledger/commit_entries.h"
#include "storage/ledger/commit_rules.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/ledger_reader.h"
#include "storage/ledger/ledger_writer.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/schema.h"
#include "storage/sqlite/sqlite_file.h"
#include "tests/bench/ledger_rounds.h"
#include "tests/bench/scratch_folder.h"

namespace tidewaiter {
namespace {

/// Every subject may get a key: the baseline has no history that knows better.
Result<void> any_subject(const std::string& /*subject*/) { return {}; }

/// The ledger's tables without its tree: what stands in `nodes` is never looked at.
class TreelessLedger {
 public:
  static Result<std::unique_ptr<TreelessLedger>> open(const LedgerPaths& paths) {
    auto database = open_sqlite_file(paths.database, SqliteAccess::kReadWrite, kLedgerIdentity,
                                     SqliteJournal::kWal);
    if (!database) return tl::unexpected(database.error());
    auto vault = Vault::open(paths.vault);
    if (!vault) return tl::unexpected(vault.error());
    return std::unique_ptr<TreelessLedger>(
        new TreelessLedger(std::move(*database), std::move(*vault)));
  }

  Result<void> commit(const LedgerCommit& commit) {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const auto basis = read_basis(*database_);
    if (!basis) return tl::unexpected(basis.error());
    if (auto follows = check_commit(commit, *basis); !follows) return follows;
    const auto entries = build_entries(commit, vault_, any_subject, kBenchNow);
    if (!entries) return tl::unexpected(entries.error());
    for (std::size_t i = 0; i < entries->size(); ++i, ++size_) {
      rows_.put_entry(size_, no_nodes_, (*entries)[i]);
      if (auto put = rows_.put_step(size_, commit.steps[i], (*entries)[i], kBenchNow); !put)
        return put;
    }
    rows_.put_position(commit.log_id, *commit.offset);
    transaction.commit();
    return {};
  }

 private:
  TreelessLedger(std::unique_ptr<SQLite::Database> database, Vault vault)
      : database_(std::move(database)), vault_(std::move(vault)), rows_(*database_) {}

  std::unique_ptr<SQLite::Database> database_;
  Vault vault_;
  LedgerWriter rows_;
  std::string no_nodes_ = std::string(32, '\0');
  std::int64_t size_ = 1;
};

struct Spent {
  double wall_s = 0;
  double cpu_s = 0;
};

template <class Work>
Spent measure(const Work& work) {
  const std::clock_t cpu = std::clock();
  const auto wall = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - wall;
  return {elapsed.count(), static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Result<std::unique_ptr<Ledger>> open_new_ledger(const std::filesystem::path& directory) {
  const auto paths = make_ledger(directory);
  if (!paths) return tl::unexpected(paths.error());
  return Ledger::open(*paths, Ledger::Mode::kReadWrite);
}

Result<std::unique_ptr<TreelessLedger>> open_new_treeless(const std::filesystem::path& directory) {
  const auto paths = make_ledger(directory);
  if (!paths) return tl::unexpected(paths.error());
  return TreelessLedger::open(*paths);
}

bool root_is_right(const Ledger& ledger) {
  const auto head = ledger.head();
  if (!head) return false;
  std::vector<Digest> leaves;
  for (std::int64_t i = 0; i < head->size; ++i) {
    const auto entry = ledger.entry(i);
    if (!entry) return false;
    leaves.push_back(leaf_hash(*entry));
  }
  return tree_root(leaves) == head->root;
}

/// One round of the pair; false if either refused.
bool run_round(Ledger& ledger, TreelessLedger& treeless, const std::vector<LedgerCommit>& commits,
               bool ledger_first, Spent& ours, Spent& theirs) {
  bool good = true;
  const auto run_ours = [&] {
    for (const LedgerCommit& commit : commits) {
      good = good && ledger.commit(commit, kBenchNow).has_value();
    }
    good = good && ledger.sign(kBenchNow).has_value();
  };
  const auto run_theirs = [&] {
    for (const LedgerCommit& commit : commits) good = good && treeless.commit(commit).has_value();
  };
  if (ledger_first) ours = measure(run_ours);
  theirs = measure(run_theirs);
  if (!ledger_first) ours = measure(run_ours);
  return good;
}

void append(benchmark::State& state) {
  const std::int64_t batch = state.range(0);
  const std::int64_t steps = state.range(1);
  const ScratchFolder folder;
  const auto ledger = open_new_ledger(folder / "a");
  const auto treeless = open_new_treeless(folder / "b");
  if (!ledger || !treeless) {
    state.SkipWithError((ledger ? treeless.error() : ledger.error()).message.c_str());
    return;
  }
  std::int64_t seq = 0;
  Spent ours;
  Spent theirs;
  // Not counted: gives every account its key.
  bool good = run_round(**ledger, **treeless, make_round(seq, kBenchAccounts, kBenchAccounts), true,
                        ours, theirs);
  std::vector<double> wall;
  std::vector<double> cpu;
  double total_ours = 0;
  double total_theirs = 0;
  for ([[maybe_unused]] auto unused : state) {
    const auto commits = make_round(seq, steps, batch);
    good = good && run_round(**ledger, **treeless, commits, wall.size() % 2 == 0, ours, theirs);
    state.SetIterationTime(ours.wall_s);
    wall.push_back(theirs.wall_s / ours.wall_s);
    cpu.push_back(theirs.cpu_s / ours.cpu_s);
    total_ours += ours.wall_s;
    total_theirs += theirs.wall_s;
  }
  const auto all = static_cast<double>(steps) * static_cast<double>(wall.size());
  state.counters["steps_per_s"] = all / total_ours;
  state.counters["treeless_per_s"] = all / total_theirs;
  state.counters["ratio"] = median(wall);
  state.counters["cpu_ratio"] = median(cpu);
  if (!good || !root_is_right(**ledger)) state.SkipWithError("the answer is wrong");
}

BENCHMARK(append)
    ->ArgNames({"batch", "steps"})
    ->Args({10, 100})
    ->Args({1, 1'000})
    ->Args({100, 10'000})
    ->Args({1'000, 20'000})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);

/// What a start pays before it may sign: every entry is read and hashed again.
void open_writer(benchmark::State& state) {
  const std::int64_t entries = state.range(0);
  const ScratchFolder folder;
  const auto paths = make_ledger(folder / "a");
  bool good = paths.has_value();
  TreeHead head;
  if (good) {
    const auto ledger = Ledger::open(*paths, Ledger::Mode::kReadWrite);
    std::int64_t seq = 0;
    good = ledger.has_value();
    for (const LedgerCommit& commit :
         make_round(seq, entries, std::min<std::int64_t>(entries, 1'000))) {
      good = good && (*ledger)->commit(commit, kBenchNow).has_value();
    }
    good = good && (*ledger)->sign(kBenchNow).has_value() && root_is_right(**ledger);
    if (good) head = *(*ledger)->head();
  }
  for ([[maybe_unused]] auto unused : state) {
    if (!good) break;
    const auto ledger = Ledger::open(*paths, Ledger::Mode::kReadWrite);
    good = ledger && (*ledger)->head() == head;
  }
  if (!good) state.SkipWithError("the answer is wrong");
  state.SetItemsProcessed(state.iterations() * entries);
}
BENCHMARK(open_writer)
    ->ArgName("entries")
    ->Arg(100)
    ->Arg(100'000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
