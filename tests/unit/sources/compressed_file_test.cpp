#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sources/file_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Format {
  const char* name;
  std::string (*compress)(std::string_view);
};

class CompressedFileTest : public FileScene, public testing::WithParamInterface<Format> {
 protected:
  static std::string compress(std::string_view text) { return GetParam().compress(text); }
};

// The name says nothing: the first bytes do.
TEST_P(CompressedFileTest, IsReadByItsFirstBytes) {
  write("log.jsonl", compress(lines({"a", "b"})));
  EXPECT_THAT(poll().accounts, ElementsAre("a", "b"));
}

TEST_P(CompressedFileTest, MembersFollowOneAnother) {
  const std::string half = lines({"b", "c"}, 1);
  write("log.jsonl", compress(lines({"a"}) + half.substr(0, 20)) + compress(half.substr(20)));
  EXPECT_THAT(poll().accounts, ElementsAre("a", "b", "c"));
  restart();
  append("log.jsonl", compress(lines({"d"}, 3)));
  EXPECT_THAT(poll().accounts, ElementsAre("d"));
}

TEST_P(CompressedFileTest, ResumesWithinTheContent) {
  std::string text;
  for (int i = 0; i < 9000; ++i) {
    text += line(std::to_string(i), i % 1000) + "\n";
  }
  write("log.jsonl", compress(text));
  std::vector<std::string> accounts;
  for (int pages = 0; pages < 4; ++pages) {
    restart();
    const auto page = source().next(cursor_, kNow, watch_);
    ASSERT_TRUE(page) << to_text(page.error());
    if (!*page) {
      break;
    }
    cursor_ = (*page)->cursor;
    for (const Record& record : (*page)->records) {
      accounts.push_back(std::get<std::string>(field_value(record, *find_field("account"))));
    }
  }
  ASSERT_EQ(accounts.size(), 9000U);
  EXPECT_EQ(accounts[4096], "4096");
  EXPECT_EQ(accounts[8999], "8999");
}

TEST_P(CompressedFileTest, KeepsWhatCameBeforeACutAndSaysSo) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += line(std::to_string(i * 7919), i % 1000) + "\n";
  }
  const std::string whole = compress(text);
  write("log.jsonl", std::string_view(whole).substr(0, whole.size() - 9));
  const Poll cut = poll();
  ASSERT_TRUE(cut.error);
  EXPECT_EQ(cut.error->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(cut.error->message, HasSubstr("ends in the middle of a compressed frame"));
  EXPECT_THAT(cut.bad, IsEmpty()) << "half a line is not a bad line";
  EXPECT_FALSE(cut.drained);
  EXPECT_GE(cut.accounts.size(), kMaxPageRecords);
  // The whole file in its place: the rest comes, and nothing twice.
  write("log.jsonl", whole);
  const Poll rest = poll();
  EXPECT_FALSE(rest.error) << to_text(*rest.error);
  EXPECT_EQ(cut.accounts.size() + rest.accounts.size(), 20'000U);
  EXPECT_TRUE(rest.drained);
}

TEST_P(CompressedFileTest, DamageIsAnError) {
  std::string text = compress(lines({"a", "b"}));
  text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 0x55);
  write("log.jsonl", text);
  const Poll damaged = poll();
  ASSERT_TRUE(damaged.error);
  EXPECT_EQ(damaged.error->code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(damaged.drained);
}

TEST_P(CompressedFileTest, OtherBytesBehindAMemberAreDamage) {
  write("log.jsonl", compress(lines({"a"})) + "garbage");
  const Poll damaged = poll();
  EXPECT_THAT(damaged.accounts, ElementsAre("a"));
  EXPECT_TRUE(damaged.error);
  EXPECT_FALSE(damaged.drained);
}

INSTANTIATE_TEST_SUITE_P(All, CompressedFileTest,
                         testing::Values(Format{"Gzip", gzip}, Format{"Zstd", zstd}),
                         [](const auto& row) { return std::string(row.param.name); });

using PaddedFileTest = FileScene;

TEST_F(PaddedFileTest, ZeroBytesBehindAGzipMemberArePadding) {
  write("log.jsonl", gzip(lines({"a"})) + std::string(512, '\0'));
  const Poll padded = poll();
  EXPECT_THAT(padded.accounts, ElementsAre("a"));
  EXPECT_FALSE(padded.error) << to_text(*padded.error);
}

}  // namespace
}  // namespace tidewaiter
