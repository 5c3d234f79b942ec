#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tidewaiter {

/// A fixed number of threads, of which the caller's is one, that share out the tasks of one call.
///
/// Threads: one caller at a time. The destructor ends the threads that the constructor started.
class ThreadPool {
 public:
  /// `threads` at least 1; with 1 no thread is started.
  explicit ThreadPool(std::size_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Calls `task(0)` … `task(count − 1)`, each once, on any thread and in any order, and returns
  /// when all have returned: what they wrote is then seen by the caller. `task` must not throw.
  void run(std::size_t count, const std::function<void(std::size_t)>& task);

 private:
  void serve();
  void take_tasks(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable has_tasks_;
  std::condition_variable is_done_;
  const std::function<void(std::size_t)>* task_ = nullptr;  ///< null: none to be taken
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::size_t unfinished_ = 0;
  bool ends_ = false;
  std::vector<std::jthread> threads_;  ///< last: they use the members above
};

}  // namespace tidewaiter
