#include "storage/backup/backup.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/backup/database_copy.h"
#include "storage/evidence/vault.h"
#include "storage/ledger/ledger_server.h"
#include "storage/timestamp/timestamp_folder.h"
#include "storage/verify/verify.h"
#include "tests/unit/child_process.h"
#include "tests/unit/fsck/state_work.h"
#include "tests/unit/ledger/plain_sqlite.h"
#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

/// As a person checks it who has no Tidewaiter.
bool sums_hold(const fs::path& folder) {
  const std::string command =
      "cd '" + folder.string() + "' && sha256sum --strict --status -c SHA256SUMS";
  return std::system(command.c_str()) == 0;  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
}

class BackupTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(state_);
    ASSERT_TRUE(StateWork::create(state_));
  }

  /// Records, judges and signs one more.
  static void work(StateWork& state, std::int64_t number, const std::string& account) {
    ASSERT_TRUE(state.pull(number));
    ASSERT_TRUE(state.judge(account));
    ASSERT_TRUE(state.ledger().sign(kNow));
  }

  [[nodiscard]] Result<Backup> backup() const {
    return write_backup({paths_in(state_), state_ / "records.db", state_ / "timestamps",
                         state_ / "ledger.witnessed", state_ / "acts"},
                        {folder_, vault_}, [](std::string_view) {});
  }
  [[nodiscard]] VerifyReport verify() const {
    std::string key = bytes_of(folder_ / "ledger.vkey");
    key.pop_back();
    return verify_ledger({folder_ / "ledger.db", std::nullopt, key});
  }

  TempDir dir_;
  fs::path state_ = dir_.path() / "state";
  fs::path folder_ = dir_.path() / "backup";
  std::optional<fs::path> vault_ = dir_.path() / "keys";
};

TEST_F(BackupTest, HasWhatAWriterHasCommitted) {
  auto state = StateWork::open(state_);
  ASSERT_TRUE(state);
  work(*state, 1, "ann");
  ASSERT_TRUE(state->pull(2));
  ASSERT_TRUE(state->judge("bob"));  // not signed yet
  const auto done = backup();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->head, *state->ledger().head());
  EXPECT_EQ(done->checkpoint.head.size, 2);
  EXPECT_EQ(done->records, 2);
  EXPECT_THAT(names_in(folder_), UnorderedElementsAre("ledger.db", "records.db", "checkpoint",
                                                      "ledger.vkey", "SHA256SUMS"));
  EXPECT_EQ(bytes_of(folder_ / "checkpoint"), (*state->ledger().signed_head())->note);
  EXPECT_EQ(bytes_of(folder_ / "ledger.vkey"), state->ledger().verifier_key() + "\n");
  EXPECT_TRUE(sums_hold(folder_));
  const VerifyReport report = verify();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.head.size, 3);
  EXPECT_EQ(report.signed_size, 2);
  // The writer was not disturbed.
  work(*state, 3, "cat");
}

TEST_F(BackupTest, HasTheVaultInAnotherFolderForItsOwnerAlone) {
  auto state = StateWork::open(state_);
  ASSERT_TRUE(state);
  work(*state, 1, "ann");
  ASSERT_TRUE(backup());
  EXPECT_THAT(names_in(*vault_), UnorderedElementsAre("vault.db", "SHA256SUMS"));
  EXPECT_TRUE(sums_hold(*vault_));
  for (const fs::path& file : {folder_ / "ledger.db", *vault_ / "vault.db"}) {
    struct stat about {};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U) << file;
  }
  const std::string subject = to_text(opened_step(1, 0, "ann").subject);
  const auto key = Vault::open(*vault_ / "vault.db")->find(subject);
  ASSERT_TRUE(key && *key);
  EXPECT_EQ(**key, **Vault::open(state_ / "vault.db")->find(subject));
}

TEST_F(BackupTest, LeavesTheVaultOutWhereNoFolderIsNamedForIt) {
  vault_.reset();
  ASSERT_TRUE(backup());
  EXPECT_FALSE(fs::exists(dir_.path() / "keys"));
  EXPECT_FALSE(fs::exists(folder_ / "vault.db"));
}

/// Tables that are elsewhere, and come as a copy of a file.
class FarTables final : public LedgerServer {
 public:
  FarTables(fs::path file, fs::path backup) : file_(std::move(file)), backup_(std::move(backup)) {}
  mutable bool witnessed_before = false;

  std::string name() const override { return "a server"; }
  Result<bool> has_ledger() const override { return true; }
  Result<std::unique_ptr<LedgerStore>> open(Ledger::Mode) const override {
    return fail(ErrorCode::kUnsupported, "only copied");
  }
  Result<bool> is_led() const override { return true; }
  Result<void> copy_to(const fs::path& file,
                       const std::function<Result<void>()>& at_moment) const override {
    witnessed_before = fs::exists(backup_ / "ledger.witnessed");
    if (auto done = at_moment(); !done) return done;
    return copy_database(file_, file, "ledger");
  }

 private:
  fs::path file_;
  fs::path backup_;
};

/// What others said of heads comes first: of later heads the tables would know nothing.
TEST_F(BackupTest, OfTablesOnAServerTakesThemAfterWhatRestsOnThem) {
  auto state = StateWork::open(state_);
  ASSERT_TRUE(state);
  work(*state, 1, "ann");
  std::ofstream(state_ / "ledger.witnessed") << "a note";
  LedgerPaths paths = paths_in(state_);
  const auto server = std::make_shared<FarTables>(paths.database, folder_);
  paths.server = server;
  paths.database = state_ / "no-file";
  const auto done = write_backup({paths, state_ / "records.db", state_ / "timestamps",
                                  state_ / "ledger.witnessed", state_ / "acts"},
                                 {folder_, vault_}, [](std::string_view) {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(server->witnessed_before);
  EXPECT_EQ(done->head, *state->ledger().head());
  EXPECT_TRUE(sums_hold(folder_));
  EXPECT_TRUE(verify().ok());
}

// The writer goes on all the time: what is copied later is never behind what was copied before.
TEST_F(BackupTest, HoldsWhileAnotherProcessWrites) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ChildProcess writer([&] {
    auto state = StateWork::open(state_);
    if (!state) return 1;
    for (std::int64_t number = 1;; ++number) {
      if (!state->pull(number) || !state->judge("account-" + std::to_string(number))) return 2;
      if (number % 3 == 0 && !state->ledger().sign(kNow)) return 3;
      if (number == 3 && ::write(ready[1], "r", 1) != 1) return 4;
    }
  });
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  for (int round = 0; round < 5; ++round) {
    fs::remove_all(folder_);
    fs::remove_all(*vault_);
    const auto done = backup();
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(writer.is_running());
    // Put together it is a state, but for what is not in a backup.
    LedgerPaths paths = paths_in(state_);
    paths.database = folder_ / "ledger.db";
    const auto ledger = Ledger::open(paths, Ledger::Mode::kReadOnly);
    ASSERT_TRUE(ledger);
    const auto vault = Vault::open(*vault_ / "vault.db");
    ASSERT_TRUE(vault);
    const auto findings = (*ledger)->findings({});
    ASSERT_TRUE(findings);
    for (const FindingState& finding : *findings) {
      EXPECT_TRUE(vault->find(finding.subject)->has_value()) << finding.id;
    }
  }
  writer.end(SIGKILL);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(BackupTest, PutBackBeforeAnotherHeadIsSignedItGoesOn) {
  {
    auto state = StateWork::open(state_);
    ASSERT_TRUE(state);
    work(*state, 1, "ann");
  }
  ASSERT_TRUE(backup());
  for (const char* name : {"ledger.db", "records.db"}) {
    for (const char* suffix : {"", "-wal", "-shm"})
      fs::remove(state_ / (std::string(name) + suffix));
    fs::copy_file(folder_ / name, state_ / name);
  }
  fs::remove(state_ / "vault.db");
  fs::copy_file(*vault_ / "vault.db", state_ / "vault.db");
  EXPECT_EQ(problems_of(check_folder(state_)), "");
  auto state = StateWork::open(state_);
  ASSERT_TRUE(state) << state.error().message;
  work(*state, 2, "ann");
}

TEST_F(BackupTest, GoesIntoNoFolderOfOtherFiles) {
  for (const fs::path& folder : {folder_, *vault_}) {
    fs::remove_all(folder_);
    fs::remove_all(*vault_);
    fs::create_directory(folder);
    std::ofstream(folder / "other") << "x";
    const auto refused = backup();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_THAT(refused.error().message, HasSubstr("is not an empty folder"));
    EXPECT_THAT(names_in(folder), ElementsAre("other"));
    EXPECT_FALSE(fs::exists(folder_ / "SHA256SUMS"));
  }
}

TEST_F(BackupTest, OfALedgerThatDoesNotHoldIsNone) {
  {
    auto state = StateWork::open(state_);
    ASSERT_TRUE(state);
    work(*state, 1, "ann");
  }
  ASSERT_EQ(plain_sql(state_ / "ledger.db",
                      "DROP TRIGGER entry_no_update; UPDATE entry SET body = CAST(replace(CAST("
                      "body AS TEXT), 'high', 'low') AS BLOB) WHERE idx = 1; CREATE TRIGGER "
                      "entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is "
                      "append-only'); END"),
            "");
  const auto refused = backup();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(refused.error().message, HasSubstr("entry 1 does not have the leaf hash"));
  EXPECT_FALSE(fs::exists(folder_ / "SHA256SUMS"));
}

TEST_F(BackupTest, OfRecordsThatAreBehindTheLedgerIsNone) {
  fs::copy_file(state_ / "records.db", dir_.path() / "older");
  {
    auto state = StateWork::open(state_);
    ASSERT_TRUE(state);
    work(*state, 1, "ann");
  }
  for (const char* suffix : {"-wal", "-shm"})
    fs::remove(state_ / ("records.db" + std::string(suffix)));
  fs::copy_file(dir_.path() / "older", state_ / "records.db", fs::copy_options::overwrite_existing);
  const auto refused = backup();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("where no page of it ends"));
}

TEST_F(BackupTest, OfRecordsThatWereChangedIsNone) {
  {
    auto state = StateWork::open(state_);
    ASSERT_TRUE(state);
    work(*state, 1, "ann");
  }
  ASSERT_EQ(plain_sql(state_ / "records.db", "UPDATE record_20260101 SET body = body || ' '"), "");
  const auto refused = backup();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(refused.error().message, HasSubstr("the copy of the records is no backup"));
  EXPECT_FALSE(fs::exists(folder_ / "SHA256SUMS"));
}

TEST_F(BackupTest, WithOtherKeysThanTheLedgersIsNone) {
  {
    auto state = StateWork::open(state_);
    ASSERT_TRUE(state);
    work(*state, 1, "ann");
  }
  ASSERT_EQ(plain_sql(state_ / "vault.db", "UPDATE subject_key SET key = zeroblob(32)"), "");
  const auto refused = backup();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(refused.error().message, HasSubstr("do not derive from the vault's keys"));
  EXPECT_FALSE(fs::exists(folder_ / "SHA256SUMS"));
  EXPECT_FALSE(fs::exists(*vault_ / "SHA256SUMS"));
}

TEST_F(BackupTest, KeepsTheVaultInNoFolderOfTheLedgers) {
  const fs::path backup_folder = folder_;
  for (const auto& [folder, vault] :
       {std::pair(backup_folder, backup_folder / "keys"),
        std::pair(backup_folder / "ledger", backup_folder), std::pair(backup_folder, backup_folder),
        std::pair(backup_folder / "", backup_folder / "." / "keys")}) {
    folder_ = folder;
    vault_ = vault;
    const auto refused = backup();
    ASSERT_FALSE(refused) << folder << ' ' << vault;
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_THAT(refused.error().message, HasSubstr("one lies in the other"));
    EXPECT_FALSE(fs::exists(backup_folder));
  }
}

TEST_F(BackupTest, HasWhatOthersSaidAboutTheHeads) {
  const OpensslAuthority authority;
  TimestampFolder stamps(state_ / "timestamps");
  {
    auto state = StateWork::open(state_);
    ASSERT_TRUE(state);
    work(*state, 1, "ann");
    const auto head = state->ledger().signed_head();
    ASSERT_TRUE(head && *head);
    const auto asked = stamps.ask(**head, *parse_verifier_key(state->ledger().verifier_key()), "");
    ASSERT_TRUE(asked) << asked.error().message;
    const auto taken = stamps.take(authority.answer(asked->der),
                                   *TimestampAuthorities::from_pem(authority.root()));
    ASSERT_TRUE(taken) << taken.error().message;
    std::ofstream(state_ / "ledger.witnessed") << (*head)->note;
  }
  const auto done = backup();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(sums_hold(folder_));
  EXPECT_EQ(bytes_of(folder_ / "ledger.witnessed"), bytes_of(state_ / "ledger.witnessed"));
  ASSERT_THAT(names_in(folder_ / "timestamps"), testing::SizeIs(2));
  for (const std::string& name : names_in(folder_ / "timestamps")) {
    EXPECT_EQ(bytes_of(folder_ / "timestamps" / name), bytes_of(state_ / "timestamps" / name));
    EXPECT_THAT(bytes_of(folder_ / "SHA256SUMS"), HasSubstr("  timestamps/" + name + "\n"));
  }
}

// Erasure deletes rows; what the file still holds of them in unused room stays at home.
TEST_F(BackupTest, HasNothingOfWhatWasDeleted) {
  const std::string canary(900, 'Q');
  auto state = StateWork::open(state_);
  ASSERT_TRUE(state);
  for (std::int64_t number = 1; number <= 4; ++number) {
    work(*state, number, canary + std::to_string(number));
  }
  // As a SQLite does that was not built to overwrite what it deletes.
  ASSERT_EQ(plain_sql(state_ / "ledger.db",
                      "PRAGMA secure_delete = OFF; DELETE FROM disclosure; "
                      "UPDATE finding SET subject = ''; PRAGMA wal_checkpoint(TRUNCATE)"),
            "");
  // The base64 of three Q's: a disclosure is transported so.
  ASSERT_NE(bytes_of(state_ / "ledger.db").find("UVFRUVFR"), std::string::npos)
      << "the original has nothing to hide";
  ASSERT_TRUE(backup());
  for (const char* trace : {"UVFRUVFR", "QQQQQQ"}) {
    EXPECT_EQ(bytes_of(folder_ / "ledger.db").find(trace), std::string::npos) << trace;
  }
}

}  // namespace
}  // namespace tidewaiter
