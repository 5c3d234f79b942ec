#include "storage/files/folder_lock.h"

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace tidewaiter {
namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::milliseconds kBetweenTries{10};

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  return take_as(folder, LOCK_EX);
}

Result<FolderLock> FolderLock::share(const std::filesystem::path& folder) {
  return take_as(folder, LOCK_SH);
}

Result<FolderLock> FolderLock::take_as(const std::filesystem::path& folder, int operation) {
  const auto refuse = [&folder](int number) {
    return fail(ErrorCode::kUnavailable, "cannot lock the folder `" + folder.string() +
                                             "`: " + std::generic_category().message(number));
  };
  FolderLock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.fd_ < 0 && errno != ENOENT) return refuse(errno);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (lock.fd_ >= 0 && ::flock(lock.fd_, operation | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return refuse(errno);
    if (std::chrono::steady_clock::now() >= end) {
      return fail(ErrorCode::kUnavailable,
                  "another process changes the folder `" + folder.string() + "`: try again");
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace tidewaiter
