#pragma once

#include <cstdint>
#include <fstream>

#include <unistd.h>

namespace tidewaiter {

/// What this process holds of the machine's memory now.
inline std::int64_t resident_bytes() {
  std::ifstream status("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  status >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace tidewaiter
