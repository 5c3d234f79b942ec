#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/file_cursor.h"
#include "tests/unit/sources/file_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GrowingLogTest : public FileScene {};

TEST_F(GrowingLogTest, ReadsWhatWasAppendedBetweenPolls) {
  write("log.jsonl", lines({"a"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
  append("log.jsonl", lines({"b", "c"}, 1));
  const Poll second = poll();
  EXPECT_THAT(second.accounts, ElementsAre("b", "c"));
  ASSERT_TRUE(second.drained);
  EXPECT_EQ(format_time(second.drained->from), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(second.drained->to), "2026-01-01T00:02:00Z");
  restart();
  append("log.jsonl", lines({"d"}, 3));
  EXPECT_THAT(poll().accounts, ElementsAre("d"));
}

TEST_F(GrowingLogTest, NeverTakesHalfALine) {
  const std::string second = line("b", 1);
  for (std::size_t cut = 0; cut < second.size(); ++cut) {
    SCOPED_TRACE(cut);
    restart();
    cursor_.clear();
    write("log.jsonl", lines({"a"}) + second.substr(0, cut), kNow);
    const Poll half = poll();
    EXPECT_THAT(half.accounts, ElementsAre("a"));
    EXPECT_THAT(half.bad, IsEmpty());
    append("log.jsonl", second.substr(cut) + "\n", kNow);
    const Poll whole = poll();
    EXPECT_THAT(whole.accounts, ElementsAre("b"));
    EXPECT_THAT(whole.bad, IsEmpty());
  }
}

TEST_F(GrowingLogTest, AWholeNativeLineNeedsNoLineFeed) {
  write("log.jsonl", line("a", 0), kNow);
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
  append("log.jsonl", "\n" + line("b", 1) + "\nx\n", kNow);
  const Poll rest = poll();
  EXPECT_THAT(rest.accounts, ElementsAre("b"));
  ASSERT_EQ(rest.bad.size(), 1U);
  EXPECT_EQ(rest.bad[0].origin, at("log.jsonl").string() + ":3");
}

// "…,1" may become "…,17": a row is whole only when its line is, or when nobody writes any more.
TEST_F(GrowingLogTest, AnUnfinishedRowIsHeldUntilTheFileRests) {
  use_small_csv();
  write("log.csv", "at,who,n\n2026-01-01,a,5\n2026-01-01,b,1", kNow);
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
  EXPECT_THAT(poll(kNow + Duration{config_.poll_every.us - 1}).pages, IsEmpty());
  const Poll later = poll(kNow + config_.poll_every);
  EXPECT_THAT(later.accounts, ElementsAre("b"));
  EXPECT_THAT(poll(kNow + kDay).pages, IsEmpty());
}

TEST_F(GrowingLogTest, AnUnfinishedHeaderIsHeld) {
  use_small_csv();
  write("log.csv", "at,wh", kNow);
  const Poll nothing = poll();
  EXPECT_FALSE(nothing.error) << to_text(*nothing.error);
  append("log.csv", "o,n\n2026-01-01,a,1\n", kNow);
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
}

TEST_F(GrowingLogTest, AnOpenQuoteAtTheEndIsHeld) {
  use_small_csv();
  write("log.csv", "at,who,n\n2026-01-01,\"a\n", kNow);
  EXPECT_THAT(poll().pages, IsEmpty());
  append("log.csv", "b\",1\n", kNow);
  EXPECT_THAT(poll().accounts, ElementsAre("a\nb"));
}

TEST_F(GrowingLogTest, FollowsAFileThatIsRenamedWithinTheGlob) {
  config_.path = "log*";
  write("log", lines({"a", "b"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a", "b"));
  append("log", lines({"c"}, 2));
  std::filesystem::rename(at("log"), at("log.1"));
  write("log", lines({"d"}, 3));
  restart();
  EXPECT_THAT(poll().accounts, testing::UnorderedElementsAre("c", "d"));
  EXPECT_THAT(poll().pages, IsEmpty());
}

TEST_F(GrowingLogTest, ReadsTheRestOfAFileThatWasRotatedAway) {
  write("log.jsonl", lines({"a"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
  append("log.jsonl", lines({"b"}, 1));
  std::filesystem::rename(at("log.jsonl"), at("log.jsonl.1"));
  write("log.jsonl", lines({"c"}, 2));
  restart();
  EXPECT_THAT(poll().accounts, ElementsAre("b", "c"));
  // Its writer still has it open for a moment.
  append("log.jsonl.1", lines({"d"}, 3));
  EXPECT_THAT(poll().accounts, ElementsAre("d"));
}

// As when an inode is given to another file.
TEST_F(GrowingLogTest, AForeignFileWithTheInodeOfOneThatIsGoneIsNotRead) {
  config_.path = "*.jsonl";
  write("a.jsonl", lines({"a", "b"}));
  write("b.jsonl", lines({"c"}, 2));
  poll();
  std::filesystem::rename(at("a.jsonl"), at("notes.txt"));
  write("notes.txt", lines({"foreign"}));
  const Poll later = poll();
  EXPECT_THAT(later.accounts, IsEmpty());
  EXPECT_THAT(later.bad, IsEmpty());
}

TEST_F(GrowingLogTest, StartsAnewAfterCopyAndTruncate) {
  write("log.jsonl", lines({"a", "b", "c"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a", "b", "c"));
  write("log.jsonl", lines({"d"}, 3));  // the same inode, shorter
  EXPECT_THAT(poll().accounts, ElementsAre("d"));
  write("log.jsonl", lines({"e", "f", "g", "h"}, 4));  // the same inode, longer
  restart();
  EXPECT_THAT(poll().accounts, ElementsAre("e", "f", "g", "h"));
}

TEST_F(GrowingLogTest, AReplacedFileIsReadFromItsBeginning) {
  write("log.jsonl", lines({"a"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
  write("new", lines({"b", "c"}, 1));
  std::filesystem::rename(at("new"), at("log.jsonl"));
  EXPECT_THAT(poll().accounts, ElementsAre("b", "c"));
}

// A record may lie a day ahead. What it says of the time must not hide what comes in that day.
TEST_F(GrowingLogTest, ATimestampFromTheFutureMovesNoStatementAheadOfTheClock) {
  write("log.jsonl", lines({"a"}) + line("skewed", 24 * 60 + 23 * 60) + "\n", kNow);
  const Poll first = poll();
  EXPECT_THAT(first.accounts, ElementsAre("a", "skewed"));
  ASSERT_TRUE(first.drained);
  EXPECT_EQ(first.drained->to, kNow);
  append("log.jsonl", lines({"b"}, 24 * 60), kNow + kMinute);
  const Poll second = poll(kNow + kMinute);
  ASSERT_TRUE(second.drained);
  EXPECT_EQ(second.drained->to, kNow) << "as far as was seen, not as far as the clock went";
}

TEST_F(GrowingLogTest, ACursorFromTheFutureIsBelievedUpToTheClock) {
  write("log.jsonl", lines({"a"}));
  poll();
  auto state = *file_cursor_from_text(cursor_);
  state.seen->to = kNow + kDay;
  cursor_ = to_text(state);
  restart();
  append("log.jsonl", lines({"b"}, 1));
  const Poll second = poll();
  ASSERT_TRUE(second.drained);
  EXPECT_EQ(second.drained->to, kNow);
}

TEST_F(GrowingLogTest, APullEndsWithAPassHoweverFastTheLogGrows) {
  write("log.jsonl", lines({"a"}), kNow);
  auto page = source().next("", kNow, watch_);
  ASSERT_TRUE(page && *page);
  EXPECT_TRUE((*page)->drained);
}

}  // namespace
}  // namespace tidewaiter
