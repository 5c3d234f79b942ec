#include "storage/files/file_stream.h"

#include <array>
#include <filesystem>
#include <iterator>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/files/durable_file.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::string whole(const fs::path& path) { return *read_whole_file(path, 1 << 20); }

TEST(StreamedFile, FillsTheRoomButAtTheEnd) {
  const TemporaryFolder folder;
  write_file(folder / "f", "abcdefg");
  auto source = StreamedFile::open(folder / "f");
  ASSERT_TRUE(source) << source.error().message;
  std::array<char, 4> room{};
  EXPECT_EQ(*source->read(room), 4U);
  EXPECT_EQ(std::string(room.data(), 4), "abcd");
  EXPECT_EQ(*source->read(room), 3U);
  EXPECT_EQ(*source->read(room), 0U);
}

TEST(StreamedFile, IsARegularFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const fs::path& path : {folder / "pipe", folder.path(), fs::path("/dev/zero")}) {
    EXPECT_EQ(StreamedFile::open(path).error().code, ErrorCode::kInvalidInput) << path;
  }
  EXPECT_EQ(StreamedFile::open(folder / "none").error().code, ErrorCode::kNotFound);
}

TEST(StreamedFile, IsTheFileThatWasOpenedWhateverItIsCalled) {
  const TemporaryFolder folder;
  write_file(folder / "f", "abc");
  fs::create_hard_link(folder / "f", folder / "link");
  write_file(folder / "other", "abc");
  auto source = StreamedFile::open(folder / "f");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->identity(), StreamedFile::open(folder / "link")->identity());
  EXPECT_NE(source->identity(), StreamedFile::open(folder / "other")->identity());
  std::array<char, 2> room{};
  EXPECT_EQ(*source->read(room), 2U);
  fs::rename(folder / "other", folder / "f");
  write_file(folder / "f", "else");
  EXPECT_TRUE(source->rewind());
  EXPECT_EQ(*measure(*source, 3), (FileMeasure{sha256("abc"), 3}));
}

/// Both ways: what is unfinished has no name, or has one.
class FileSinkTest : public testing::TestWithParam<FileSink::Unfinished> {};
INSTANTIATE_TEST_SUITE_P(Ways, FileSinkTest,
                         testing::Values(FileSink::Unfinished::kUnnamed,
                                         FileSink::Unfinished::kNamed));

TEST_P(FileSinkTest, AppearsWhenItIsWhole) {
  const TemporaryFolder folder;
  const fs::path path = folder / "f";
  {
    auto sink = FileSink::create(path, 0600, GetParam());
    ASSERT_TRUE(sink) << sink.error().message;
    EXPECT_TRUE(sink->write("abc"));
    EXPECT_FALSE(fs::exists(path));
    if (GetParam() == FileSink::Unfinished::kNamed) {
      EXPECT_TRUE(fs::exists(folder / "f.new"));
      EXPECT_EQ(FileSink::create(path, 0600, GetParam()).error().code, ErrorCode::kRefused);
    }
  }
  EXPECT_TRUE(fs::is_empty(folder.path())) << "what was not finished is gone";
  auto sink = FileSink::create(path, 0640, GetParam());
  ASSERT_TRUE(sink && sink->write("abc") && sink->finish());
  EXPECT_EQ(whole(path), "abc");
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0640U);
  const auto again = FileSink::create(path, 0600, GetParam());
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, testing::HasSubstr("is there already"));
  EXPECT_EQ(FileSink::create(folder / "none/f", 0600, GetParam()).error().code,
            ErrorCode::kNotFound);
}

TEST_P(FileSinkTest, ReplacesNothingThatAppearedMeanwhile) {
  const TemporaryFolder folder;
  const fs::path path = folder / "f";
  {
    auto sink = FileSink::create(path, 0600, GetParam());
    ASSERT_TRUE(sink && sink->write("abc"));
    write_file(path, "of somebody else");
    const auto done = sink->finish();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kRefused);
  }
  EXPECT_EQ(whole(path), "of somebody else");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1) << "nothing else is left";
}

// A process that is killed leaves nothing: there is nothing under any name.
TEST(FileSink, HasNoNameUntilItIsWholeWhereTheFileSystemCanDoThat) {
  const TemporaryFolder folder;
  const int can = ::open(folder.path().c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
  if (can < 0) GTEST_SKIP() << "this file system has no files without a name";
  ::close(can);
  auto sink = FileSink::create(folder / "f", 0600);
  ASSERT_TRUE(sink && sink->write("a secret"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  EXPECT_TRUE(sink->finish());
  EXPECT_EQ(whole(folder / "f"), "a secret");
}

TEST(MeasureFile, IsTheHashAndTheLength) {
  const TemporaryFolder folder;
  const std::string text(200'000, 'a');
  write_file(folder / "f", text);
  EXPECT_EQ(*measure_file(folder / "f", 200'000), (FileMeasure{sha256(text), 200'000}));
  const auto longer = measure_file(folder / "f", 199'999);
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(copy_whole_file(folder / "f", folder / "g", 0600));
  EXPECT_EQ(whole(folder / "g"), text);
  EXPECT_EQ(copy_whole_file(folder / "f", folder / "g", 0600).error().code, ErrorCode::kRefused);
}

}  // namespace
}  // namespace tidewaiter
