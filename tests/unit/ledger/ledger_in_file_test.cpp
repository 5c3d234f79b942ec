#include "storage/ledger/ledger_in_file.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/ledger/ledger_server.h"
#include "tests/unit/child_process.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Copies a word, and lets something happen first.
class WordServer final : public LedgerServer {
 public:
  std::function<void()> meanwhile = [] {};
  mutable int copies = 0;

  std::string name() const override { return "a server"; }
  Result<bool> has_ledger() const override { return true; }
  Result<std::unique_ptr<LedgerStore>> open(Ledger::Mode) const override {
    return fail(ErrorCode::kUnsupported, "nothing is opened here");
  }
  Result<bool> is_led() const override { return false; }
  Result<void> copy_to(const std::filesystem::path& file,
                       const std::function<Result<void>()>& at_moment) const override {
    ++copies;
    meanwhile();
    std::ofstream(file) << "tables";
    return at_moment();
  }
};

class LedgerInFileTest : public testing::Test {
 protected:
  LedgerInFileTest() {
    std::filesystem::create_directory(folder_ / "tmp");
    ::setenv("TMPDIR", (folder_ / "tmp").c_str(), 1);
    paths_.server = server_;
    paths_.lock = folder_ / "lock.db";
    write_lock("head 1");
  }
  ~LedgerInFileTest() override { ::unsetenv("TMPDIR"); }

  void write_lock(const std::string& word) const { std::ofstream(paths_.lock) << word; }
  [[nodiscard]] std::ptrdiff_t left() const {
    return std::distance(std::filesystem::directory_iterator(folder_ / "tmp"), {});
  }

  TemporaryFolder folder_;
  std::shared_ptr<WordServer> server_ = std::make_shared<WordServer>();
  LedgerPaths paths_;
};

TEST_F(LedgerInFileTest, TheLockStoreIsThatOfTheMoment) {
  {
    const auto file = LedgerInFile::of(paths_);
    ASSERT_TRUE(file) << file.error().message;
    write_lock("head 2");
    EXPECT_EQ(content_of(file->paths().database), "tables");
    EXPECT_EQ(content_of(file->paths().lock), "head 1");
    EXPECT_EQ(file->paths().server, nullptr);
    EXPECT_EQ(server_->copies, 1);
  }
  EXPECT_EQ(left(), 0);
}

/// Whether the tables have the head that was signed just then nobody can say.
TEST_F(LedgerInFileTest, AHeadThatIsSignedMeanwhileBeginsTheCopyAnew) {
  server_->meanwhile = [this] { write_lock("head 2"); };
  const auto file = LedgerInFile::of(paths_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(server_->copies, 2);
  EXPECT_EQ(content_of(file->paths().lock), "head 2");
}

TEST_F(LedgerInFileTest, ALockStoreThatIsGoneIsLeftToWhoeverVerifies) {
  std::filesystem::remove(paths_.lock);
  const auto file = LedgerInFile::of(paths_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->paths().lock, paths_.lock);
}

/// A copy has personal data in it: one whose process was killed does not stay, one in use does.
TEST_F(LedgerInFileTest, WhatAKilledProcessLeftGoesWithTheNextCopy) {
  const auto used = LedgerInFile::of(paths_);
  ASSERT_TRUE(used) << used.error().message;
  ChildProcess killed([this] {
    const auto file = LedgerInFile::of(paths_);
    ::_exit(file ? 0 : 1);  // without a destructor, as a signal would
    return 1;
  });
  EXPECT_EQ(killed.wait(), 0);
  EXPECT_EQ(left(), 2);
  const auto next = LedgerInFile::of(paths_);
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(left(), 2);
  EXPECT_EQ(content_of(used->paths().database), "tables");
}

}  // namespace
}  // namespace tidewaiter
