#pragma once

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/child_process.h"

namespace tidewaiter {

/// A `tidewaiter … serve` that was told to listen at any free port; it does not outlive the test.
class ServingProcess {
 public:
  explicit ServingProcess(const std::vector<std::string>& arguments)
      : child_([this, &arguments] {
          ::dup2(pipe_[1], STDOUT_FILENO);
          std::vector<char*> words{const_cast<char*>("tidewaiter")};
          for (const std::string& word : arguments)
            words.push_back(const_cast<char*>(word.c_str()));
          words.push_back(nullptr);
          ::execv(TIDEWAITER_PROGRAM, words.data());
          return 127;
        }) {
    ::close(pipe_[1]);
    std::string line;
    for (char c = 0; ::read(pipe_[0], &c, 1) == 1 && c != '\n';) line += c;
    url_ = line.substr(0, line.rfind('/'));
  }
  ~ServingProcess() {
    const int status = child_.end(SIGTERM);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    ::close(pipe_[0]);
  }
  ServingProcess(const ServingProcess&) = delete;
  ServingProcess& operator=(const ServingProcess&) = delete;

  /// Scheme, host and port of the URL that it prints.
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  static std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    return ends;
  }
  std::array<int, 2> pipe_ = make_pipe();
  ChildProcess child_;
  std::string url_;
};

}  // namespace tidewaiter
