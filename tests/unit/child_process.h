#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tidewaiter {

/// A child process that does not outlive its test: killed when the object goes, and by the kernel
/// when the thread that made it ends, as it does when CTest's time limit kills the test. Signals
/// go to this one process as long as it was not waited for, and to nobody otherwise.
class ChildProcess {
 public:
  /// Forks. The child does `work` and exits with what it returns, without any destructor.
  template <class Work>
  explicit ChildProcess(const Work& work) {
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have ended before the kernel was told.
    ::_exit(::getppid() == parent ? work() : 1);
  }
  ~ChildProcess() { static_cast<void>(end(SIGKILL)); }
  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Looks without reaping: the number stays the child's until wait().
  [[nodiscard]] bool is_running() const {
    siginfo_t ended{};
    return pid_ > 0 &&
           ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == 0;
  }

  /// False if there is no such child: kill(2) takes -1 for every process of the machine.
  // NOLINTNEXTLINE(modernize-use-nodiscard): most callers wait for what the signal brings about
  bool signal(int number) const { return pid_ > 0 && ::kill(pid_, number) == 0; }

  /// Waits for its end; the status of waitpid(), -1 if there is no child.
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

/// This very program, as a child begins it anew. Made before the fork: behind that nothing may be
/// allocated where other threads run.
class OwnProgram {
 public:
  /// `words` are its arguments, the first one its name; `settings` its whole environment.
  OwnProgram(std::vector<std::string> words, std::vector<std::string> settings)
      : words_(std::move(words)),
        settings_(std::move(settings)),
        argv_(pointers_to(words_)),
        envp_(pointers_to(settings_)) {}
  OwnProgram(const OwnProgram&) = delete;
  OwnProgram& operator=(const OwnProgram&) = delete;

  /// For the child: comes back only if it cannot be begun, with a status that says so.
  [[nodiscard]] int begin() const {
    ::execve("/proc/self/exe", argv_.data(), envp_.data());
    return 127;
  }

 private:
  static std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
  }

  std::vector<std::string> words_;
  std::vector<std::string> settings_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
};

}  // namespace tidewaiter
