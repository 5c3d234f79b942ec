#include "policies/engine/thread_pool.h"

namespace tidewaiter {

ThreadPool::ThreadPool(std::size_t threads) {
  for (std::size_t i = 1; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  has_tasks_.notify_all();
}

void ThreadPool::run(std::size_t count, const std::function<void(std::size_t)>& task) {
  if (threads_.empty() || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) task(i);
    return;
  }
  std::unique_lock lock(mutex_);
  task_ = &task;
  next_ = 0;
  count_ = count;
  unfinished_ = count;
  has_tasks_.notify_all();
  take_tasks(lock);
  is_done_.wait(lock, [this] { return unfinished_ == 0; });
  task_ = nullptr;
}

void ThreadPool::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_tasks_.wait(lock, [this] { return ends_ || (task_ != nullptr && next_ < count_); });
    if (ends_) return;
    take_tasks(lock);
  }
}

void ThreadPool::take_tasks(std::unique_lock<std::mutex>& lock) {
  while (task_ != nullptr && next_ < count_) {
    const std::size_t mine = next_++;
    const auto& task = *task_;
    lock.unlock();
    task(mine);
    lock.lock();
    if (--unfinished_ == 0) is_done_.notify_all();
  }
}

}  // namespace tidewaiter
