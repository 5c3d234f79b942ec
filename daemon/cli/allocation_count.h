#pragma once

#include <cstdint>

namespace tidewaiter {

/// How many bytes the C++ allocator has given out and not got back, in the whole process. Exact:
/// this file replaces the global `operator new` and `operator delete` of the programs that call it,
/// and counts for each block what malloc_usable_size() says of it. Memory that libraries take with
/// malloc() alone is not in it. Any thread.
[[nodiscard]] std::int64_t allocated_bytes();

}  // namespace tidewaiter
