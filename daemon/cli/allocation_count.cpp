#include "daemon/cli/allocation_count.h"

#ifdef TIDEWAITER_JEMALLOC
#include <cstddef>

#include <jemalloc/jemalloc.h>
#else
#include <malloc.h>
#endif

namespace tidewaiter {
#ifdef TIDEWAITER_JEMALLOC

namespace {

/// One of jemalloc's counters; 0 if another allocator was loaded before it.
std::uint64_t counter(const char* name) {
  std::uint64_t value = 0;
  std::size_t size = sizeof value;
  return ::mallctl(name, &value, &size, nullptr, 0) == 0 ? value : 0;
}

}  // namespace

std::int64_t allocated_bytes() {
  return static_cast<std::int64_t>(counter("thread.allocated")) -
         static_cast<std::int64_t>(counter("thread.deallocated"));
}

#else

std::int64_t allocated_bytes() {
  const struct mallinfo2 heap = ::mallinfo2();
  return static_cast<std::int64_t>(heap.uordblks) + static_cast<std::int64_t>(heap.hblkhd);
}

#endif
}  // namespace tidewaiter
