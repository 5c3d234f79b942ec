#include "daemon/cli/allocation_count.h"

#include <malloc.h>

namespace tidewaiter {

std::int64_t allocated_bytes() {
  const struct mallinfo2 heap = ::mallinfo2();
  return static_cast<std::int64_t>(heap.uordblks) + static_cast<std::int64_t>(heap.hblkhd);
}

}  // namespace tidewaiter
