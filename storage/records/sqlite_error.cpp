#include "storage/records/sqlite_error.h"

#include <string>

#include <sqlite3.h>

namespace tidewaiter {
namespace {

std::string_view advice(int code) {
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process holds its lock; stop that process or try again";
    case SQLITE_FULL:
      return "the disk is full; free space, nothing was written";
    case SQLITE_IOERR:
      return "the disk refused; check the volume's space, limits and health, nothing was written";
    case SQLITE_READONLY:
      return "it is read-only for this user; give the daemon's user write permission";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "it cannot be opened; check that the folder exists and the daemon's user may use it";
    case SQLITE_CORRUPT:
      return "the file is damaged; stop and restore it from a backup";
    case SQLITE_NOTADB:
      return "the file is not an SQLite database; check the path";
    default:
      return "";
  }
}

}  // namespace

Error sqlite_error(const SQLite::Exception& thrown, const std::filesystem::path& path,
                   std::string_view doing) {
  const int code = thrown.getErrorCode() & 0xFF;
  const bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  std::string message =
      "cannot " + std::string(doing) + " records database `" + path.string() + "`: ";
  if (const std::string_view known = advice(code); !known.empty()) {
    message += std::string(known) + " (" + thrown.what() + ")";
  } else {
    message += thrown.what();
  }
  return {damaged ? ErrorCode::kCorruption : ErrorCode::kUnavailable, std::move(message)};
}

}  // namespace tidewaiter
