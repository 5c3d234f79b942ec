#pragma once

#include <csignal>
#include <cstdint>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace tidewaiter {

/// As long as it is there, no file of this process grows beyond a size: what a full disk is to
/// who writes, without a disk. Signals are off meanwhile: the limit is an error of write(2).
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t bytes) : former_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit limit{static_cast<rlim_t>(bytes), before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~FileSizeLimit() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
    std::signal(SIGXFSZ, former_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*former_)(int);
  rlimit before_{};
};

}  // namespace tidewaiter
