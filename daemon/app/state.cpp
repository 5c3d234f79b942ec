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

#include "daemon/app/state_ownership.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/creation.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::string why(int error_number) { return std::generic_category().message(error_number); }

Result<void> write_marker(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int reason = errno;
  if (fd >= 0) ::close(fd);
  if (synced) return sync_folder(file.parent_path());
  return fail(ErrorCode::kUnavailable, "cannot write `" + file.string() + "`: " + why(reason));
}

/// Removes the marker, durably: left behind it would put the ledger in question.
Result<void> remove_marker(const fs::path& marker) {
  if (auto removed = remove_file(marker); !removed) return removed;
  return sync_folder(marker.parent_path());
}

/// Ends what a creation began that was killed: what holds nothing is removed, and a ledger whose
/// first entry is signed stays.
Result<void> settle_creation(const StatePaths& paths, UtcTime now) {
  const Result<CreationState> state = inspect_creation(paths.ledger);
  if (!state) {
    Error error = state.error();
    error.message = "there is `" + paths.creating.string() +
                    "`, which marks an unfinished ledger, but " + error.message +
                    "; nothing was removed: if the ledger is good, remove that file";
    return tl::unexpected(std::move(error));
  }
  if (*state == CreationState::kUnfinished) {
    if (auto removed = remove_unfinished(paths.ledger); !removed) return removed;
  }
  if (*state == CreationState::kUnsigned) {
    if (auto finished = finish_creation(paths.ledger, now); !finished) return finished;
  }
  return remove_marker(paths.creating);
}

Result<void> make_parent(const fs::path& file) {
  const fs::path folder = file.parent_path();
  const Result<bool> made = make_state_folder(folder);
  if (!made) return tl::unexpected(made.error());
  return {};
}

/// Creates the ledger while the marker stands. If that fails, the marker goes again, unless parts
/// could not be taken back.
Result<void> create_marked(const Config& config, const StatePaths& paths, UtcTime now) {
  if (auto marked = write_marker(paths.creating); !marked) return marked;
  Result<void> made = Ledger::create(paths.ledger, config.ledger.origin, now);
  if (made) return remove_marker(paths.creating);
  for (const fs::path& part :
       {paths.ledger.database, paths.ledger.lock, paths.ledger.key, paths.ledger.vault}) {
    const Result<bool> left = is_there(part);
    if (!left || *left) return made;
  }
  if (paths.ledger.server) {
    const Result<bool> left = has_ledger(paths.ledger);
    if (!left || *left) return made;
  }
  // Why it failed matters more than whether the marker could be removed, which is harmless.
  static_cast<void>(remove_marker(paths.creating));
  return made;
}

Result<void> make_ledger(const Config& config, const StatePaths& paths, UtcTime now) {
  const LedgerPaths& ledger = paths.ledger;
  for (const fs::path& part : {ledger.lock, ledger.key, ledger.vault}) {
    const Result<bool> there = is_there(part);
    if (!there) return tl::unexpected(there.error());
    if (*there) {
      return fail(ErrorCode::kRefused,
                  "there is `" + part.string() + "` but no ledger at `" + place_of_tables(ledger) +
                      "`: a ledger is missing; restore it, or name other files under `ledger`");
    }
  }
  for (const fs::path& part : {ledger.lock, ledger.key, ledger.vault}) {
    if (auto made = make_parent(part); !made) return made;
  }
  return create_marked(config, paths, now);
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
  const fs::path parent = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
  if (parent != folder && !fs::exists(parent, failure)) {
    if (auto made = make_state_folder(parent); !made) return made;
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorCode::kUnavailable, "cannot make the folder `" + folder.string() +
                                             "`: " + why(errno) + "; choose another `state`");
  }
  if (auto synced = sync_folder(parent); !synced) return tl::unexpected(synced.error());
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

Result<void> require_restored(const StatePaths& paths) {
  const Result<bool> restoring = is_there(paths.restoring);
  if (!restoring) return tl::unexpected(restoring.error());
  if (!*restoring) return {};
  return fail(ErrorCode::kRefused, "`" + paths.restoring.string() +
                                       "` marks a restore that has not ended: call `tidewaiter "
                                       "ledger restore` again");
}

Result<InitReport> init_state(const Config& config, const StateLock& /*lock*/, UtcTime now) {
  const StatePaths paths = state_paths(config);
  InitReport report;
  if (auto restored = require_restored(paths); !restored) {
    return tl::unexpected(restored.error());
  }
  if (auto owned = check_state_ownership(paths.folder); !owned) {
    return tl::unexpected(owned.error());
  }
  const Result<bool> marked = is_there(paths.creating);
  if (!marked) return tl::unexpected(marked.error());
  if (*marked) {
    if (auto settled = settle_creation(paths, now); !settled)
      return tl::unexpected(settled.error());
  }
  const Result<bool> there = has_ledger(paths.ledger);
  if (!there) return tl::unexpected(there.error());
  if (!*there) {
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
