#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/child_process.h"

namespace tidewaiter {

/// Asks again and again until it is so; false after a minute, which only a defect takes.
inline bool eventually(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

inline std::string read_all(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A tidewaiterd of its own, its stdout and stderr in a file; it does not outlive the test. `words`
/// begin the command line: a program that becomes the daemon, such as setpriv. What cannot be
/// started exits with 127.
class DaemonProcess {
 public:
  DaemonProcess(const std::vector<std::string>& arguments, const std::filesystem::path& output,
                const std::map<std::string, std::string>& variables = {},
                std::vector<std::string> words = {})
      : process_(
            start(with_arguments(std::move(words), arguments), environment(variables), output)) {}

  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  [[nodiscard]] bool is_running() const { return process_.is_running(); }
  // NOLINTNEXTLINE(modernize-use-nodiscard): as ChildProcess has it
  bool signal(int number) const { return process_.signal(number); }
  /// Waits for its end; the status of waitpid().
  int wait() { return process_.wait(); }
  int end(int number) { return process_.end(number); }

 private:
  static std::vector<std::string> with_arguments(std::vector<std::string> words,
                                                 const std::vector<std::string>& arguments) {
    words.emplace_back(TIDEWAITERD);
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }

  /// Nothing of this process's environment but what tools need: no service manager of ours.
  static std::vector<std::string> environment(const std::map<std::string, std::string>& variables) {
    std::vector<std::string> settings = {"PATH=/usr/bin:/bin"};
    for (const char* kept : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
      if (const char* value = std::getenv(kept))
        settings.push_back(std::string(kept) + "=" + value);
    }
    for (const auto& [name, value] : variables) settings.push_back(name + "=" + value);
    return settings;
  }

  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
  }

  static ChildProcess start(std::vector<std::string> words, std::vector<std::string> settings,
                            const std::filesystem::path& output) {
    const std::vector<char*> argv = pointers(words);
    const std::vector<char*> envp = pointers(settings);
    const char* const path = output.c_str();
    // Between fork() and exec a process with other threads may do system calls alone.
    return ChildProcess([&] {
      const int fd = ::open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
      if (fd < 0 || ::dup2(fd, STDOUT_FILENO) < 0 || ::dup2(fd, STDERR_FILENO) < 0) return 127;
      ::close(fd);
      ::execve(argv.front(), argv.data(), envp.data());
      return 127;
    });
  }

  ChildProcess process_;
};

/// The service manager's end of sd_notify(3).
class NotifySocket {
 public:
  explicit NotifySocket(const std::filesystem::path& path) : path_(path) {
    ::unlink(path.c_str());
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(path.c_str(), std::min(path.string().size(), sizeof(address.sun_path) - 1),
                address.sun_path);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  }
  ~NotifySocket() { ::close(fd_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

  /// Takes messages until one has `text`; that one, or an empty text after a minute.
  std::string await(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::chrono::steady_clock::now() < deadline) {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, 100) <= 0) continue;
      std::string message(4096, '\0');
      const ssize_t size = ::recv(fd_, message.data(), message.size(), 0);
      if (size <= 0) continue;
      message.resize(static_cast<std::size_t>(size));
      if (message.find(text) != std::string::npos) return message;
    }
    return {};
  }

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

}  // namespace tidewaiter
