#pragma once

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

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

/// A tidewaiterd of its own, its stderr in a file. Killed when the object goes. `words` begin the
/// command line: a program that becomes the daemon, such as setpriv.
class DaemonProcess {
 public:
  DaemonProcess(const std::vector<std::string>& arguments, const std::filesystem::path& output,
                const std::map<std::string, std::string>& variables = {},
                std::vector<std::string> words = {}) {
    words.emplace_back(TIDEWAITERD);
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    // Nothing of this process's environment but what tools need: no service manager of ours.
    std::vector<std::string> settings = {"PATH=/usr/bin:/bin"};
    for (const char* kept : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
      if (const char* value = std::getenv(kept))
        settings.push_back(std::string(kept) + "=" + value);
    }
    for (const auto& [name, value] : variables) settings.push_back(name + "=" + value);
    std::vector<char*> envp;
    for (std::string& setting : settings) envp.push_back(setting.data());
    envp.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions, fd, output.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
    }
    if (::posix_spawn(&pid_, words.front().c_str(), &actions, nullptr, argv.data(), envp.data()) !=
        0)
      pid_ = -1;
    posix_spawn_file_actions_destroy(&actions);
  }
  ~DaemonProcess() {
    if (pid_ > 0) static_cast<void>(end(SIGKILL));
  }
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool is_running() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }
  void signal(int number) const { ::kill(pid_, number); }

  /// Waits for its end; the status of waitpid().
  int wait() {
    int status = -1;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }
  int end(int number) {
    signal(number);
    return wait();
  }

 private:
  pid_t pid_ = -1;
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
