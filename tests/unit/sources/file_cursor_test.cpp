#include "daemon/sources/file_cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(FileCursor, ReadsBackWhatItWrites) {
  FileCursor cursor;
  cursor.query = "0123456789abcdef";
  cursor.seen = Interval{{-5}, {1'767'225'600'000'000}};
  cursor.undrained = true;
  FileEntry entry;
  entry.path = "/var/log/a \"b\".jsonl";
  entry.facts = {.device = 2049, .inode = UINT64_MAX, .size = 12, .modified_us = 34};
  entry.head_length = 4096;
  entry.head = sha256("x");
  entry.held = true;
  entry.offset = 99;
  entry.line_feeds = 7;
  entry.first_line = "feed";
  note_line(entry, 3, nullptr);
  const std::string reason = "bad";
  note_line(entry, 4, &reason);
  cursor.files.push_back(entry);
  const std::string text = to_text(cursor);
  const auto back = file_cursor_from_text(text);
  ASSERT_TRUE(back) << to_text(back.error());
  EXPECT_EQ(to_text(*back), text);
  EXPECT_EQ(back->files.at(0).facts.inode, UINT64_MAX);
  EXPECT_EQ(back->files.at(0).first_bad, std::vector<std::string>{"line 4: bad"});
  EXPECT_EQ(back->seen, cursor.seen);
}

TEST(FileCursor, RefusesWhatItDidNotWrite) {
  for (
      const char* text :
      {"", "{}", "[]", "null", R"({"version":2})", R"({"version":"1"})",
       R"({"version":1,"query":"","undrained":false,"backfill_done":false,"files":[{}]})",
       R"({"version":1,"query":"","undrained":false,"backfill_done":false,"files":[],"seen":[1]})"}) {
    const auto cursor = file_cursor_from_text(text);
    ASSERT_FALSE(cursor) << text;
    EXPECT_EQ(cursor.error().code, ErrorCode::kCorruption);
  }
}

TEST(FileCursor, BadLinesAreForgottenWithTheLinesAroundThem) {
  FileEntry entry;
  const std::string reason = "bad";
  note_line(entry, 1, &reason);
  for (int i = 1; i < 20'000; ++i) {
    note_line(entry, i + 1, nullptr);
  }
  EXPECT_EQ(entry.lines, 10'000);
  EXPECT_EQ(entry.bad, 0);
  EXPECT_TRUE(entry.first_bad.empty());
}

}  // namespace
}  // namespace tidewaiter
