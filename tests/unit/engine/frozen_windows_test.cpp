#include "policies/engine/frozen_windows.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

// Windows of three panes: window k holds the panes k, k + 1 and k + 2.

TEST(FrozenWindows, WindowsBehindWhatIsLeftAreUntouched) {
  FrozenWindows frozen(3);
  frozen.add(10, 12, 12, true);
  const FrozenWindows::Change change = frozen.forget_before(10);
  EXPECT_EQ(change.told, 0);
  EXPECT_EQ(change.unknown, 0);
}

TEST(FrozenWindows, WindowsThatLostTheirRecordsAreGone) {
  FrozenWindows frozen(3);
  frozen.add(10, 12, 12, true);
  frozen.add(10, 11, 12, false);
  const FrozenWindows::Change change = frozen.forget_before(13);
  EXPECT_EQ(change.told, -3);
  EXPECT_EQ(change.unknown, -2);
}

TEST(FrozenWindows, WindowsThatLostAPartOfThemselvesAreUnknown) {
  FrozenWindows frozen(3);
  frozen.add(10, 12, 12, true);  // one record, in pane 12
  // What is left begins with pane 12: windows 10 and 11 begin before it, and hold the record.
  const FrozenWindows::Change change = frozen.forget_before(12);
  EXPECT_EQ(change.told, -2);
  EXPECT_EQ(change.unknown, 2);
  // And when the record goes, so do they, by what they have become.
  const FrozenWindows::Change rest = frozen.forget_before(13);
  EXPECT_EQ(rest.told, -1);
  EXPECT_EQ(rest.unknown, -2);
}

TEST(FrozenWindows, SubjectsAddUp) {
  FrozenWindows frozen(1);
  for (int subject = 0; subject < 5; ++subject) frozen.add(7, 7, 7, subject % 2 == 0);
  const FrozenWindows::Change change = frozen.forget_before(8);
  EXPECT_EQ(change.told, -3);
  EXPECT_EQ(change.unknown, -2);
}

}  // namespace
}  // namespace tidewaiter
