#include "storage/verify/verify.h"

#include <fstream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/ledger/merkle.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/plain_text.h"
#include "storage/verify/report.h"
#include "tests/unit/verify/small_ledger.h"
#include "tests/unit/verify/tampering.h"

namespace tidewaiter {
namespace {

using test::all_problems;
using test::SmallLedger;

bool names(const VerifyReport& report, VerifyFailure failure, std::int64_t index) {
  return std::ranges::any_of(report.problems, [&](const VerifyProblem& problem) {
    return problem.failure == failure && problem.index == index;
  });
}

/// One ledger for all tests; each works on copies of its files.
class VerifyLedger : public testing::Test {
 protected:
  static void SetUpTestSuite() { small_ = new SmallLedger(); }
  static void TearDownTestSuite() {
    delete small_;
    small_ = nullptr;
  }

  VerifyLedger() {
    std::filesystem::copy_file(small_->paths().database, database_);
    std::filesystem::copy_file(small_->paths().lock, lock_);
  }

  [[nodiscard]] VerifyInput input() const { return {database_, lock_, small_->verifier_key()}; }
  [[nodiscard]] VerifyReport verify() const { return verify_ledger(input()); }

  void change(const std::string& sql) { test::tamper(database_, {sql}); }
  static void change(const std::filesystem::path& path, const std::string& sql) {
    test::tamper(path, {sql});
  }

  static SmallLedger* small_;
  test::ScratchFolder folder_;
  std::filesystem::path database_ = folder_ / "ledger.db";
  std::filesystem::path lock_ = folder_ / "lock.db";
};
SmallLedger* VerifyLedger::small_ = nullptr;

TEST_F(VerifyLedger, FindsNothingWrongWithARealLedger) {
  const VerifyReport report = verify();
  EXPECT_TRUE(report.ok()) << all_problems(report);
  EXPECT_EQ(report.origin, "ledger.example.org/test");
  EXPECT_EQ(report.head.size, SmallLedger::kEntries);
  EXPECT_EQ(report.signed_size, SmallLedger::kSigned);
  const auto ledger = test::must(Ledger::open(small_->paths(), Ledger::Mode::kReadOnly));
  EXPECT_EQ(report.head, ledger->head().value());
  EXPECT_EQ(verify_exit_code(report), 0);
  ASSERT_EQ(report.notes.size(), 2U);
  EXPECT_THAT(report.notes[0], testing::HasSubstr("1 entry at the end is not covered"));
  EXPECT_THAT(report.notes[1], testing::HasSubstr("coverage figures"));
}

TEST_F(VerifyLedger, TellsBytesBehindTheDatabase) {
  const auto append = [this](const std::string& bytes) {
    std::ofstream(database_, std::ios::binary | std::ios::app) << bytes;
  };
  append("junk\n");
  EXPECT_TRUE(verify().ok());
  EXPECT_THAT(verify().notes.back(), testing::StartsWith("5 bytes lie behind the last page"));
  append(std::string(4091, '\0'));
  EXPECT_THAT(verify().notes.back(), testing::StartsWith("4096 bytes lie behind the last page"));
}

std::string headline_of(const VerifyReport& report) {
  const std::string text = verdict_text(report);
  return text.substr(0, text.find('\n'));
}

TEST_F(VerifyLedger, SaysOfWhatIsNotSignedThatOnlyTheSignedPartHolds) {
  EXPECT_EQ(headline_of(verify()), "The signed part holds (14 of 15 entries).");
  EXPECT_EQ(nlohmann::json::parse(verdict_json(verify()))["verdict"], "signed_part_holds");
  VerifyInput strict = input();
  strict.all_signed = true;
  VerifyReport report = verify_ledger(strict);
  ASSERT_EQ(report.problems.size(), 1U) << all_problems(report);
  EXPECT_TRUE(names(report, VerifyFailure::kUnsigned, 14)) << all_problems(report);
  EXPECT_EQ(verify_exit_code(report), 18);
  EXPECT_EQ(headline_of(report), "The ledger does NOT hold.");
  {
    LedgerPaths paths = small_->paths();
    paths.database = database_;
    paths.lock = lock_;
    const auto ledger = test::must(Ledger::open(paths, Ledger::Mode::kReadWrite));
    test::must(ledger->sign(UtcTime{1'790'001'000'000'000}));
  }
  report = verify_ledger(strict);
  EXPECT_TRUE(report.ok()) << all_problems(report);
  EXPECT_EQ(headline_of(report), "The ledger holds.");
  EXPECT_EQ(nlohmann::json::parse(verdict_json(report))["verdict"], "holds");
}

// Somebody without the key can take signatures away, and then write what they like.
TEST_F(VerifyLedger, RefusesALedgerWhoseCheckpointsWereRemoved) {
  const VerifyInput without_lock{database_, std::nullopt, small_->verifier_key()};
  change("DELETE FROM checkpoint WHERE number > 1");
  EXPECT_EQ(headline_of(verify_ledger(without_lock)), "The signed part holds (1 of 15 entries).");
  change("DELETE FROM checkpoint");
  const VerifyReport report = verify_ledger(without_lock);
  ASSERT_EQ(report.problems.size(), 1U) << all_problems(report);
  EXPECT_THAT(report.problems[0].message, testing::HasSubstr("no checkpoint is there"));
  EXPECT_EQ(verify_exit_code(report), 14);
  EXPECT_EQ(headline_of(report), "The ledger does NOT hold.");
  EXPECT_EQ(verify_exit_code(verify()), 16) << "the lock store holds head 4";
}

TEST_F(VerifyLedger, LeavesTheFolderAsItWas) {
  (void)verify();
  EXPECT_FALSE(std::filesystem::exists(database_.string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(database_.string() + "-shm"));
}

/// Every file below a folder with its bytes.
std::map<std::string, std::string> bytes_below(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

// What a killed daemon leaves: a WAL that nobody has checkpointed, and no shared memory file.
TEST_F(VerifyLedger, ChangesNothingBesideAWalThatAKilledWriterLeft) {
  const auto killed = folder_ / "killed";
  std::filesystem::create_directory(killed);
  {
    LedgerPaths paths = small_->paths();
    paths.database = database_;
    paths.lock = lock_;
    const auto ledger = test::must(Ledger::open(paths, Ledger::Mode::kReadWrite));
    LedgerCommit commit;
    commit.events = {{"daemon.started", "{}"}};
    test::must(ledger->commit(commit, UtcTime{1'790'001'000'000'000}));
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(database_.string() + suffix,
                                 (killed / "ledger.db").string() + suffix);
    }
  }
  std::filesystem::permissions(killed / "ledger.db", std::filesystem::perms::owner_read);
  const auto before = bytes_below(killed);
  ASSERT_EQ(before.size(), 2U);
  const VerifyReport report = verify_ledger({killed / "ledger.db", lock_, small_->verifier_key()});
  EXPECT_TRUE(report.ok()) << all_problems(report);
  EXPECT_EQ(report.head.size, SmallLedger::kEntries + 1);
  EXPECT_EQ(bytes_below(killed), before);
}

// A process that died in the middle of a transaction leaves a hot journal: what it holds must be
// put back before the file can be read.
TEST_F(VerifyLedger, RollsAHotJournalBackInACopy) {
  const auto torn = folder_ / "torn";
  std::filesystem::create_directory(torn);
  {
    SQLite::Database lock(lock_.string(), SQLite::OPEN_READWRITE);
    // Without syncs the journal's header is complete from the start.
    lock.exec("PRAGMA synchronous = OFF; BEGIN IMMEDIATE; UPDATE head SET note = 'half a note'");
    for (const char* suffix : {"", "-journal"}) {
      std::filesystem::copy_file(lock_.string() + suffix, (torn / "lock.db").string() + suffix);
    }
  }
  {
    // The page that was being written when the process died.
    std::fstream file(torn / "lock.db", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(torn / "lock.db") - 200));
    file << "torn";
  }
  const auto before = bytes_below(torn);
  ASSERT_EQ(before.size(), 2U);
  const VerifyReport report = verify_ledger({database_, torn / "lock.db", small_->verifier_key()});
  EXPECT_TRUE(report.ok()) << all_problems(report);
  EXPECT_EQ(bytes_below(torn), before);
}

TEST_F(VerifyLedger, ReadsWhatIsStillInTheWal) {
  LedgerPaths paths = small_->paths();
  paths.database = database_;
  paths.lock = lock_;
  const auto ledger = test::must(Ledger::open(paths, Ledger::Mode::kReadWrite));
  LedgerCommit commit;
  commit.events = {{"daemon.started", "{}"}};
  test::must(ledger->commit(commit, UtcTime{1'790'001'000'000'000}));
  ASSERT_GT(std::filesystem::file_size(database_.string() + "-wal"), 0U);
  VerifyReport report = verify();
  EXPECT_TRUE(report.ok()) << all_problems(report);
  EXPECT_EQ(report.head.size, SmallLedger::kEntries + 1);
  test::must(ledger->sign(UtcTime{1'790'001'000'000'001}));
  report = verify();
  EXPECT_TRUE(report.ok()) << all_problems(report);
  EXPECT_EQ(report.signed_size, SmallLedger::kEntries + 1);
}

TEST_F(VerifyLedger, SaysWhatItWasNotGiven) {
  const VerifyReport report = verify_ledger({database_, std::nullopt, ""});
  EXPECT_TRUE(report.ok()) << all_problems(report);
  EXPECT_EQ(report.notes.size(), 4U);
}

TEST_F(VerifyLedger, RefusesAnotherKey) {
  const VerifierKey other{"ledger.example.org/test", SigningKey::generate().value().public_key()};
  const VerifyReport report = verify_ledger({database_, lock_, format_verifier_key(other)});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.problems[0].failure, VerifyFailure::kSignature);
  EXPECT_EQ(report.signed_size, 0);
  EXPECT_EQ(verify_exit_code(report), 15);
}

TEST_F(VerifyLedger, NamesFilesThatAreNoLedger) {
  EXPECT_EQ(verify_exit_code(verify_ledger({folder_ / "absent", std::nullopt, ""})), 10);
  std::ofstream(folder_ / "text") << std::string(5000, 'x');
  EXPECT_EQ(verify_exit_code(verify_ledger({folder_ / "text", std::nullopt, ""})), 10);
  std::ofstream(folder_ / "empty") << "";
  EXPECT_EQ(verify_exit_code(verify_ledger({folder_ / "empty", std::nullopt, ""})), 11);
  EXPECT_EQ(verify_exit_code(verify_ledger({lock_, std::nullopt, ""})), 11);
  std::filesystem::resize_file(database_, std::filesystem::file_size(database_) / 2);
  EXPECT_EQ(verify_exit_code(verify()), 10);
}

TEST_F(VerifyLedger, NoticesAnotherSchema) {
  for (const char* sql :
       {"DROP TRIGGER entry_no_update", "CREATE VIEW v AS SELECT 1", "DROP INDEX step_finding",
        "PRAGMA user_version = 2", "PRAGMA application_id = 7", "CREATE TABLE more(x)"}) {
    std::filesystem::copy_file(small_->paths().database, database_,
                               std::filesystem::copy_options::overwrite_existing);
    {
      SQLite::Database database(database_.string(), SQLite::OPEN_READWRITE);
      database.exec(sql);
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    EXPECT_EQ(verify_exit_code(verify()), 11) << sql;
  }
}

TEST_F(VerifyLedger, NamesAMissingRowOfEachTable) {
  const struct {
    const char* sql;
    VerifyFailure failure;
    std::int64_t index;
  } kCases[] = {
      {"DELETE FROM ledger", VerifyFailure::kProjection, 0},
      {"DELETE FROM entry WHERE idx = 6", VerifyFailure::kEntry, 6},
      {"DELETE FROM entry WHERE idx = 0", VerifyFailure::kEntry, 0},
      {"DELETE FROM entry", VerifyFailure::kEntry, 0},
      {"DELETE FROM checkpoint WHERE size = 5", VerifyFailure::kHead, -1},
      {"DELETE FROM checkpoint WHERE size = 14", VerifyFailure::kNone, -1},
      {"DELETE FROM step WHERE seq = 22", VerifyFailure::kProjection, 7},
      {"DELETE FROM finding WHERE idx = 4", VerifyFailure::kProjection, 4},
      {"DELETE FROM disclosure WHERE idx = 4 AND name = 'figures/model'",
       VerifyFailure::kProjection, 4},
      {"DELETE FROM position", VerifyFailure::kProjection, 11},
      {"DELETE FROM coverage", VerifyFailure::kNone, -1},
      {"DELETE FROM outbox WHERE id = 2", VerifyFailure::kNone, -1},
  };
  for (const auto& c : kCases) {
    std::filesystem::copy_file(small_->paths().database, database_,
                               std::filesystem::copy_options::overwrite_existing);
    change(c.sql);
    const VerifyReport report = verify();
    if (c.failure == VerifyFailure::kNone) {
      // Nothing in the entries speaks of these tables, and the last head may be the lock store's
      // alone: that is what a crash between the two writes leaves.
      EXPECT_TRUE(report.ok()) << c.sql << all_problems(report);
      EXPECT_EQ(report.signed_size, SmallLedger::kSigned);
      if (std::string(c.sql).find("checkpoint") == std::string::npos) continue;
      EXPECT_EQ(verify_ledger({database_, std::nullopt, small_->verifier_key()}).signed_size, 10);
      continue;
    }
    EXPECT_TRUE(names(report, c.failure, c.index)) << c.sql << '\n' << all_problems(report);
  }
}

// No entry and no row says what an index has: SQLite's own check alone does, which runs beside the
// rest.
TEST_F(VerifyLedger, NoticesAnIndexThatDiffersFromItsTable) {
  std::int64_t begin = 0;
  std::int64_t size = 0;
  {
    SQLite::Database database(database_.string(), SQLite::OPEN_READONLY);
    size = database.execAndGet("PRAGMA page_size").getInt64();
    begin = size * (database
                        .execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = "
                                    "'finding_subject'")
                        .getInt64() -
                    1);
  }
  std::fstream file(database_, std::ios::binary | std::ios::in | std::ios::out);
  std::string page(static_cast<std::size_t>(size), '\0');
  file.seekg(begin).read(page.data(), size);
  const std::size_t name = page.find("ann");
  ASSERT_NE(name, std::string::npos);
  file.seekp(begin + static_cast<std::int64_t>(name)).put('e');
  file.close();
  const VerifyReport report = verify();
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(all_problems(report), testing::HasSubstr("SQLite's integrity check: row"));
  EXPECT_THAT(all_problems(report), testing::HasSubstr("finding_subject"));
}

TEST_F(VerifyLedger, NoticesACutTailAndOlderCopies) {
  // The tail goes with its steps and findings, and with the checkpoints that covered it.
  change(
      "DELETE FROM entry WHERE idx >= 12; DELETE FROM checkpoint WHERE size > 12;"
      "DELETE FROM step WHERE idx >= 12; DELETE FROM finding WHERE idx >= 12;"
      "DELETE FROM disclosure WHERE idx >= 12");
  VerifyReport report = verify();
  EXPECT_EQ(verify_exit_code(report), 16) << all_problems(report);
  EXPECT_TRUE(names(report, VerifyFailure::kLock, 12)) << all_problems(report);
  EXPECT_TRUE(verify_ledger({database_, std::nullopt, small_->verifier_key()}).ok())
      << "without a lock store a cut tail leaves no trace";

  report = verify_ledger({small_->older_database(), lock_, small_->verifier_key()});
  EXPECT_EQ(verify_exit_code(report), 16) << all_problems(report);
  EXPECT_TRUE(names(report, VerifyFailure::kLock, 5)) << all_problems(report);
  report = verify_ledger({small_->older_database(), small_->older_lock(), small_->verifier_key()});
  EXPECT_TRUE(report.ok()) << all_problems(report);

  report = verify_ledger({small_->paths().database, small_->older_lock(), small_->verifier_key()});
  EXPECT_EQ(verify_exit_code(report), 16) << all_problems(report);
  EXPECT_THAT(all_problems(report), testing::HasSubstr("an older lock store was put back"));

  change(lock_, "UPDATE head SET note = ''");
  EXPECT_EQ(
      verify_exit_code(verify_ledger({small_->paths().database, lock_, small_->verifier_key()})),
      16);
}

// Numbers are not signed, but the lock store holds one too.
TEST_F(VerifyLedger, HoldsTheNumbersOfCheckpointsAgainstTheLockStore) {
  for (const char* number : {"number + 1", "number - 1"}) {
    std::filesystem::copy_file(small_->paths().lock, lock_,
                               std::filesystem::copy_options::overwrite_existing);
    change(lock_, "UPDATE head SET number = " + std::string(number));
    const VerifyReport report = verify();
    EXPECT_EQ(verify_exit_code(report), 16) << all_problems(report);
  }
  change(
      "DELETE FROM checkpoint WHERE number = 2; UPDATE checkpoint SET number = number - 1 WHERE "
      "number > 2");
  const VerifyReport report =
      verify_ledger({database_, small_->paths().lock, small_->verifier_key()});
  EXPECT_EQ(all_problems(report),
            "lock -1: the lock store holds signed head 4, the database has the same one under the "
            "number 3: checkpoints were removed\n");
  // The head that the database lacks has the number after its last.
  change("DELETE FROM checkpoint WHERE number = 3");
  EXPECT_EQ(
      verify_exit_code(verify_ledger({database_, small_->paths().lock, small_->verifier_key()})),
      16);
}

// SQLite reads CHECK constraints of a database that it may write alone, and a verifier writes none
// but a copy: the verdict may not hang on whether one was made.
TEST_F(VerifyLedger, JudgesAConstraintAlikeWithAWalAndWithout) {
  SQLite::Database writer(database_.string(), SQLite::OPEN_READWRITE);
  writer.exec("PRAGMA ignore_check_constraints = ON");
  writer.exec("UPDATE position SET log_hash = x'00'; INSERT INTO coverage VALUES (2, '')");
  const std::string in_wal = all_problems(verify());
  EXPECT_EQ(in_wal,
            "projection 0: table `coverage` has a row 2 besides its only one, 1\n"
            "projection -1: table `position`: `log_hash` is not a hash of 32 bytes\n");
  writer.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(all_problems(verify()), in_wal);
}

TEST_F(VerifyLedger, NoticesAForkThatIsWellFormedAndSignedByNobody) {
  // Entry 13 is changed, and its node with it: only the signed roots contradict.
  SQLite::Database reader(database_.string(), SQLite::OPEN_READONLY);
  std::string body = reader.execAndGet("SELECT body FROM entry WHERE idx = 14").getString();
  body.replace(body.find("request"), 7, "failure");
  const Digest leaf = leaf_hash(body);
  change("UPDATE entry SET body = CAST('" + body + "' AS BLOB), nodes = x'" + to_hex(leaf) +
         "' WHERE idx = 14");
  EXPECT_TRUE(verify().ok()) << "entry 14 is not signed yet";
  change("UPDATE entry SET body = (SELECT body FROM entry WHERE idx = 14), nodes = x'" +
         to_hex(leaf) + "' WHERE idx = 12");
  const VerifyReport report = verify();
  EXPECT_TRUE(std::ranges::any_of(report.problems, [](const VerifyProblem& problem) {
    return problem.failure == VerifyFailure::kHead;
  })) << all_problems(report);
}

TEST_F(VerifyLedger, RefusesEntriesOfAnotherForm) {
  const auto body_with = [](const std::string& from, const std::string& to) {
    SQLite::Database reader(small_->paths().database.string(), SQLite::OPEN_READONLY);
    std::string body = reader.execAndGet("SELECT body FROM entry WHERE idx = 3").getString();
    body.replace(body.find(from), from.size(), to);
    return body;
  };
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"v\":1", "\"v\":2"},
           {"finding.opened", "finding.created"},
           {"finding.opened", "finding.closed"},
           {"\"potential\"", "\"violation\""},
           {"\"high\"", "\"worst\""},
           {"\"windows\":1", "\"windows\":\"1\""},
           {"\"windows\":1", "\"windows\":1,\"wish\":1"},
           {"\"1250000000\"", "\"01250000000\""},
           {"\"1250000000\"", "1250000000"},
           {"\"0.25\"", "\"-nan\""},
           {"\"ts\":\"2026", "\"ts\":\"+012026"},
           {"\"_sd_alg\":\"sha-256\",", ""},
           {"\"seqs\"", "\"findings\""},
           {"{", "{ "},
       }) {
    std::filesystem::copy_file(small_->paths().database, database_,
                               std::filesystem::copy_options::overwrite_existing);
    change("UPDATE entry SET body = CAST('" + body_with(from, to) + "' AS BLOB) WHERE idx = 3");
    const VerifyReport report = verify();
    EXPECT_TRUE(names(report, VerifyFailure::kEntry, 3)) << to << '\n' << all_problems(report);
    EXPECT_TRUE(names(report, VerifyFailure::kTree, 3)) << to << '\n' << all_problems(report);
  }
}

TEST_F(VerifyLedger, RefusesAnOriginThatNamesNoLog) {
  for (const char* origin : {"", "two words", "a+b"}) {
    std::filesystem::copy_file(small_->paths().database, database_,
                               std::filesystem::copy_options::overwrite_existing);
    change(
        "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '\"ledger.example.org/test\"', "
        "'\"" +
        std::string(origin) + "\"') AS BLOB) WHERE idx = 0");
    const VerifyReport report = verify();
    EXPECT_TRUE(names(report, VerifyFailure::kEntry, 0)) << origin << '\n' << all_problems(report);
  }
}

/// Columns that nothing in the entries speaks of (docs/ledger-format.md, "Verifying").
bool is_uncovered(const std::string& table, const std::string& column) {
  return table == "outbox" || table == "coverage" || table == "sqlite_sequence" ||
         (table == "position" && column == "log_hash") ||
         (table == "checkpoint" && column == "signed_at");
}

TEST_F(VerifyLedger, NamesEveryColumnOfEveryRowThatIsChanged) {
  int changed = 0;
  const std::pair<const char*, const char*> kTables[] = {
      {"ledger", "0"},    {"entry", "idx"},   {"checkpoint", "size"},
      {"step", "idx"},    {"finding", "idx"}, {"disclosure", "idx"},
      {"position", "-1"}, {"coverage", "-1"}, {"outbox", "-1"}};
  for (const auto& [table, index_column] : kTables) {
    SQLite::Database reader(small_->paths().database.string(), SQLite::OPEN_READONLY);
    std::vector<std::string> columns;
    SQLite::Statement info(reader,
                           "SELECT name FROM pragma_table_info('" + std::string(table) + "')");
    while (info.executeStep()) columns.push_back(info.getColumn(0).getString());
    const auto rows = reader.execAndGet("SELECT count(*) FROM " + std::string(table)).getInt64();
    for (std::int64_t row = 0; row < rows; ++row) {
      for (const std::string& column : columns) {
        const std::string keys = columns[0] + ", " + columns[1];
        const std::string from = " FROM " + std::string(table) + " ORDER BY " + keys +
                                 " LIMIT 1 OFFSET " + std::to_string(row);
        const auto index =
            reader.execAndGet("SELECT " + std::string(index_column) + from).getInt64();
        // A number becomes another one, a text longer, and a blob's middle byte another one.
        const std::string sql = "UPDATE " + std::string(table) + " SET " + column +
                                " = CASE typeof(" + column + ") WHEN 'integer' THEN " + column +
                                " - 1000 WHEN 'null' THEN 1 WHEN 'blob' THEN CAST(" + "substr(" +
                                column + ",1,length(" + column + ")/2) || CASE substr(" + column +
                                ",length(" + column +
                                ")/2+1,1) WHEN x'01' THEN x'02' ELSE x'01' END || substr(" +
                                column + ",length(" + column + ")/2+2) AS BLOB) ELSE " + column +
                                " || 'x' END WHERE (" + keys + ") = (SELECT " + keys + from + ")";
        std::filesystem::copy_file(small_->paths().database, database_,
                                   std::filesystem::copy_options::overwrite_existing);
        change(sql);
        const VerifyReport report = verify();
        ++changed;
        if (is_uncovered(table, column)) continue;
        ASSERT_FALSE(report.ok()) << sql;
        const bool has_index = std::string(index_column) == "idx" || std::string(table) == "ledger";
        if (!has_index || column == "idx" || column == "one") continue;
        EXPECT_TRUE(std::ranges::any_of(
            report.problems, [&](const VerifyProblem& problem) { return problem.index == index; }))
            << sql << '\n'
            << all_problems(report);
      }
    }
  }
  EXPECT_GT(changed, 150);
}

TEST(PlainText, ShowsWhatATerminalWouldActOn) {
  const struct {
    std::string text;
    const char* plain;
  } kCases[] = {
      {"ledger `a`, 3 \u00b5s, \u4e16", "ledger `a`, 3 \u00b5s, \u4e16"},
      {"\x1b[2J\x1b[1;32m", "\\u{1b}[2J\\u{1b}[1;32m"},
      {std::string("a\0b\n\t\r\x7f", 7), "a\\u{0}b\\u{a}\\u{9}\\u{d}\\u{7f}"},
      {"\xc2\x9b"
       "31m",
       "\\u{9b}31m"},  // C1: the one-byte form of ESC [
      {"\x9b"
       "31m\xff",
       "\\x{9b}31m\\x{ff}"},           // no UTF-8
      {"\xe2\x82", "\\x{e2}\\x{82}"},  // cut in the middle
      {"\xe2\x80\xae"
       "dlrow",
       "\\u{202e}dlrow"},  // right-to-left override
      {"\xe2\x80\xa8", "\\u{2028}"},
      {"\xf0\x9f\x8c\x8a", "\xf0\x9f\x8c\x8a"},
      {"", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(plain_text(c.text), c.plain);
}

// Text in the database must not be able to write a verdict of its own on the screen.
TEST_F(VerifyLedger, TextOfTheDatabaseCannotForgeTheVerdict) {
  const std::string forged =
      "\x1b[2J\x1b[HThe ledger holds.\r\n\xc2\x9b"
      "0m\x7f";
  change("UPDATE finding SET policy = CAST(x'" + test::hex_of(forged) + "' AS TEXT) WHERE idx = 4");
  change("UPDATE ledger SET origin = CAST(x'" + test::hex_of(forged) + "' AS TEXT)");
  change("DELETE FROM entry WHERE idx = 0");  // so that the origin is the table's
  const VerifyReport report = verify();
  ASSERT_FALSE(report.ok());
  for (const std::string& text : {verdict_text(report), verdict_json(report)}) {
    for (const char* bad : {"\x1b", "\r", "\x7f", "\xc2\x9b"}) {
      EXPECT_EQ(text.find(bad), std::string::npos) << text;
    }
  }
  EXPECT_THAT(verdict_text(report), testing::StartsWith("The ledger does NOT hold.\n"));
}

TEST_F(VerifyLedger, NamesAColumnOfAFindingWithoutItsControlCharacters) {
  change("UPDATE finding SET policy = CAST(x'1b5b324a' AS TEXT) WHERE idx = 4");
  EXPECT_THAT(verdict_text(verify()), testing::HasSubstr("is `\\u{1b}[2J`"));
}

TEST_F(VerifyLedger, WritesTheVerdictAsJson) {
  change("UPDATE finding SET windows = 7 WHERE idx = 4");
  const VerifyReport report = verify();
  const auto verdict = nlohmann::json::parse(verdict_json(report));
  EXPECT_EQ(verdict["verdict"], "fails");
  EXPECT_EQ(verdict["size"], SmallLedger::kEntries);
  ASSERT_EQ(verdict["problems"].size(), 1U);
  EXPECT_EQ(verdict["problems"][0]["failure"], "projection");
  EXPECT_EQ(verdict["problems"][0]["index"], 4);
  EXPECT_EQ(verify_exit_code(report), 17);
  EXPECT_THAT(verdict_text(report), testing::HasSubstr("does NOT hold"));
}

}  // namespace
}  // namespace tidewaiter
