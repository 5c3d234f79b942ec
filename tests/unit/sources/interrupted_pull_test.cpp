#include <functional>
#include <stop_token>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/unit/child_process.h"
#include "tests/unit/sources/file_scene.h"

namespace tidewaiter {
namespace {

/// What takes long within one call of next(): it has to ask between blocks.
struct LongPiece {
  const char* name;
  std::function<std::string()> text;  ///< of the whole file
  std::int64_t beats;                 ///< as many at least, from its first block to its last
};

class InterruptedPullTest : public FileScene, public testing::WithParamInterface<LongPiece> {
 protected:
  std::int64_t beats_ = 0;
};

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

std::string zeros() {
  return std::string(64 * kMebibyte, '\0') + "\n" +
         R"({"kind":"usage","time":"2026-01-01T00:00:00Z","account":"a"})" + "\n";
}

TEST_P(InterruptedPullTest, BeatsBetweenBlocksAndEndsAfterTheOneThatIsStopped) {
  write("log.jsonl", GetParam().text());
  watch_.beat = [this] { ++beats_; };
  const Poll whole = poll();
  EXPECT_FALSE(whole.error) << to_text(*whole.error);
  EXPECT_GE(beats_, GetParam().beats);

  restart();
  cursor_.clear();
  beats_ = 0;
  std::stop_source stop;
  constexpr std::int64_t kStopAt = 3;
  watch_.stop = stop.get_token();
  watch_.beat = [this, &stop] {
    if (++beats_ == kStopAt) {
      stop.request_stop();
    }
  };
  const auto broken_off = source().next(cursor_, kNow, watch_);
  ASSERT_FALSE(broken_off);
  EXPECT_EQ(broken_off.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(beats_, kStopAt) << "not a block further";

  watch_ = {};
  EXPECT_EQ(poll().accounts, whole.accounts) << "the same object goes on";
}

INSTANTIATE_TEST_SUITE_P(
    All, InterruptedPullTest,
    testing::Values(LongPiece{"LongLine", [] { return std::string(8 * kMebibyte, 'x') + "\n"; }, 6},
                    LongPiece{"BlankLines", [] { return std::string(8 * kMebibyte, '\n'); }, 6},
                    // Blocks of the file are 128 KiB: all of either lies in one.
                    LongPiece{"GzipOfZeros", [] { return gzip(zeros()); }, 200},
                    LongPiece{"ZstdOfZeros", [] { return zstd(zeros()); }, 40},
                    // Members without content: nothing comes out of block after block.
                    LongPiece{"EmptyMembers",
                              [] {
                                const std::string empty = gzip("");
                                std::string text;
                                while (text.size() < 8 * kMebibyte) {
                                  text += empty;
                                }
                                return text;
                              },
                              30}),
    [](const auto& row) { return std::string(row.param.name); });

class InterruptedSkipTest : public FileScene,
                            public testing::WithParamInterface<std::string (*)(std::string_view)> {
};

TEST_P(InterruptedSkipTest, GoingOnWithinACompressedFileCanBeStopped) {
  std::string text;
  for (std::size_t i = 0; i < 4 * kMaxPageRecords; ++i) {
    text += line("account-" + std::to_string(i), static_cast<int>(i % 1400)) + "\n";
  }
  write("log.jsonl", GetParam()(text));
  for (int pages = 0; pages < 3; ++pages) {
    auto page = source().next(cursor_, kNow, {});
    ASSERT_TRUE(page && *page);
    cursor_ = (*page)->cursor;
  }
  restart();
  std::stop_source stop;
  std::int64_t beats = 0;
  watch_.stop = stop.get_token();
  watch_.beat = [&] {
    ++beats;
    stop.request_stop();
  };
  const auto broken_off = source().next(cursor_, kNow, watch_);
  ASSERT_FALSE(broken_off);
  EXPECT_EQ(broken_off.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(beats, 1);
  watch_ = {};
  EXPECT_EQ(poll().accounts.size(), kMaxPageRecords);
}

INSTANTIATE_TEST_SUITE_P(All, InterruptedSkipTest, testing::Values(gzip, zstd));

using LongLineTest = FileScene;

/// In a process of its own, whose peak nobody else has raised.
TEST_F(LongLineTest, AGibibyteInOneLineTakesNoMoreMemoryThanAPage) {
  write("log.jsonl", "");
  std::filesystem::resize_file(at("log.jsonl"), std::uintmax_t{1} << 30U);
  append("log.jsonl", "\n" + lines({"b"}, 1));
  const auto peak_kib = [] {
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss;
  };
  ChildProcess child([&] {
    const long before = peak_kib();
    const Poll got = poll();
    const bool read = !got.error && got.bad.size() == 1 && got.accounts.size() == 1;
    constexpr long kMostKib = 64L * 1024;
    return !read ? 1 : peak_kib() - before > kMostKib ? 2 : 0;
  });
  const int status = child.wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: not read; 2: more than 64 MiB";
}

}  // namespace
}  // namespace tidewaiter
