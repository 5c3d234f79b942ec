#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include "storage/ledger/ledger.h"
#include "storage/verify/verify.h"

namespace tidewaiter::test {

/// A folder of its own, in memory where the system has such a place; removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool usable = ::access(memory.c_str(), W_OK) == 0;
    std::string name =
        ((usable ? memory : std::filesystem::temp_directory_path()) / "tidewaiter-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A real ledger of fifteen entries with a checkpoint after entries 0, 4, 9 and 13 and one entry
/// that is not signed yet; every table has rows. All of it is in ledger.db, none in a WAL.
class SmallLedger {
 public:
  static constexpr std::int64_t kEntries = 15;
  static constexpr std::int64_t kSigned = 14;
  static constexpr const char* kLogId = "records-1";

  SmallLedger() {
    must(Ledger::create(paths(), "ledger.example.org/test", at(0)));
    grow();
    SQLite::Database database(paths().database.string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  [[nodiscard]] LedgerPaths paths() const {
    return {folder_ / "ledger.db", folder_ / "lock.db", folder_ / "ledger.key",
            folder_ / "vault.db"};
  }
  [[nodiscard]] const ScratchFolder& folder() const { return folder_; }
  [[nodiscard]] const std::string& verifier_key() const { return verifier_key_; }
  [[nodiscard]] VerifyInput input() const {
    return {paths().database, paths().lock, verifier_key_};
  }
  /// Copies of ledger.db and lock.db when only the first two checkpoints were signed.
  [[nodiscard]] std::filesystem::path older_database() const { return folder_ / "older.db"; }
  [[nodiscard]] std::filesystem::path older_lock() const { return folder_ / "older-lock.db"; }

 private:
  static UtcTime at(std::int64_t minute) {
    return UtcTime{1'790'000'000'000'000 + minute * kMinute.us};
  }

  static Step step(std::int64_t seq, std::int32_t ordinal, StepKind kind, char finding) {
    Step made;
    made.seq = seq;
    made.ordinal = ordinal;
    made.kind = kind;
    made.policy = "spend-limit";
    made.policy_version = 3;
    made.policy_hash = sha256("policy");
    made.severity = Severity::kHigh;
    if (kind == StepKind::kGap) {
      made.reason = "no prices for a model";
      made.count = 4;
      return made;
    }
    made.finding = std::string(32, finding);
    made.subject = Subject{{}, {}, {}};
    made.run = {at(seq), at(seq + 1)};
    made.windows = 1;
    made.figures = {
        {"cost", ValueType::kMoney, Value(std::int64_t{1'250'000'000}), true},
        {"share", ValueType::kDouble, Value(0.25), false},
        {"model", ValueType::kString, Value(std::string("large")), true},
        {"peers", ValueType::kStringList, Value(std::vector<std::string>{"a", "b"}), true},
        {"limit", ValueType::kInt64, Value(), true}};
    made.evidence = {seq - 1, seq};
    made.evidence_total = 2;
    return made;
  }

  static Step about(Step made, const std::string& subject) {
    made.subject.fields = {*find_field("account")};
    made.subject.values = {subject};
    return made;
  }

  static LedgerCommit commit_of(std::vector<Step> steps, std::int64_t seq) {
    LedgerCommit commit;
    commit.steps = std::move(steps);
    commit.offset = LogOffset{seq, sha256(std::to_string(seq))};
    commit.log_id = kLogId;
    commit.outbox = {{0, "mail", R"({"text":"a finding"})"}};
    commit.coverage = R"({"sources":1})";
    return commit;
  }

  void grow() {
    auto ledger = must(Ledger::open(paths(), Ledger::Mode::kReadWrite));
    verifier_key_ = ledger->verifier_key();
    LedgerCommit started;
    started.events = {{"daemon.started", R"({"version":"1"})"},
                      {"policy.published", R"({"policy":"spend-limit"})"}};
    must(ledger->commit(started, at(1)));
    must(ledger->commit(commit_of({about(step(10, 0, StepKind::kOpened, 'a'), "ann"),
                                   about(step(10, 1, StepKind::kOpened, 'b'), "bob")},
                                  12),
                        at(2)));
    must(ledger->sign(at(3)));
    std::filesystem::copy_file(paths().lock, older_lock());
    {
      SQLite::Database database(paths().database.string(), SQLite::OPEN_READONLY);
      database.exec("VACUUM INTO '" + older_database().string() + "'");
    }
    Step restated = about(step(20, 0, StepKind::kRestated, 'a'), "ann");
    restated.previous = restated.figures;
    restated.reason = "late records";
    restated.evidence_choice = EvidenceChoice::kLast;
    Step withdrawn = about(step(21, 0, StepKind::kWithdrawn, 'b'), "bob");
    withdrawn.figures.clear();
    withdrawn.reason = "revised";
    must(ledger->commit(commit_of({restated, withdrawn, step(22, 0, StepKind::kGap, ' '),
                                   about(step(23, 0, StepKind::kClosed, 'a'), "ann"),
                                   step(24, 0, StepKind::kOpened, 'c')},
                                  24),
                        at(4)));
    must(ledger->sign(at(5)));
    Step historical = about(step(30, 0, StepKind::kOpened, 'd'), "dan");
    historical.historical = true;
    historical.evidence.clear();
    must(ledger->commit(commit_of({historical, step(31, 0, StepKind::kGap, ' ')}, 31), at(6)));
    LedgerCommit changed;
    changed.events = {{"config.changed", R"({"hash":"00"})"}, {"case.opened", R"({"case":"x1"})"}};
    must(ledger->commit(changed, at(7)));
    must(ledger->sign(at(8)));
    must(ledger->mark_sent(1, at(8)));
    LedgerCommit stopped;
    stopped.events = {{"daemon.stopped", R"({"reason":"request"})"}};
    must(ledger->commit(stopped, at(9)));
  }

  ScratchFolder folder_;
  std::string verifier_key_;
};

}  // namespace tidewaiter::test
