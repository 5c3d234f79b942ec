#include <fstream>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/as_nobody.h"
#include "tests/unit/file_size_limit.h"
#include "tests/unit/records/log_fixture.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RecordLogFailureTest : public RecordLogTest {
 protected:
  void alter(const std::string& sql) { SQLite::Database(path_, SQLite::OPEN_READWRITE).exec(sql); }
};

TEST_F(RecordLogFailureTest, ReopenedLogIsThatOfTheLastCommit) {
  auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}, "one"), kNow));
  const LogOffset head = log->head().value();
  // The files as they lie on disk while the process lives: what a kill leaves behind.
  const auto killed = folder_ / "killed.db";
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::copy_file(path_.string() + suffix, killed.string() + suffix);
  }
  ASSERT_TRUE(log->append(page_of({request(2, kMonday)}, "two"), kNow));
  path_ = killed;
  const auto reopened = open();
  EXPECT_EQ(reopened->head().value(), head);
  EXPECT_EQ(reopened->source("gw")->cursor, "one");
  EXPECT_TRUE(reopened->check());
  EXPECT_EQ(
      reopened->append(page_of({request(1, kMonday), request(2, kMonday)}, "two"), kNow)->added, 1);
  EXPECT_EQ(reopened->head().value(), log->head().value());
}

TEST_F(RecordLogFailureTest, PageThatFailsHalfWayLeavesNothing) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}, "one"), kNow));
  const LogOffset head = log->head().value();
  alter("CREATE TRIGGER refuse BEFORE INSERT ON page BEGIN SELECT RAISE(ABORT, 'refused'); END");
  const auto failed =
      log->append(page_of({request(2, kMonday), request(3, kMonday + kDay)}, "two"), kNow);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kRefused);
  EXPECT_EQ(log->head().value(), head);
  EXPECT_EQ(log->source("gw")->cursor, "one");
  EXPECT_EQ(log->source("gw")->records, 1);
  alter("DROP TRIGGER refuse");
  EXPECT_EQ(
      log->append(page_of({request(2, kMonday), request(3, kMonday + kDay)}, "two"), kNow)->added,
      2);
  EXPECT_TRUE(log->check());
}

TEST_F(RecordLogFailureTest, CheckNamesTheEntryWhoseBytesChanged) {
  const auto log = open();
  std::vector<Record> records;
  for (int i = 1; i <= 20; ++i) records.push_back(request(i, kMonday, 100 + i));
  ASSERT_TRUE(log->append(page_of(records), kNow));
  ASSERT_TRUE(log->append(page_of({request(21, kMonday)}), kNow));
  ASSERT_TRUE(log->check());
  alter("UPDATE record_20261123 SET body = replace(body, ':113', ':114') WHERE seq = 13");
  const auto verdict = log->check();
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(verdict.error().message, HasSubstr("entry 13:"));
}

struct Damage {
  const char* name;
  const char* sql;
  const char* says;
};

class RecordLogDamageTest : public RecordLogTest, public testing::WithParamInterface<Damage> {};

TEST_P(RecordLogDamageTest, CheckNamesTheEntry) {
  const auto log = open();
  ASSERT_TRUE(
      log->append(page_of({request(1, kMonday), request(2, kMonday), request(3, kMonday)}), kNow));
  Page page = page_of({request(2, kMonday, 9)});
  page.drained = Interval{kMonday, kMonday + kHour};
  ASSERT_TRUE(log->append(page, kNow));
  ASSERT_TRUE(log->check());
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec(GetParam().sql);
  const auto verdict = log->check();
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(verdict.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, RecordLogDamageTest,
    testing::Values(
        Damage{"RowGone", "DELETE FROM record_20261123 WHERE seq = 2", "entry 2:"},
        Damage{"HashChanged", "UPDATE record_20261123 SET hash = zeroblob(32) WHERE seq = 3",
               "entry 3:"},
        Damage{"TimeColumn", "UPDATE record_20261123 SET time = time + 1 WHERE seq = 3",
               "entry 3:"},
        Damage{"IdColumn", "UPDATE record_20261123 SET id = zeroblob(32) WHERE seq = 1",
               "entry 1:"},
        Damage{"NotJson", "UPDATE record_20261123 SET body = '{' WHERE seq = 1", "entry 1:"},
        Damage{"Control", "UPDATE control SET body = replace(body, '\"gw\"', '\"gx\"')",
               "entry 5:"},
        Damage{"PageHash", "UPDATE page SET log_hash = zeroblob(32) WHERE last_seq = 3",
               "entry 3:"},
        Damage{"PageGone", "DELETE FROM page WHERE first_seq = 1", "entry 1:"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(RecordLogFailureTest, ReadRefusesALogWithAMissingRow) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday), request(2, kMonday)}), kNow));
  alter("DELETE FROM record_20261123 WHERE seq = 2");
  const auto chunk = log->read({});
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(chunk.error().message, HasSubstr("entry 2:"));
}

TEST_F(RecordLogFailureTest, ReadRefusesAPageWhoseBytesChanged) {
  const auto log = open();
  std::vector<Record> records;
  for (int i = 1; i <= 20; ++i) records.push_back(request(i, kMonday, 100 + i));
  ASSERT_TRUE(log->append(page_of({request(0, kMonday)}), kNow));
  ASSERT_TRUE(log->append(page_of(records), kNow));
  const LogOffset first_end{1, log->hash_at(1).value()};
  alter("UPDATE record_20261123 SET body = replace(body, ':113', ':114') WHERE seq = 14");
  EXPECT_TRUE(log->read({})) << "the page in front is whole";
  const auto chunk = log->read(first_end);
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(chunk.error().message, AllOf(HasSubstr("entry 14:"), HasSubstr("entries 2 to 21")));
  EXPECT_TRUE(log->entry(1));
  EXPECT_EQ(log->entry(20).error().code, ErrorCode::kCorruption);
}

// Body and hash column agree, and the page keeps another hash.
TEST_F(RecordLogFailureTest, ReadRefusesAChainThatWasForgedBelowItsPage) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday, 100)}), kNow));
  std::string body;
  {
    SQLite::Database db(path_, SQLite::OPEN_READONLY);
    body = db.execAndGet("SELECT body FROM record_20261123").getString();
  }
  body.replace(body.find(":100"), 4, ":101");
  const Digest forged = sha256(std::string(32, '\0') + body);
  alter("UPDATE record_20261123 SET body = '" + body + "', hash = x'" + to_hex(forged) + "'");
  const auto chunk = log->read({});
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(chunk.error().message, HasSubstr("kept for the page"));
}

TEST_F(RecordLogFailureTest, ReadRefusesColumnsThatDifferFromTheBody) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday), request(2, kMonday)}), kNow));
  alter("UPDATE record_20261123 SET time = time + 1 WHERE seq = 2");
  const auto chunk = log->read({});
  ASSERT_FALSE(chunk);
  EXPECT_THAT(chunk.error().message, HasSubstr("entry 2: its columns differ"));
}

// Sizes that a damaged row names are not believed: no memory of that size is asked for.
TEST_F(RecordLogFailureTest, APageThatHoldsMoreThanAPageMayIsCorruption) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
  ASSERT_TRUE(log->append(page_of({request(2, kMonday)}), kNow));
  for (const char* last : {"4000000000000000", "9223372036854775807", "4099"}) {
    alter("UPDATE page SET last_seq = " + std::string(last) + " WHERE first_seq = 2");
    for (const auto& verdict :
         {log->check().error(), log->read({1, *log->hash_at(1)}).error(), log->entry(2).error()}) {
      EXPECT_EQ(verdict.code, ErrorCode::kCorruption) << last;
      EXPECT_THAT(verdict.message, AllOf(HasSubstr("entry 2:"), HasSubstr(last)));
    }
  }
}

TEST_F(RecordLogFailureTest, ADayThatNoPageCanHaveIsCorruption) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
  alter(
      "UPDATE page_day SET day = 9000000000000000000;"
      "UPDATE partition SET day = 9000000000000000000");
  EXPECT_EQ(log->read({}).error().code, ErrorCode::kCorruption);
  EXPECT_EQ(log->check().error().code, ErrorCode::kCorruption);
}

// A day is gone by an entry of the log, and in no other way.
TEST_F(RecordLogFailureTest, ADayThatWasTakenOutIsNotTakenForADroppedOne) {
  auto log = open();
  const UtcTime tuesday = kMonday + kDay;
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
  ASSERT_TRUE(log->append(page_of({request(2, tuesday)}), kNow));
  ASSERT_TRUE(log->append(page_of({request(3, tuesday + kDay)}), kNow));
  ASSERT_EQ(log->drop_before(tuesday, kNow).value(), 1);
  const LogOffset first_end{1, log->hash_at(1).value()};
  ASSERT_TRUE(log->read(first_end));
  ASSERT_TRUE(log->check());
  log.reset();
  alter(
      "DROP TABLE record_20261124;"
      "UPDATE partition SET dropped = 1 WHERE day = 20781");
  const auto expect_refused = [&](std::string_view says) {
    log = open();
    for (const Error& verdict :
         {log->read(first_end).error(), log->check().error(), log->entry(2).error()}) {
      EXPECT_EQ(verdict.code, ErrorCode::kCorruption) << verdict.message;
      EXPECT_THAT(verdict.message, HasSubstr(says));
    }
    log.reset();
  };
  expect_refused("entry 2: its page has records of 2026-11-24, a day that is marked as dropped");
  // The next thing to be forged is what meta says, then a control entry.
  alter("UPDATE meta SET value = 20782 WHERE key = 'dropped_before'");
  expect_refused("up to day 20782 since 1970, and the entries of its log say day 20781");
  alter(
      "INSERT INTO control VALUES (99, zeroblob(32),"
      R"( '{"before":"2026-11-25T00:00:00Z","control":"records-dropped"}'))");
  expect_refused("the entries of its log say day 20781");
  alter(
      "DELETE FROM control WHERE seq = 99;"
      R"(UPDATE control SET body = '{"before":"2026-11-25T00:00:00Z","control":"records-dropped"}')");
  log = open();
  EXPECT_EQ(log->check().error().code, ErrorCode::kCorruption) << "its hash is another";
}

TEST_F(RecordLogFailureTest, CheckHoldsEveryDayAgainstTheEntries) {
  auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
  ASSERT_EQ(log->drop_before(kMonday + kDay, kNow).value(), 1);
  ASSERT_TRUE(log->check());
  alter("INSERT INTO partition VALUES (20785, 0, 1)");
  EXPECT_THAT(log->check().error().message, HasSubstr("day 20785 since 1970 that it was dropped"));
  alter(
      "DELETE FROM partition WHERE day = 20785; UPDATE meta SET value = 0 WHERE key = "
      "'dropped_before'");
  EXPECT_THAT(log->check().error().message, HasSubstr("say day 20781"));
}

TEST_F(RecordLogFailureTest, CheckTellsHowFarItIs) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday), request(2, kMonday)}), kNow));
  ASSERT_TRUE(log->append(page_of({request(3, kMonday)}), kNow));
  std::vector<std::int64_t> passed;
  ASSERT_TRUE(log->check([&passed](std::int64_t seq) { passed.push_back(seq); }));
  EXPECT_THAT(passed, testing::ElementsAre(2, 3));
}

TEST_F(RecordLogFailureTest, FilesAreNotForOthersToRead) {
  const mode_t before = ::umask(0);
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
  ::umask(before);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat about {};
    ASSERT_EQ(::stat((path_.string() + suffix).c_str(), &about), 0) << suffix;
    EXPECT_EQ(about.st_mode & 07777U, 0640U) << suffix;
  }
}

// `VACUUM INTO` writes a copy with a rollback journal, as a restored backup has.
TEST_F(RecordLogFailureTest, ARestoredCopyIsPutBackIntoWal) {
  ASSERT_TRUE(open()->append(page_of({request(1, kMonday)}), kNow));
  const auto copy = folder_ / "copy.db";
  alter("VACUUM INTO '" + copy.string() + "'");
  path_ = copy;
  ASSERT_EQ(SQLite::Database(path_).execAndGet("PRAGMA journal_mode").getString(), "delete");
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(2, kMonday)}), kNow));
  EXPECT_EQ(SQLite::Database(path_).execAndGet("PRAGMA journal_mode").getString(), "wal");
}

TEST_F(RecordLogFailureTest, ACopyThatCannotBePutIntoWalIsRefused) {
  ASSERT_TRUE(open()->append(page_of({request(1, kMonday)}), kNow));
  const auto copy = folder_ / "copy.db";
  alter("VACUUM INTO '" + copy.string() + "'");
  path_ = copy;
  SQLite::Database reader(path_);
  reader.exec("BEGIN; SELECT count(*) FROM page");  // a reader holds the mode where it is
  const auto log = RecordLog::open(path_, RecordLog::Mode::kReadWrite, quick());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kUnavailable);
}

TEST_F(RecordLogFailureTest, NewerSchemaIsRefusedAndLeftAlone) {
  open();
  alter("PRAGMA user_version = 2");
  for (const auto mode : {RecordLog::Mode::kReadWrite, RecordLog::Mode::kReadOnly}) {
    const auto log = RecordLog::open(path_, mode, quick());
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, ErrorCode::kRefused);
    EXPECT_THAT(log.error().message, AllOf(HasSubstr("schema version 2"), HasSubstr("knows 1")));
  }
}

TEST_F(RecordLogFailureTest, AnotherProgramsDatabaseIsRefused) {
  {
    SQLite::Database db(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("CREATE TABLE t(x)");
  }
  const auto log = RecordLog::open(path_, RecordLog::Mode::kReadWrite, quick());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kRefused);
}

TEST_F(RecordLogFailureTest, FileThatIsNoDatabaseIsCorruption) {
  std::ofstream(path_) << "this is not a database, and it is longer than a header of one hundred "
                          "bytes, so that SQLite looks at it";
  const auto log = RecordLog::open(path_, RecordLog::Mode::kReadWrite, quick());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kCorruption);
}

TEST_F(RecordLogFailureTest, ReadOnlyOpenOfNothingIsNotFound) {
  const auto log = RecordLog::open(path_, RecordLog::Mode::kReadOnly, quick());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(RecordLogFailureTest, MissingFolderSaysSo) {
  const auto log =
      RecordLog::open(folder_ / "absent" / "records.db", RecordLog::Mode::kReadWrite, quick());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(log.error().message, HasSubstr("absent/records.db"));
}

TEST_F(RecordLogFailureTest, ReadOnlyFolderSaysSo) {
  std::filesystem::permissions(folder_, static_cast<std::filesystem::perms>(0555));
  {
    const AsNobody nobody;
    if (!nobody.acts()) GTEST_SKIP() << "cannot give up the rights of root here";
    const auto log = RecordLog::open(path_, RecordLog::Mode::kReadWrite, quick());
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(log.error().message, HasSubstr(path_.string()));
  }
  std::filesystem::permissions(folder_, static_cast<std::filesystem::perms>(0755));
}

TEST_F(RecordLogFailureTest, SecondWriterIsToldThatTheLogIsLocked) {
  const auto log = open();
  SQLite::Database other(path_, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto refused = log->append(page_of({request(1, kMonday)}), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("another process"));
  EXPECT_TRUE(log->read({})->entries.empty());  // reading goes on
  other.exec("ROLLBACK");
  EXPECT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
}

TEST_F(RecordLogFailureTest, FullDiskRefusesThePageAndLosesNothing) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}, "one"), kNow));
  const LogOffset head = log->head().value();
  std::vector<Record> many;
  for (int i = 0; i < 2'000; ++i) many.push_back(request(i, kMonday));

  const auto refused = [&] {
    const FileSizeLimit limit(std::uintmax_t{256} * 1024);
    return log->append(page_of(many, "two"), kNow);
  }();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr(path_.string()), HasSubstr("nothing was written")));
  EXPECT_EQ(log->head().value(), head);
  EXPECT_EQ(log->source("gw")->cursor, "one");
  // Once there is room the same page goes in.
  EXPECT_EQ(log->append(page_of(many, "two"), kNow)->added, 1'999);
  EXPECT_TRUE(log->check());
}

TEST_F(RecordLogFailureTest, IntakeStopsAtTheFreeSpaceReserve) {
  RecordLogOptions options = quick();
  options.free_space_reserve = std::int64_t{1} << 60U;  // no disk has that
  const auto log = RecordLog::open(path_, RecordLog::Mode::kReadWrite, options).value();
  const auto refused = log->append(page_of({request(1, kMonday)}), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("reserve"), HasSubstr(folder_.string())));
  EXPECT_EQ(log->head()->seq, 0);
}

}  // namespace
}  // namespace tidewaiter
