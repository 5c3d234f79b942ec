#include "storage/sqlite/sqlite_error.h"

#include <string>
#include <utility>

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace tidewaiter {
namespace {

/// What another try may find otherwise is named here one by one: a caller waits for it. All else
/// (a table that is not there, a value of another type, a call that SQLite or SQLiteCpp did not
/// expect) stays as it is however long anybody waits.
ErrorCode code_of(int primary) {
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_NOMEM:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOLFS:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorCode::kUnavailable;
    case SQLITE_CONSTRAINT:
      return ErrorCode::kRefused;
    default:
      return ErrorCode::kCorruption;
  }
}

/// The cause and what a person can do about it, for the errors that have a plain cause.
std::string_view advice(int primary) {
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process holds it locked; stop that process or try again";
    case SQLITE_FULL:
      return "the disk is full; free space, nothing was written";
    case SQLITE_IOERR:
      return "the disk refused; check the volume's space, limits and health, nothing was written";
    case SQLITE_READONLY:
      return "the file or its directory is read-only; give the daemon's user write permission";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "the file or its directory cannot be opened; check that the folder exists and the "
             "daemon's user may use it";
    case SQLITE_CORRUPT:
      return "the file is damaged; stop and restore it from a backup";
    case SQLITE_NOTADB:
      return "the file is not an SQLite database; check the path";
    case SQLITE_CONSTRAINT:
    case SQLITE_INTERRUPT:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      return "";
    default:
      return "the file is not as this program made it; restore it from a backup, and report a "
             "defect if the backup says the same";
  }
}

}  // namespace

Error sqlite_error(const SQLite::Exception& exception, std::string_view doing) {
  // The primary code is the low byte of an extended one.
  const int primary = exception.getErrorCode() & 0xff;
  std::string message = "cannot " + std::string(doing) + ": ";
  if (const std::string_view known = advice(primary); !known.empty()) {
    message += std::string(known) + " (" + exception.what() + ")";
  } else {
    message += exception.what();
  }
  return Error{code_of(primary), std::move(message)};
}

}  // namespace tidewaiter
