#pragma once

#include <filesystem>
#include <utility>

#include "policies/model/error.h"

namespace tidewaiter {

/// The right to change a folder, among threads and processes, until it is destroyed or the process
/// ends. A flock() on the folder itself: it leaves no file behind.
class FolderLock {
 public:
  /// Waits two seconds for another holder. Of a folder that is not there nothing is locked, for
  /// nothing is in it. Errors: kUnavailable. Threads: any.
  [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& folder);
  /// The same for who only adds to it: any number of them together, and nobody with take().
  [[nodiscard]] static Result<FolderLock> share(const std::filesystem::path& folder);

  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  [[nodiscard]] static Result<FolderLock> take_as(const std::filesystem::path& folder,
                                                  int operation);
  int fd_;  ///< -1: nothing is locked
};

}  // namespace tidewaiter
