#pragma once

#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {

/// Enrols Jo, an officer, and Ada, an approver, where nobody is enrolled.
inline void enrol(const SmallSite& site) {
  const Answer made = site({"init", "--person", "Jo=officer", "--person", "Ada=approver"});
  ASSERT_EQ(made.status, 0) << made.err;
}

}  // namespace tidewaiter
