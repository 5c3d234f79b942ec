#include "daemon/app/user_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "storage/files/folder_lock.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

constexpr UtcTime kNow{1'791'208'800'000'000};  // 2026-10-05T14:00:00Z

/// A state in which `jo`, an officer, and `kim`, an approver, are enrolled. It belongs to `owner_`.
class UserTableTest : public testing::Test {
 protected:
  UserTableTest() {
    EXPECT_TRUE(enrol(state(), "Jo", "officer", kNow));
    EXPECT_TRUE(enrol(state(), "Kim", "approver", kNow));
  }
  [[nodiscard]] std::filesystem::path state() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path people() const { return people_folder(state()); }
  void give_password(const std::string& handle) const {
    ASSERT_TRUE(set_password(people(), handle, Password("eleven green houses by the quay"),
                             kLeastPasswordCost));
  }
  [[nodiscard]] Result<std::optional<ActProof>> proof(const std::string& handle,
                                                      const std::string& unix_user) const {
    return proof_without_password(state(), {handle, unix_user, {}, ::geteuid(), ::geteuid()});
  }

  const std::string owner_ = unix_user_name(::geteuid());

 private:
  TemporaryFolder folder_;
};

TEST_F(UserTableTest, AsksWhoeverHasAPasswordWhateverTheUnixUser) {
  EXPECT_EQ(proof("jo", "jo").value(), ActProof::kUnixUser);
  give_password("jo");
  EXPECT_EQ(proof("jo", "jo").value(), std::nullopt);
}

TEST_F(UserTableTest, TakesTheUnixUserOfOneWhoHasNone) {
  give_password("jo");
  EXPECT_EQ(proof("kim", "kim").value(), ActProof::kUnixUser);
  const auto other = proof("kim", "jo");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kRefused);
}

// Whoever may run the program as the state's user has that user's name.
TEST_F(UserTableTest, TakesNobodyForTheOwnerOfTheStateOncePasswordsAreUsed) {
  if (owner_.empty()) GTEST_SKIP() << "this process's user has no name";
  ASSERT_TRUE(enrol(state(), owner_, "officer", kNow));
  EXPECT_EQ(proof(owner_, owner_).value(), ActProof::kUnixUser);
  give_password("jo");
  const auto shared = proof(owner_, owner_);
  ASSERT_FALSE(shared);
  EXPECT_EQ(shared.error().code, ErrorCode::kRefused);
  EXPECT_THAT(shared.error().message, HasSubstr("has no password"));
}

// By sudo everybody could name the key that somebody has left with the state's user.
TEST_F(UserTableTest, TakesNoKeyThatOnlySudoLetsTheCallerRead) {
  give_password("jo");
  const std::filesystem::path key = state() / "elsewhere.key";
  std::filesystem::rename(people() / "jo.key", key);
  const uid_t me = ::geteuid();
  const auto proof_of = [&](uid_t caller) {
    return proof_without_password(state(), {"jo", "shared", key, me, caller}).value();
  };
  EXPECT_EQ(proof_of(me), ActProof::kKeyFile);
  EXPECT_EQ(proof_of(me + 1), std::nullopt);
  // One that belongs to the caller, whoever that is, is theirs.
  EXPECT_EQ(proof_without_password(state(), {"jo", "shared", key, me + 1, me}).value(),
            ActProof::kKeyFile);
}

// Two who change the table at once would not see what the other does.
TEST_F(UserTableTest, ChangesNothingWhileAnotherDoes) {
  {
    const auto lock = FolderLock::take(people());
    ASSERT_TRUE(lock);
    EXPECT_EQ(enrol(state(), "Di Wu", "viewer", kNow).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(disable_user(state(), "jo", kNow).error().code, ErrorCode::kUnavailable);
  }
  EXPECT_FALSE(std::filesystem::exists(people() / "di-wu.key"));
  EXPECT_TRUE(enrol(state(), "Di Wu", "viewer", kNow));
  EXPECT_TRUE(disable_user(state(), "jo", kNow));
}

}  // namespace
}  // namespace tidewaiter
