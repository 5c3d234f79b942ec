// Files of snapshots: whole or not at all.

#include "storage/snapshot/snapshot_file.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <ostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/file_size_limit.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

SnapshotHead head() {
  return {"c0de", "log-1", {42, sha256("entry 42")}, sha256("set"), UtcTime{-5}};
}

/// Half of it compresses, half does not.
std::string content(std::size_t size) {
  std::mt19937 random(20'261'129);
  std::string text;
  while (text.size() < size) {
    text += std::string(1000, 'x');
    for (int i = 0; i < 1000; ++i) text += static_cast<char>(random() & 0xFFU);
  }
  text.resize(size);
  return text;
}

class SnapshotFileTest : public testing::Test {
 protected:
  Result<std::int64_t> write(const std::string& body) {
    const auto writer = SnapshotWriter::create(path_, head());
    if (!writer) return tl::unexpected(writer.error());
    (*writer)->body() << body;
    return (*writer)->commit();
  }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  ErrorCode refused() const {
    const auto reader = SnapshotReader::open(path_);
    EXPECT_FALSE(reader);
    return reader ? ErrorCode::kUndefined : reader.error().code;
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "state.snapshot";
};

TEST_F(SnapshotFileTest, GivesBackWhatWasWritten) {
  // None, one, and around the size of a block.
  for (const std::size_t size : {0U, 1U, 262'143U, 262'144U, 262'145U, 3'000'000U}) {
    const std::string body = content(size);
    const Result<std::int64_t> written = write(body);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(static_cast<std::uintmax_t>(*written), std::filesystem::file_size(path_));
    const auto reader = SnapshotReader::open(path_);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ((*reader)->head(), head());
    const std::string read(std::istreambuf_iterator<char>((*reader)->body()), {});
    EXPECT_TRUE(read == body) << size;
  }
}

TEST_F(SnapshotFileTest, HasTheFormOfTheHeader) {
  ASSERT_TRUE(write("body"));
  const std::string all = bytes();
  EXPECT_TRUE(all.starts_with("tidewaiter snapshot 1\n{"));
  // A Zstandard frame (RFC 8878, 3.1.1) comes after the second line.
  const std::size_t second = all.find('\n', all.find('\n') + 1);
  EXPECT_EQ(all.substr(second + 1, 4), "\x28\xB5\x2F\xFD");
  const std::string before = all.substr(0, all.size() - 32);
  const Digest digest = sha256(before);
  EXPECT_EQ(all.substr(before.size()),
            std::string(reinterpret_cast<const char*>(digest.bytes.data()), 32));
}

TEST_F(SnapshotFileTest, EachChangedByteIsNoticed) {
  ASSERT_TRUE(write(content(5'000)));
  const std::string whole = bytes();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_file(path_, changed);
    EXPECT_FALSE(SnapshotReader::open(path_)) << "byte " << at;
  }
}

TEST_F(SnapshotFileTest, EachMissingEndIsNoticed) {
  ASSERT_TRUE(write(content(5'000)));
  const std::string whole = bytes();
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    write_file(path_, whole.substr(0, size));
    EXPECT_FALSE(SnapshotReader::open(path_)) << size << " bytes";
  }
}

TEST_F(SnapshotFileTest, SaysWhatIsWrong) {
  EXPECT_EQ(refused(), ErrorCode::kNotFound);
  write_file(path_, "tidewaiter snapshot 2\n{}\n" + std::string(64, 'x'));
  EXPECT_EQ(refused(), ErrorCode::kUnsupported);
  write_file(path_, "tidewaiter snapshot 1\n{\"seq\":\n" + std::string(64, 'x'));
  EXPECT_EQ(refused(), ErrorCode::kCorruption);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(refused(), ErrorCode::kUnavailable);
}

TEST_F(SnapshotFileTest, UntilItIsWholeTheOneBeforeStands) {
  ASSERT_TRUE(write("one"));
  const std::string before = bytes();
  {
    const auto writer = SnapshotWriter::create(path_, head());
    ASSERT_TRUE(writer);
    (*writer)->body() << content(1'000'000);
    EXPECT_EQ(bytes(), before);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "state.snapshot.new"));
  }
  EXPECT_EQ(bytes(), before);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state.snapshot.new"));
}

TEST_F(SnapshotFileTest, WhatHasNoRoomIsAnError) {
  ASSERT_TRUE(write("one"));
  const std::string before = bytes();
  const Result<std::int64_t> written = [this] {
    const FileSizeLimit limit(100'000);
    return write(content(3'000'000));
  }();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(written.error().message.find("File too large"), std::string::npos);
  EXPECT_EQ(bytes(), before);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state.snapshot.new"));
}

TEST_F(SnapshotFileTest, RemovingTakesWhatAnInterruptedWriterLeft) {
  ASSERT_TRUE(write("one"));
  write_file(folder_ / "state.snapshot.new", "half");
  ASSERT_TRUE(remove_snapshot(path_));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  EXPECT_TRUE(remove_snapshot(path_)) << "nothing is there";
}

}  // namespace
}  // namespace tidewaiter
