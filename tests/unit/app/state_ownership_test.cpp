#include "daemon/app/state_ownership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// Another user than whoever runs this; nobody in particular.
constexpr uid_t kStranger = 54'321;

class StateOwnershipTest : public testing::Test {
 protected:
  StateOwnershipTest() {
    fs::create_directory(state() / "people");
    fs::create_directory(state() / "acts");
    fs::create_directory(state() / "payloads");
    write_file(state() / "ledger.db", "");
  }
  [[nodiscard]] fs::path state() const { return folder_.path() / "state"; }
  [[nodiscard]] std::string refusal() const {
    const auto good = check_state_ownership(state());
    if (good) return {};
    EXPECT_EQ(good.error().code, ErrorCode::kRefused);
    return good.error().message;
  }

 private:
  struct MadeFolder {
    TemporaryFolder folder;
    MadeFolder() { fs::create_directory(folder.path() / "state"); }
    [[nodiscard]] fs::path path() const { return folder.path(); }
  } folder_;
};

TEST_F(StateOwnershipTest, TakesPartsThatLieInTheFolderAndNoneAtAll) {
  EXPECT_EQ(refusal(), "");
  fs::remove_all(state() / "people");
  EXPECT_EQ(refusal(), "");
  fs::create_directory_symlink(state(), state().parent_path() / "link");
  EXPECT_TRUE(check_state_ownership(state().parent_path() / "link"));
  EXPECT_TRUE(check_state_ownership(state() / "none"));
}

TEST_F(StateOwnershipTest, FollowsNoLinkOutOfTheFolder) {
  for (const char* part : {"people", "acts", "payloads", "ledger.db"}) {
    const fs::path elsewhere = state().parent_path() / part;
    fs::rename(state() / part, elsewhere);
    fs::create_symlink(elsewhere, state() / part);
    EXPECT_THAT(refusal(), HasSubstr(std::string(part) + "` is a symbolic link")) << part;
    fs::remove(state() / part);
    fs::rename(elsewhere, state() / part);
  }
}

TEST_F(StateOwnershipTest, TakesNothingOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  for (const char* part : {"people", "acts", "payloads", "ledger.db"}) {
    ASSERT_EQ(::chown((state() / part).c_str(), kStranger, kStranger), 0);
    EXPECT_THAT(refusal(), HasSubstr(std::string(part) + "` belongs to another Unix user"));
    ASSERT_EQ(::chown((state() / part).c_str(), 0, 0), 0);
  }
}

TEST_F(StateOwnershipTest, SaysForWhichLedgerPeopleAre) {
  EXPECT_TRUE(check_people_origin(state(), "one.example/ledger")) << "a state of before";
  ASSERT_TRUE(bind_people(state(), "one.example/ledger"));
  ASSERT_TRUE(bind_people(state(), "two.example/ledger"));  // and stays what it is
  EXPECT_TRUE(check_people_origin(state(), "one.example/ledger"));
  const auto other = check_people_origin(state(), "two.example/ledger");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kRefused);
  EXPECT_THAT(other.error().message, HasSubstr("enrolled for another ledger"));
}

TEST(CallingUser, IsWhoCalledSudo) {
  EXPECT_EQ(calling_user({}), ::getuid());
  EXPECT_EQ(calling_user({{"SUDO_UID", "54321"}}), kStranger);
  for (const char* wrong : {"", "-1", "54321x", "99999999999"}) {
    EXPECT_EQ(calling_user({{"SUDO_UID", wrong}}), ::getuid()) << wrong;
  }
}

}  // namespace
}  // namespace tidewaiter
