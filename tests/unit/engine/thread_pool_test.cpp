#include "policies/engine/thread_pool.h"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::Each;

class ThreadPoolTest : public testing::TestWithParam<std::size_t> {};

// Plain integers: the pool has to make what tasks wrote visible to its caller.
TEST_P(ThreadPoolTest, DoesEachTaskOnceAndShowsWhatItWrote) {
  ThreadPool pool(GetParam());
  for (const std::size_t tasks :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{300}}) {
    std::vector<int> calls(tasks, 0);
    pool.run(tasks, [&calls](std::size_t at) { ++calls[at]; });
    EXPECT_THAT(calls, Each(1)) << tasks << " tasks";
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, testing::Values(1, 2, 8));

// With as many tasks as threads, each of which waits for the others, none can do two.
TEST(ThreadPool, RunsTasksSideBySide) {
  constexpr std::size_t kThreads = 4;
  ThreadPool pool(kThreads);
  std::atomic<std::size_t> begun = 0;
  std::vector<std::thread::id> by(kThreads);
  pool.run(kThreads, [&](std::size_t at) {
    by[at] = std::this_thread::get_id();
    ++begun;
    while (begun < kThreads) std::this_thread::yield();
  });
  EXPECT_EQ(std::set<std::thread::id>(by.begin(), by.end()).size(), kThreads);
}

TEST(ThreadPool, OfOneThreadIsTheCallersOwn) {
  ThreadPool pool(1);
  std::set<std::thread::id> by;
  pool.run(3, [&by](std::size_t) { by.insert(std::this_thread::get_id()); });
  EXPECT_EQ(by, std::set<std::thread::id>{std::this_thread::get_id()});
}

}  // namespace
}  // namespace tidewaiter
