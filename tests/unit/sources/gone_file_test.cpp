#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/as_nobody.h"
#include "tests/unit/sources/file_scene.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A file of more than a page, and what a pull can be half-way through.
class GoneFileTest : public FileScene {
 protected:
  GoneFileTest() { config_.path = "*.jsonl"; }

  static std::string many(std::size_t count, const std::string& account = "a") {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      text += line(account + std::to_string(i), 1) + "\n";
    }
    return text;
  }
  /// Takes one page.
  void take_page() {
    auto page = source().next(cursor_, kNow, watch_);
    ASSERT_TRUE(page && *page) << (page ? "no page" : to_text(page.error()));
    cursor_ = (*page)->cursor;
  }
  /// While no daemon has the file open: it would read it to its end all the same.
  void remove_unseen(std::string_view name) {
    restart();
    std::filesystem::remove(at(name));
  }
  std::vector<std::string> told_by_check() {
    restart();
    const auto told = source().check(cursor_, kNow);
    EXPECT_TRUE(told);
    return told ? *told : std::vector<std::string>{};
  }
};

TEST_F(GoneFileTest, AnUnreadRestIsToldOnceAndNothingIsStatedOverIt) {
  write("a.jsonl", many(kMaxPageRecords + 10));
  ASSERT_NO_FATAL_FAILURE(take_page());
  remove_unseen("a.jsonl");
  write("b.jsonl", lines({"b"}, 2));
  EXPECT_THAT(told_by_check(), Contains(AllOf(HasSubstr("a.jsonl"), HasSubstr("not to its end"))));
  const Poll lost = poll();
  EXPECT_THAT(lost.accounts, ElementsAre("b")) << "what is there is read";
  EXPECT_FALSE(lost.drained);
  ASSERT_TRUE(lost.error);
  EXPECT_EQ(lost.error->code, ErrorCode::kNotFound);
  EXPECT_THAT(lost.error->message, HasSubstr("a.jsonl` is gone; it had been read to byte"));
  append("b.jsonl", lines({"c"}, 3));
  const Poll later = poll();
  EXPECT_FALSE(later.error) << "told already";
  EXPECT_THAT(later.accounts, ElementsAre("c"));
  EXPECT_FALSE(later.drained);
  EXPECT_THAT(told_by_check(), Contains(AllOf(HasSubstr("a.jsonl"), HasSubstr("not to its end"))));
  EXPECT_TRUE(poll().error) << "another start tells it again";
}

// The file was renamed within a folder that cannot be listed for now: that is not "gone".
TEST_F(GoneFileTest, AFolderThatCannotBeListedHasLostNothing) {
  config_.path = "in/a.jsonl";
  config_.accept_gone = true;
  std::filesystem::create_directory(at("in"));
  write("in/a.jsonl", many(kMaxPageRecords + 10));
  ASSERT_NO_FATAL_FAILURE(take_page());
  restart();
  std::filesystem::rename(at("in/a.jsonl"), at("in/a.jsonl.1"));
  write("in/a.jsonl", lines({"b"}, 2));
  std::filesystem::permissions(at(""), std::filesystem::perms::all);
  std::filesystem::permissions(at("in"), static_cast<std::filesystem::perms>(0111));
  {
    const AsNobody nobody;
    if (!nobody.acts()) GTEST_SKIP() << "cannot give up the rights of root here";
    const Poll refused = poll();
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error->message, HasSubstr("cannot list folder"));
  }
  std::filesystem::permissions(at("in"), std::filesystem::perms::all);
  const Poll back = poll();
  EXPECT_FALSE(back.error) << to_text(*back.error);
  EXPECT_EQ(back.accounts.size(), 11U) << "the rest, and the new file";
  EXPECT_TRUE(back.drained);
}

// Known by its inode, but looked for in its folder: whose name outlives the daemon byte by byte.
TEST_F(GoneFileTest, AFolderOfAnyNameIsLookedIntoAfterAStart) {
  config_.path = "\xff/a.jsonl";
  std::filesystem::create_directory(at("\xff"));
  write("\xff/a.jsonl", many(kMaxPageRecords + 10));
  ASSERT_NO_FATAL_FAILURE(take_page());
  restart();
  std::filesystem::rename(at("\xff/a.jsonl"), at("\xff/a.jsonl.1"));
  write("\xff/a.jsonl", lines({"b"}, 2));
  const Poll rest = poll();
  EXPECT_FALSE(rest.error) << to_text(*rest.error);
  EXPECT_EQ(rest.accounts.size(), 11U);
}

TEST_F(GoneFileTest, APullThatFindsNothingElseEndsToo) {
  write("a.jsonl", many(kMaxPageRecords + 10));
  ASSERT_NO_FATAL_FAILURE(take_page());
  remove_unseen("a.jsonl");
  EXPECT_TRUE(poll().error);
  EXPECT_FALSE(poll().error);
  EXPECT_THAT(poll().pages, IsEmpty());
}

TEST_F(GoneFileTest, AFileThatIsPutBackIsReadAndStated) {
  const std::string text = many(kMaxPageRecords + 10);
  write("a.jsonl", text);
  ASSERT_NO_FATAL_FAILURE(take_page());
  remove_unseen("a.jsonl");
  write("b.jsonl", lines({"b"}, 2));
  EXPECT_FALSE(poll().drained);
  write("a.jsonl.tmp", gzip(text));  // by its content, not by its inode or form
  std::filesystem::rename(at("a.jsonl.tmp"), at("c.jsonl"));
  const Poll back = poll();
  EXPECT_EQ(back.accounts.size(), kMaxPageRecords + 10);
  EXPECT_TRUE(back.drained);
  EXPECT_THAT(told_by_check(), Not(Contains(HasSubstr("is gone"))));
}

TEST_F(GoneFileTest, AnAcceptedLossIsToldAndStatedWithout) {
  config_.accept_gone = true;
  write("a.jsonl", many(kMaxPageRecords + 10));
  ASSERT_NO_FATAL_FAILURE(take_page());
  remove_unseen("a.jsonl");
  const Poll lost = poll();
  ASSERT_TRUE(lost.error);
  EXPECT_EQ(lost.error->code, ErrorCode::kNotFound);
  EXPECT_FALSE(lost.drained) << "first the loss, then the statement";
  EXPECT_TRUE(poll().drained);
  EXPECT_THAT(told_by_check(), Contains(HasSubstr("a.jsonl` is gone")));
  restart();
  EXPECT_FALSE(poll().error);
}

TEST_F(GoneFileTest, AnOpenFileIsReadToItsEndThoughItsNameIsGone) {
  write("a.jsonl", many(kMaxPageRecords + 10));
  ASSERT_NO_FATAL_FAILURE(take_page());
  std::filesystem::remove(at("a.jsonl"));
  const Poll rest = poll();
  EXPECT_EQ(rest.accounts.size(), 10U);
  EXPECT_TRUE(rest.drained);
  EXPECT_FALSE(poll().error);
}

TEST_F(GoneFileTest, AFileThatWasReadToItsEndMayGo) {
  write("a.jsonl", lines({"a"}));
  write("b.jsonl", lines({"b"}, 1));
  poll();
  std::filesystem::remove(at("a.jsonl"));
  append("b.jsonl", lines({"c"}, 2));
  const Poll later = poll();
  EXPECT_FALSE(later.error);
  EXPECT_TRUE(later.drained);
}

// The name is there when the pass begins, and not when its turn comes.
TEST_F(GoneFileTest, AFileThatGoesDuringThePassIsMissedNotClaimed) {
  write("a.jsonl", many(kMaxPageRecords + 10));
  write("b.jsonl", lines({"b"}, 2));
  ASSERT_NO_FATAL_FAILURE(take_page());
  std::filesystem::rename(at("b.jsonl"), at("z.jsonl"));
  const Poll first = poll();
  EXPECT_EQ(first.accounts.size(), 10U);
  EXPECT_FALSE(first.error);
  EXPECT_FALSE(first.drained);
  const Poll second = poll();
  EXPECT_THAT(second.accounts, ElementsAre("b"));
  EXPECT_TRUE(second.drained);
}

TEST_F(GoneFileTest, CopyAndTruncateDuringThePassStartsAnew) {
  write("a.jsonl", lines({"x"}));
  write("b.jsonl", lines({"b", "c", "d"}));
  poll();
  append("a.jsonl", many(kMaxPageRecords));
  append("b.jsonl", lines({"e"}, 3));
  ASSERT_NO_FATAL_FAILURE(take_page());  // all of it a's; b is listed and not opened yet
  write("b.jsonl", lines({"new"}, 4));   // the same inode, shorter
  const Poll rest = poll();
  EXPECT_FALSE(rest.error) << to_text(*rest.error);
  EXPECT_THAT(rest.accounts, ElementsAre("new"));
  EXPECT_TRUE(rest.drained);
}

TEST_F(GoneFileTest, AFileThatFailedForItsBadLinesIsReadAnewWhenItIsCorrectedInPlace) {
  config_.path = "log.jsonl";
  const std::string good = many(200);
  std::string bad;
  for (int i = 0; i < 100; ++i) {
    bad += std::string(100, 'x') + "\n";
  }
  write("log.jsonl", good + bad);
  const Poll failed = poll();
  ASSERT_TRUE(failed.error);
  EXPECT_EQ(failed.error->code, ErrorCode::kInvalidInput);
  restart();
  EXPECT_TRUE(poll().error) << "nobody has touched it";
  // The same inode, the same first 4 KiB, longer than what was read.
  write("log.jsonl", good + many(300, "b"), kNow - kHour);
  restart();
  const Poll corrected = poll();
  EXPECT_FALSE(corrected.error) << to_text(*corrected.error);
  EXPECT_EQ(corrected.accounts.size(), 500U);
  EXPECT_TRUE(corrected.drained);
}

}  // namespace
}  // namespace tidewaiter
