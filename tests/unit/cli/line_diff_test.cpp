#include "daemon/cli/line_diff.h"

#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

// Expected texts are those of GNU diff -u, with the names of both sides alike.
TEST(UnifiedDiff, EqualTextsHaveNone) { EXPECT_EQ(unified_diff("a\n", "a\n", "x"), ""); }

TEST(UnifiedDiff, ShowsThreeLinesAroundAChange) {
  EXPECT_EQ(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "x"),
            "--- x\n+++ x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, PartsChangesThatLieFarApart) {
  const std::string before = "a\n1\n2\n3\n4\n5\n6\n7\nb\n";
  EXPECT_EQ(
      unified_diff(before, "A\n1\n2\n3\n4\n5\n6\n7\nB\n", "x"),
      "--- x\n+++ x\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

TEST(UnifiedDiff, ToldFromAndToNothing) {
  EXPECT_EQ(unified_diff("", "a\n", "x"), "--- x\n+++ x\n@@ -0,0 +1,1 @@\n+a\n");
  EXPECT_EQ(unified_diff("a\n", "", "x"), "--- x\n+++ x\n@@ -1,1 +0,0 @@\n-a\n");
}

TEST(UnifiedDiff, ToldAMissingLastLineFeed) {
  EXPECT_EQ(unified_diff("a", "a\n", "x"),
            "--- x\n+++ x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

}  // namespace
}  // namespace tidewaiter
