#pragma once

#include <cstdint>

namespace tidewaiter {

/// How many bytes the C library's allocator has given out and not got back, in the whole process,
/// with what it keeps beside each block (glibc's mallinfo2). 0 where another allocator stands in
/// its place, as under the address sanitizer. Any thread.
[[nodiscard]] std::int64_t allocated_bytes();

}  // namespace tidewaiter
