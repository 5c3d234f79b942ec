#include "storage/files/file_stream.h"

#include <array>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "storage/files/durable_file.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::string whole(const fs::path& path) { return *read_whole_file(path, 1 << 20); }

TEST(FileSource, FillsTheRoomButAtTheEnd) {
  const TemporaryFolder folder;
  write_file(folder / "f", "abcdefg");
  auto source = FileSource::open(folder / "f");
  ASSERT_TRUE(source) << source.error().message;
  std::array<char, 4> room{};
  EXPECT_EQ(*source->read(room), 4U);
  EXPECT_EQ(std::string(room.data(), 4), "abcd");
  EXPECT_EQ(*source->read(room), 3U);
  EXPECT_EQ(*source->read(room), 0U);
}

TEST(FileSource, IsARegularFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const fs::path& path : {folder / "pipe", folder.path(), fs::path("/dev/zero")}) {
    EXPECT_EQ(FileSource::open(path).error().code, ErrorCode::kInvalidInput) << path;
  }
  EXPECT_EQ(FileSource::open(folder / "none").error().code, ErrorCode::kNotFound);
}

TEST(FileSink, AppearsWhenItIsWhole) {
  const TemporaryFolder folder;
  const fs::path path = folder / "f";
  {
    auto sink = FileSink::create(path, 0600);
    ASSERT_TRUE(sink) << sink.error().message;
    EXPECT_TRUE(sink->write("abc"));
    EXPECT_FALSE(fs::exists(path));
    EXPECT_TRUE(fs::exists(folder / "f.new"));
    EXPECT_EQ(FileSink::create(path, 0600).error().code, ErrorCode::kRefused);
  }
  EXPECT_TRUE(fs::is_empty(folder.path())) << "what was not finished is gone";
  auto sink = FileSink::create(path, 0640);
  ASSERT_TRUE(sink && sink->write("abc") && sink->finish());
  EXPECT_EQ(whole(path), "abc");
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0640U);
  const auto again = FileSink::create(path, 0600);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, testing::HasSubstr("is there already"));
  EXPECT_EQ(FileSink::create(folder / "none/f", 0600).error().code, ErrorCode::kNotFound);
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
