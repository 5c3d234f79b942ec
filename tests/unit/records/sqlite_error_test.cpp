#include "storage/sqlite/sqlite_error.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// Whoever is told kUnavailable waits and tries again: only what may pass by itself is that.
TEST(SqliteError, IsUnavailableOnlyWhereWaitingMayHelp) {
  const struct {
    int code;
    ErrorCode is;
  } kCases[] = {
      {SQLITE_BUSY, ErrorCode::kUnavailable},
      {SQLITE_BUSY_SNAPSHOT, ErrorCode::kUnavailable},
      {SQLITE_LOCKED, ErrorCode::kUnavailable},
      {SQLITE_FULL, ErrorCode::kUnavailable},
      {SQLITE_IOERR_WRITE, ErrorCode::kUnavailable},
      {SQLITE_READONLY_DIRECTORY, ErrorCode::kUnavailable},
      {SQLITE_CANTOPEN, ErrorCode::kUnavailable},
      {SQLITE_NOMEM, ErrorCode::kUnavailable},
      {SQLITE_CONSTRAINT_TRIGGER, ErrorCode::kRefused},
      {SQLITE_CORRUPT, ErrorCode::kCorruption},
      {SQLITE_NOTADB, ErrorCode::kCorruption},
      {SQLITE_ERROR, ErrorCode::kCorruption},
      {SQLITE_MISMATCH, ErrorCode::kCorruption},
      {SQLITE_TOOBIG, ErrorCode::kCorruption},
      {SQLITE_MISUSE, ErrorCode::kCorruption},
      {SQLITE_RANGE, ErrorCode::kCorruption},
      {-1, ErrorCode::kCorruption},  // SQLiteCpp's own
  };
  for (const auto& c : kCases) {
    const Error error = sqlite_error(SQLite::Exception("why", c.code), "read it");
    EXPECT_EQ(error.code, c.is) << c.code;
    EXPECT_THAT(error.message, AllOf(StartsWith("cannot read it: "), HasSubstr("why")));
  }
}

TEST(SqliteError, ATableThatIsNotThereIsCorruption) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  try {
    database.exec("SELECT * FROM page");
    FAIL() << "there is such a table";
  } catch (const SQLite::Exception& e) {
    const Error error = sqlite_error(e, "read it");
    EXPECT_EQ(error.code, ErrorCode::kCorruption);
    EXPECT_THAT(error.message, AllOf(HasSubstr("not as this program made it"), HasSubstr("page")));
  }
}

}  // namespace
}  // namespace tidewaiter
