// Circles of tokens, whatever their length and wherever they begin.
#include "daemon/sources/contract/token_guard.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// The page after page `page` (from 0), where `tail` pages lead into a circle of `length`.
std::int64_t page_behind(std::int64_t page, std::int64_t tail, std::int64_t length) {
  const std::int64_t next = page + 1;
  return next < tail + length ? next : tail + (next - tail) % length;
}

std::string token_of(std::int64_t page) { return page == 0 ? "" : "t" + std::to_string(page); }

/// Pages read until the circle is found, where each pull reads `pull` of them.
std::int64_t pages_until_found(std::int64_t tail, std::int64_t length, std::int64_t pull) {
  TokenGuard guard;
  std::int64_t at = 0;
  for (std::int64_t page = 1; page <= 10'000; ++page) {
    const std::int64_t next = page_behind(at, tail, length);
    if (guard.leads_back(token_of(at), token_of(next))) return page;
    guard.passed(token_of(at), page);
    if (page % pull == 0) guard.end_pull();
    at = next;
  }
  return 0;
}

TEST(TokenGuardTest, FindsACircleAtOnceWithinAPull) {
  EXPECT_EQ(pages_until_found(0, 1, 100), 1);  // a page that leads to itself
  EXPECT_EQ(pages_until_found(3, 4, 100), 7);  // the seventh leads back to the fourth
}

/// As docs/sources/contract.md says: before the window has three times as many pages as the circle,
/// or as lie before it, whichever is more.
TEST(TokenGuardTest, FindsOneThatIsSpreadOverPullsWithinItsBound) {
  for (std::int64_t tail = 0; tail <= 40; ++tail) {
    for (std::int64_t length = 1; length <= 40; ++length) {
      const std::int64_t found = pages_until_found(tail, length, 3);
      ASSERT_GT(found, 0) << tail << " " << length;
      EXPECT_LE(found, 3 * std::max(tail, length) + 3) << tail << " " << length;
    }
  }
}

TEST(TokenGuardTest, TakesEachWayRoundOnceInAWindow) {
  TokenGuard guard;
  EXPECT_TRUE(guard.replaces("a"));
  EXPECT_FALSE(guard.replaces("a"));
  guard.begin_window();
  EXPECT_TRUE(guard.replaces("a"));
}

}  // namespace
}  // namespace tidewaiter
