#include "storage/files/durable_file.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

TEST(ReadWholeFile, ReadsAFileUpToItsBound) {
  const TemporaryFolder folder;
  const std::string text = std::string(70'000, 'a') + '\0' + "\xFF";
  write_file(folder / "f", text);
  EXPECT_EQ(*read_whole_file(folder / "f", text.size()), text);
  const auto longer = read_whole_file(folder / "f", text.size() - 1);
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(read_whole_file(folder / "none", 9).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_whole_file(folder / "f/below", 9).error().code, ErrorCode::kNotFound);
}

// Nobody writes to the pipe: a reader that waits would never end.
TEST(ReadWholeFile, RefusesWhatIsNoRegularFileAtOnce) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink("pipe", folder / "link");
  for (const fs::path& path :
       {folder / "pipe", folder / "link", folder.path(), fs::path("/dev/zero")}) {
    const auto refused = read_whole_file(path, 9);
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput) << path;
  }
}

TEST(ReadWholeFile, TellsAnErrorOfReading) {
  const auto refused = read_whole_file("/proc/self/mem", 9);  // address 0 is not mapped: EIO
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
}

TEST(ReplaceFile, WritesOverWhatAKilledProcessLeft) {
  const TemporaryFolder folder;
  write_file(folder / "f", "old");
  write_file(folder / "f.new", "half");
  const auto replaced = replace_file(folder / "f", "new");
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(*read_whole_file(folder / "f", 9), "new");
  EXPECT_FALSE(fs::exists(folder / "f.new"));
}

TEST(ReplaceFile, KeepsTheModeAndTheLink) {
  const TemporaryFolder folder;
  write_file(folder / "f", "old");
  fs::permissions(folder / "f", static_cast<fs::perms>(0640));
  fs::create_symlink("f", folder / "link");
  ASSERT_TRUE(replace_file(folder / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(*read_whole_file(folder / "f", 9), "new");
  EXPECT_EQ(fs::status(folder / "f").permissions(), static_cast<fs::perms>(0640));
}

TEST(ReplaceFile, CannotLookIsNotAbsent) {
  const TemporaryFolder folder;
  fs::create_symlink("loop", folder / "loop");  // which stops root too
  EXPECT_EQ(replace_file(folder / "loop", "x").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(replace_file(folder / "none", "x").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tidewaiter
