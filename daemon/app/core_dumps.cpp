#include "daemon/app/core_dumps.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <sys/prctl.h>
#include <sys/resource.h>

// GCC says by a macro what clang says by a feature.
#ifdef __has_feature
#define TIDEWAITER_HAS_FEATURE(name) __has_feature(name)
#else
#define TIDEWAITER_HAS_FEATURE(name) 0
#endif

namespace tidewaiter {

Result<void> forbid_core_dumps() {
  const auto failed = [] {
    return fail(ErrorCode::kUnavailable,
                "core files cannot be switched off: " + std::string(std::strerror(errno)));
  };
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return failed();
#if !defined(__SANITIZE_ADDRESS__) && !TIDEWAITER_HAS_FEATURE(address_sanitizer)
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed();
#endif
  return {};
}

}  // namespace tidewaiter
