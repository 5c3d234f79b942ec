#include "daemon/app/state.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/ledger/ledger.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::string why(int error_number) { return std::generic_category().message(error_number); }

/// Makes a file's or folder's name durable: the entry in its folder.
void sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

Result<void> write_marker(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return fail(ErrorCode::kUnavailable, "cannot write `" + file.string() + "`: " + why(errno));
  }
  ::fsync(fd);
  ::close(fd);
  sync_folder(file.parent_path());
  return {};
}

Result<void> remove_file(const fs::path& file) {
  std::error_code failure;
  fs::remove(file, failure);
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot remove `" + file.string() + "`: " + failure.message());
}

/// Removes what a creation left that was killed half-way. Nothing was committed to it.
Result<void> clear_unfinished(const StatePaths& paths) {
  const LedgerPaths& ledger = paths.ledger;
  for (const fs::path& database : {ledger.database, ledger.lock, ledger.vault}) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
      if (auto removed = remove_file(database.string() + suffix); !removed) return removed;
    }
  }
  return remove_file(ledger.key);
}

Result<void> make_parent(const fs::path& file) {
  const fs::path folder = file.parent_path();
  const Result<bool> made = make_state_folder(folder);
  if (!made) return tl::unexpected(made.error());
  return {};
}

Result<void> make_ledger(const Config& config, const StatePaths& paths, UtcTime now) {
  const LedgerPaths& ledger = paths.ledger;
  for (const fs::path& part : {ledger.lock, ledger.key, ledger.vault}) {
    if (fs::exists(part)) {
      return fail(ErrorCode::kRefused,
                  "there is `" + part.string() + "` but no `" + ledger.database.string() +
                      "`: a ledger is missing; restore it, or name other files under `ledger`");
    }
  }
  for (const fs::path& part : {ledger.lock, ledger.key, ledger.vault}) {
    if (auto made = make_parent(part); !made) return made;
  }
  if (auto marked = write_marker(paths.creating); !marked) return marked;
  if (auto made = Ledger::create(ledger, config.ledger.origin, now); !made) return made;
  if (auto removed = remove_file(paths.creating); !removed) return removed;
  sync_folder(paths.folder);
  return {};
}

/// The process that a lock file names, or 0.
int holder_of(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  return size > 0 ? static_cast<int>(std::strtol(text.data(), nullptr, 10)) : 0;
}

}  // namespace

Result<bool> make_state_folder(const fs::path& folder) {
  std::error_code failure;
  if (fs::is_directory(folder, failure)) {
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) == 0) return false;
    return fail(ErrorCode::kUnavailable,
                "cannot write to `" + folder.string() + "`: " + why(errno) +
                    "; give this user the folder, or choose another `state`");
  }
  if (fs::exists(folder, failure)) {
    return fail(ErrorCode::kUnavailable, "`" + folder.string() + "` is not a folder");
  }
  const fs::path parent = folder.parent_path();
  if (!parent.empty() && parent != folder && !fs::exists(parent, failure)) {
    if (auto made = make_state_folder(parent); !made) return made;
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorCode::kUnavailable, "cannot make the folder `" + folder.string() +
                                             "`: " + why(errno) + "; choose another `state`");
  }
  sync_folder(parent);
  return true;
}

Result<StateLock> StateLock::take(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return fail(ErrorCode::kUnavailable, "cannot open `" + file.string() + "`: " + why(errno));
  }
  StateLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    if (reason != EWOULDBLOCK) {
      return fail(ErrorCode::kUnavailable, "cannot lock `" + file.string() + "`: " + why(reason));
    }
    const int holder = holder_of(fd);
    return fail(ErrorCode::kRefused, "`" + file.parent_path().string() + "` is in use by " +
                                         (holder > 0 ? "process " + std::to_string(holder)
                                                     : std::string("another process")) +
                                         ": stop it, or choose another `state`");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    return fail(ErrorCode::kUnavailable, "cannot write `" + file.string() + "`: " + why(errno));
  }
  return lock;
}

StateLock::~StateLock() {
  if (fd_ >= 0) ::close(fd_);
}

StateLock& StateLock::operator=(StateLock&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Result<InitReport> init_state(const Config& config, const StateLock& /*lock*/, UtcTime now) {
  const StatePaths paths = state_paths(config);
  InitReport report;
  std::error_code failure;
  if (fs::exists(paths.creating, failure)) {
    if (auto cleared = clear_unfinished(paths); !cleared) return tl::unexpected(cleared.error());
    if (auto removed = remove_file(paths.creating); !removed)
      return tl::unexpected(removed.error());
  }
  if (!fs::exists(paths.ledger.database, failure)) {
    if (auto made = make_ledger(config, paths, now); !made) return tl::unexpected(made.error());
    report.made_ledger = true;
  }
  const auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  report.origin = (*ledger)->origin();
  report.verifier_key = (*ledger)->verifier_key();
  return report;
}

Result<InitReport> init_state(const Config& config, UtcTime now) {
  const Result<bool> made = make_state_folder(config.state);
  if (!made) return tl::unexpected(made.error());
  const Result<StateLock> lock = StateLock::take(state_paths(config).process_lock);
  if (!lock) return tl::unexpected(lock.error());
  Result<InitReport> report = init_state(config, *lock, now);
  if (report) report->made_folder = *made;
  return report;
}

}  // namespace tidewaiter
