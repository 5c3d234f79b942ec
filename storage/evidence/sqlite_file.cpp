#include "storage/evidence/sqlite_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace tidewaiter {
namespace {

constexpr int kBusyTimeoutMs = 5000;

std::string quoted(const std::filesystem::path& path) { return "`" + path.string() + "`"; }

std::string errno_text(int number) { return std::generic_category().message(number); }

/// Closes a descriptor when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> sync_directory_of(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
    return fail(ErrorCode::kUnavailable,
                "cannot sync the directory " + quoted(parent) + ": " + errno_text(errno));
  }
  return {};
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(ErrorCode::kUnavailable, errno_text(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return fail(ErrorCode::kUnavailable, errno_text(errno));
  return {};
}

ErrorCode code_of(int primary) {
  switch (primary) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorruption;
    case SQLITE_CONSTRAINT:
      return ErrorCode::kRefused;
    default:
      return ErrorCode::kUnavailable;
  }
}

/// What a person can do about it, for the errors that have a plain cause.
std::string_view cause_of(int primary) {
  switch (primary) {
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_READONLY:
      return "the file or its directory is read-only";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process holds it locked";
    case SQLITE_CANTOPEN:
      return "the file or its directory cannot be opened";
    case SQLITE_IOERR:
      return "the disk refused to read or write";
    default:
      return "";
  }
}

void set_pragmas(SQLite::Database& database, SqliteAccess access, SqliteJournal journal) {
  database.exec("PRAGMA trusted_schema = OFF");
  database.exec("PRAGMA cell_size_check = ON");
  if (access == SqliteAccess::kReadOnly) return;
  if (journal == SqliteJournal::kWal) {
    database.exec("PRAGMA synchronous = FULL");
  } else {
    database.exec("PRAGMA synchronous = EXTRA");
    database.exec("PRAGMA secure_delete = ON");
  }
}

Result<void> check_identity(SQLite::Database& database, const std::filesystem::path& path,
                            const SqliteIdentity& identity) {
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (application != identity.application_id || version < 1) {
    return fail(ErrorCode::kCorruption,
                quoted(path) + " is a database, but no " + std::string(identity.what));
  }
  if (version > identity.version) {
    return fail(ErrorCode::kRefused, quoted(path) + " has schema version " +
                                         std::to_string(version) + ", this program knows up to " +
                                         std::to_string(identity.version) +
                                         ": run a newer version of the program");
  }
  return {};
}

}  // namespace

Error sqlite_error(const SQLite::Exception& exception, std::string_view doing) {
  // The primary code is the low byte of an extended one.
  const int primary = exception.getErrorCode() & 0xff;
  std::string message = "cannot " + std::string(doing) + ": ";
  const std::string_view cause = cause_of(primary);
  if (!cause.empty()) message += std::string(cause) + " (";
  message += exception.what();
  if (!cause.empty()) message += ")";
  return Error{code_of(primary), std::move(message)};
}

Result<void> create_file(const std::filesystem::path& path, mode_t mode, std::string_view bytes) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (file.get() < 0) {
    if (errno == EEXIST) {
      return fail(ErrorCode::kRefused, quoted(path) + " is there already; nothing was changed");
    }
    return fail(ErrorCode::kUnavailable,
                "cannot create " + quoted(path) + ": " + errno_text(errno));
  }
  auto done = write_all(file.get(), bytes);
  if (done) done = sync_directory_of(path);
  if (!done) {
    ::unlink(path.c_str());
    done.error().message = "cannot write " + quoted(path) + ": " + done.error().message;
  }
  return done;
}

Result<void> create_sqlite_file(const std::filesystem::path& path, mode_t mode,
                                const SqliteIdentity& identity, SqliteJournal journal,
                                std::span<const std::string_view> schema) {
  if (auto made = create_file(path, mode, ""); !made) return made;
  try {
    SQLite::Database database(path.string(), SQLite::OPEN_READWRITE, kBusyTimeoutMs);
    if (journal == SqliteJournal::kWal) database.exec("PRAGMA journal_mode = WAL");
    set_pragmas(database, SqliteAccess::kReadWrite, journal);
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (const std::string_view statement : schema) database.exec(std::string(statement));
    database.exec("PRAGMA application_id = " + std::to_string(identity.application_id));
    database.exec("PRAGMA user_version = " + std::to_string(identity.version));
    transaction.commit();
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "create " + quoted(path)));
  }
}

Result<std::unique_ptr<SQLite::Database>> open_sqlite_file(const std::filesystem::path& path,
                                                           SqliteAccess access,
                                                           const SqliteIdentity& identity,
                                                           SqliteJournal journal) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return fail(ErrorCode::kNotFound,
                "there is no " + std::string(identity.what) + " at " + quoted(path));
  }
  try {
    const int flags =
        access == SqliteAccess::kReadOnly ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE;
    auto database = std::make_unique<SQLite::Database>(path.string(), flags, kBusyTimeoutMs);
    set_pragmas(*database, access, journal);
    if (auto known = check_identity(*database, path, identity); !known) {
      return tl::unexpected(known.error());
    }
    return database;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "open " + quoted(path)));
  }
}

}  // namespace tidewaiter
