#include "storage/ledger/ledger_in_file.h"

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/files/durable_file.h"
#include "storage/ledger/ledger_server.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolderName = "tidewaiter-ledger-";
constexpr mode_t kOwnerWrites = 0600;
constexpr std::size_t kMaxLockBytes = std::size_t{1} << 20U;

/// A signature takes a moment, and the next one comes after a second at the earliest.
constexpr int kMoments = 20;
constexpr std::chrono::milliseconds kBetweenMoments{100};

/// Opens a folder and takes its lock; −1: it is no folder of this user's, or another process uses
/// it.
int lock_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat status {};
  const bool own = ::fstat(fd, &status) == 0 && status.st_uid == ::geteuid();
  if (own && ::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  ::close(fd);
  return -1;
}

/// Removes what processes that were ended from outside have left: their locks went with them.
void sweep(const fs::path& root) {
  std::error_code failure;
  for (fs::directory_iterator it(root, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (!it->path().filename().string().starts_with(kFolderName)) continue;
    const int fd = lock_folder(it->path());
    if (fd < 0) continue;
    std::error_code ignored;
    fs::remove_all(it->path(), ignored);
    ::close(fd);
  }
}

/// The bytes of a lock store that nobody writes just now; nothing: it is being written, or cannot
/// be read.
std::optional<std::string> resting_bytes(const fs::path& lock) {
  auto bytes = read_whole_file(lock, kMaxLockBytes);
  if (!bytes) return std::nullopt;
  // A writer changes the file while its journal is there.
  const Result<bool> journal = is_there(lock.string() + "-journal");
  if (!journal || *journal) return std::nullopt;
  return std::move(*bytes);
}

void remove_database(const fs::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    static_cast<void>(remove_file(file.string() + suffix));
  }
}

}  // namespace

Result<LedgerInFile> LedgerInFile::of(const LedgerPaths& paths) {
  LedgerInFile file(paths);
  if (!paths.server) return file;
  if (auto made = file.make_folder(); !made) return tl::unexpected(made.error());
  if (auto copied = file.copy_from(paths); !copied) return tl::unexpected(copied.error());
  return file;
}

Result<void> LedgerInFile::make_folder() {
  std::error_code failure;
  const fs::path root = fs::temp_directory_path(failure);
  if (!failure) sweep(root);
  std::string folder = (root / (std::string(kFolderName) + "XXXXXX")).string();
  if (failure || ::mkdtemp(folder.data()) == nullptr) {
    return fail(ErrorCode::kUnavailable,
                "cannot make a folder for a copy of the ledger in `" + root.string() + "`: " +
                    std::generic_category().message(errno) + "; name another one in $TMPDIR");
  }
  folder_ = folder;
  fd_ = lock_folder(folder_);
  std::error_code ignored;
  if (fd_ >= 0 && fs::exists(folder_, ignored)) return {};
  return fail(ErrorCode::kUnavailable, "cannot lock `" + folder +
                                           "`, which another process has "
                                           "taken for one that was left: try again");
}

Result<void> LedgerInFile::copy_from(const LedgerPaths& paths) {
  paths_.server = nullptr;
  paths_.database = folder_ / "ledger.db";
  for (int moment = 1;; ++moment) {
    const std::optional<std::string> lock = resting_bytes(paths.lock);
    bool moved = false;
    const auto same_head = [&]() -> Result<void> {
      moved = resting_bytes(paths.lock) != lock;
      if (!moved) return {};
      return fail(ErrorCode::kUnavailable,
                  "the lock store changed whenever the ledger was to be copied: try again");
    };
    const auto copied = paths.server->copy_to(paths_.database, same_head);
    if (moved && moment < kMoments) {
      remove_database(paths_.database);
      std::this_thread::sleep_for(kBetweenMoments);
      continue;
    }
    if (!copied || !lock) return copied;  // what a verifier cannot read either, it says itself
    paths_.lock = folder_ / "lock.db";
    return create_file(paths_.lock, kOwnerWrites, *lock);
  }
}

LedgerInFile::LedgerInFile(LedgerInFile&& other) noexcept
    : paths_(std::move(other.paths_)),
      folder_(std::exchange(other.folder_, {})),
      fd_(std::exchange(other.fd_, -1)) {}

LedgerInFile::~LedgerInFile() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace tidewaiter
