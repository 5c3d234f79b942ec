#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sources/file_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FileSourceTest : public FileScene {};

TEST_F(FileSourceTest, GivesRecordsThenWhatItDrained) {
  write("log.jsonl", lines({"a", "b", "c"}));
  const Poll first = poll();
  EXPECT_THAT(first.accounts, ElementsAre("a", "b", "c"));
  ASSERT_TRUE(first.drained);
  EXPECT_EQ(format_time(first.drained->from), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(first.drained->to), "2026-01-01T00:02:00Z");
  const Record& record = first.pages.at(0).records.at(0);
  EXPECT_EQ(record.source, "gw");
  EXPECT_EQ(record.observed, kNow);
  EXPECT_EQ(record.completeness, Completeness::kFinal);
  EXPECT_THAT(poll().pages, IsEmpty()) << "nothing new, nothing said";
}

TEST_F(FileSourceTest, PagesAreBoundedAndAgreeWithOneReadingAfterAnyRestart) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += line(std::to_string(i), i % 1400) + "\n";
  }
  write("log.jsonl", text);
  Poll all;
  for (int round = 0; round < 10; ++round) {
    auto page = source().next(cursor_, kNow, watch_);
    ASSERT_TRUE(page) << to_text(page.error());
    if (!*page) {
      break;
    }
    EXPECT_LE((*page)->records.size(), kMaxPageRecords);
    EXPECT_TRUE((*page)->backfill);
    restart();
    const auto again = source().next(cursor_, kNow, watch_);
    ASSERT_TRUE(again && *again);
    EXPECT_EQ((*again)->cursor, (*page)->cursor);
    EXPECT_EQ((*again)->records.size(), (*page)->records.size());
    cursor_ = (*page)->cursor;
    for (const Record& record : (*page)->records) {
      all.accounts.push_back(std::get<std::string>(field_value(record, *find_field("account"))));
    }
    all.pages.push_back(**std::move(page));
  }
  ASSERT_EQ(all.accounts.size(), 10'000U);
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(all.accounts[static_cast<std::size_t>(i)], std::to_string(i));
  }
  ASSERT_EQ(all.pages.size(), 3U);
  EXPECT_FALSE(all.pages[0].drained);
  EXPECT_FALSE(all.pages[1].drained);
  EXPECT_TRUE(all.pages[2].drained);
}

TEST_F(FileSourceTest, AFullLastPageIsFollowedByTheDrainedOne) {
  std::string text;
  for (std::size_t i = 0; i < kMaxPageRecords; ++i) {
    text += line(std::to_string(i), 1) + "\n";
  }
  write("log.jsonl", text);
  const auto page = source().next("", kNow, watch_);
  ASSERT_TRUE(page && *page);
  EXPECT_EQ((*page)->records.size(), kMaxPageRecords);
  restart();
  cursor_ = (*page)->cursor;
  const Poll rest = poll();
  EXPECT_THAT(rest.accounts, IsEmpty());
  EXPECT_TRUE(rest.drained);
}

TEST_F(FileSourceTest, BackfillEndsWithTheFirstDrainedPage) {
  write("log.jsonl", lines({"a"}));
  EXPECT_TRUE(poll().pages.at(0).backfill);
  append("log.jsonl", lines({"b"}, 1));
  restart();
  EXPECT_FALSE(poll().pages.at(0).backfill);
}

TEST_F(FileSourceTest, ReadsAFolderInNameOrderAndEachFileOnce) {
  config_.path = ".";
  write("b.jsonl", lines({"b"}, 1));
  write("a.jsonl", lines({"a"}, 0));
  write(".hidden", lines({"hidden"}));
  std::filesystem::create_directory(at("folder"));
  std::filesystem::create_symlink(at("a.jsonl"), at("z.jsonl"));
  const Poll first = poll();
  EXPECT_THAT(first.accounts, ElementsAre("a", "b"));
  write("c.jsonl", lines({"c"}, 2));
  EXPECT_THAT(poll().accounts, ElementsAre("c"));
}

TEST_F(FileSourceTest, ReadsAGlob) {
  config_.path = "*.log";
  EXPECT_THAT(poll().pages, IsEmpty());
  write("2.log", lines({"b"}));
  write("1.log", lines({"a"}));
  write("3.txt", lines({"c"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a", "b"));
}

TEST_F(FileSourceTest, AMissingFileIsAwaited) {
  const Poll nothing = poll();
  ASSERT_TRUE(nothing.error);
  EXPECT_EQ(nothing.error->code, ErrorCode::kUnavailable);
  EXPECT_THAT(nothing.error->message, HasSubstr("log.jsonl"));
  write("log.jsonl", lines({"a"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
}

TEST_F(FileSourceTest, AFileThatMayNotBeReadIsAwaited) {
  write("log.jsonl", lines({"a"}));
  std::filesystem::permissions(at("log.jsonl"), std::filesystem::perms::none);
  const bool root = geteuid() == 0;
  constexpr uid_t kNobody = 65'534;
  if (root) {  // who may read everything
    ASSERT_EQ(chmod(at("").c_str(), 0755), 0);
    ASSERT_EQ(seteuid(kNobody), 0);
  }
  const Poll refused = poll();
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error->message, HasSubstr("Permission denied"));
}

// A glob over folders of which one cannot be looked into must not pass for what is in the others.
TEST_F(FileSourceTest, AFolderThatCannotBeLookedIntoIsNotCovered) {
  config_.path = "*/*.jsonl";
  std::filesystem::create_directory(at("a"));
  write("a/1.jsonl", lines({"a"}));
  std::filesystem::create_symlink("loop", at("loop"));  // which stops root too
  const Poll refused = poll();
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error->message, HasSubstr("loop"));
  EXPECT_FALSE(refused.drained);
  std::filesystem::remove(at("loop"));
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
}

TEST_F(FileSourceTest, APipeIsRefusedAndNotWaitedFor) {
  ASSERT_EQ(mkfifo(at("log.jsonl").c_str(), 0600), 0);
  const Poll refused = poll();
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->code, ErrorCode::kInvalidInput);
}

TEST_F(FileSourceTest, ASourceWithoutRecordsDrainsNothing) {
  write("log.jsonl", "");
  EXPECT_THAT(poll().pages, IsEmpty());
  write("log.jsonl", "\n\r\n\n");
  EXPECT_THAT(poll().pages, IsEmpty());
}

TEST_F(FileSourceTest, SettlesByTheSourcesHorizon) {
  config_.settles = kHour;
  config_.path = "log.csv";
  use_csv({{"at", ValueType::kTimestamp}}, {{"time", "at"}, {"duration", "10m"}});
  write("log.csv", "at\n2026-01-01 22:50:00\n2026-01-01 22:51:00\n2026-01-01 23:55:00\n");
  const Poll got = poll();
  ASSERT_EQ(got.pages.size(), 1U);
  const auto& records = got.pages[0].records;
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].completeness, Completeness::kFinal);     // ended 23:00, an hour ago
  EXPECT_EQ(records[1].completeness, Completeness::kSettling);  // ended 23:01
  EXPECT_EQ(records[2].completeness, Completeness::kOpen);      // ends 00:05
}

TEST_F(FileSourceTest, ChangedMappingReadsAnew) {
  use_small_csv();
  write("log.csv", "at,who,n\n2026-01-01,a,1\n");
  EXPECT_EQ(poll().pages.at(0).records.at(0).requests, 1);
  use_csv({{"at", ValueType::kTimestamp}, {"who", ValueType::kString}, {"n", ValueType::kInt64}},
          {{"time", "at"}, {"account", "who"}, {"requests", "n * 10"}});
  restart();
  EXPECT_EQ(poll().pages.at(0).records.at(0).requests, 10);
}

TEST_F(FileSourceTest, IdentityByPlaceKeepsEqualRowsApartAndSurvivesRenamingAndCompression) {
  use_small_csv();
  config_.path = "*";
  const std::string text = "at,who,n\n2026-01-01,a,1\n2026-01-01,a,1\n";
  write("log.csv", text);
  const auto ids = [&] {
    std::set<std::string> out;
    for (const Page& page : poll().pages) {
      for (const Record& record : page.records) {
        out.insert(to_hex(record.id));
      }
    }
    return out;
  };
  EXPECT_EQ(ids().size(), 1U) << "by dimensions they are one record";
  config_.mapping->identity_by_place = true;
  restart();
  cursor_.clear();
  const auto first = ids();
  EXPECT_EQ(first.size(), 2U);
  std::filesystem::remove(at("log.csv"));
  write("log.csv.1.gz", gzip(text));
  restart();
  cursor_.clear();
  EXPECT_EQ(ids(), first);
}

TEST_F(FileSourceTest, CheckTellsWhatIsThere) {
  write("log.jsonl", lines({"a", "b"}) + "nonsense\n");
  const auto told = source().check(cursor_, kNow);
  ASSERT_TRUE(told) << to_text(told.error());
  EXPECT_THAT(*told, testing::Contains(HasSubstr("of its first 3 lines 2 are records")));
  EXPECT_THAT(*told, testing::Contains(HasSubstr("bad line 3")));
}

TEST_F(FileSourceTest, CheckTellsOfAFileThatVanished) {
  config_.path = "*.jsonl";
  write("a.jsonl", lines({"a"}));
  write("b.jsonl", lines({"b"}));
  poll();
  std::filesystem::remove(at("a.jsonl"));
  restart();
  const auto told = source().check(cursor_, kNow);
  ASSERT_TRUE(told);
  EXPECT_THAT(*told, testing::Contains(testing::AllOf(HasSubstr("a.jsonl"), HasSubstr("is gone"))));
}

TEST_F(FileSourceTest, ProgressCountsBytesOfTheFile) {
  const std::string text = gzip(lines({"a", "b"}));
  write("log.jsonl", text);
  poll();
  const PullProgress progress = source().progress();
  EXPECT_EQ(progress.records, 0) << "the last poll found nothing new";
  restart();
  cursor_.clear();
  ASSERT_TRUE(source().next("", kNow, watch_));
  EXPECT_EQ(source().progress().records, 2);
  EXPECT_EQ(source().progress().bytes_done, static_cast<std::int64_t>(text.size()));
  EXPECT_EQ(source().progress().bytes_total, static_cast<std::int64_t>(text.size()));
}

TEST_F(FileSourceTest, UnknownKindsAreRefused) {
  config_.kind = "fiel";
  const auto made = make_connector(config_);
  ASSERT_FALSE(made);
  EXPECT_EQ(
      made.error().message,
      "`fiel` is not a kind of source; expected `anthropic`, `bods`, `file`, `ftm`, `http_json`, "
      "`langfuse`, `litellm`, `newapi`, `openai`, `openrouter`, `postgres`, `push`, "
      "`scim`, `stripe`");
}

}  // namespace
}  // namespace tidewaiter
