#pragma once

#include <cstdint>

namespace tidewaiter {

/// How many bytes the allocator has given to this thread and not got back from it, as it rounds
/// blocks up; what one thread takes and another gives back counts for either as it is seen there.
/// Without jemalloc it is what glibc has given out to the whole process (mallinfo2), and 0 where
/// yet another allocator stands in its place, as under the address sanitizer. Any thread.
[[nodiscard]] std::int64_t allocated_bytes();

}  // namespace tidewaiter
