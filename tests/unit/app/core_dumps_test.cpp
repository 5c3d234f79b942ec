// A process of its own, for what is switched off stays so.
#include "daemon/app/core_dumps.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/child_process.h"

#ifdef __has_feature
#define TIDEWAITER_HAS_FEATURE(name) __has_feature(name)
#else
#define TIDEWAITER_HAS_FEATURE(name) 0
#endif

namespace tidewaiter {
namespace {

/// What a child tells as its exit status.
int told_by(int (*child)()) {
  ChildProcess process(child);
  const int status = process.wait();
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(CoreDumps, NoneIsWrittenAfterwards) {
  EXPECT_EQ(told_by([] {
              if (!forbid_core_dumps()) return 100;
              rlimit limit{1, 1};
              if (::getrlimit(RLIMIT_CORE, &limit) != 0) return 101;
              return limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : 102;
            }),
            0);
}

TEST(CoreDumps, NobodyMayAttachAfterwards) {
  EXPECT_EQ(told_by([] { return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }), 1)
      << "it may before, or this says nothing";
#if !defined(__SANITIZE_ADDRESS__) && !TIDEWAITER_HAS_FEATURE(address_sanitizer)
  EXPECT_EQ(
      told_by([] { return forbid_core_dumps() ? ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) : 100; }), 0);
#endif
}

}  // namespace
}  // namespace tidewaiter
