#include "storage/evidence/vault.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

Result<void> any_subject(const std::string& /*subject*/) { return {}; }

class VaultTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Vault::create(path_)); }

  TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "vault.db";
};

TEST_F(VaultTest, GivesASubjectTheSameKeyAgain) {
  const std::vector<std::string> subjects{"account:a/1", "account:a/2", "account:a/1"};
  std::vector<SubjectKey> first;
  {
    auto vault = Vault::open(path_);
    ASSERT_TRUE(vault) << vault.error().message;
    first = *vault->keys_for(subjects, any_subject);
  }
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0], first[2]);
  EXPECT_NE(first[0], first[1]);
  auto vault = Vault::open(path_);
  EXPECT_EQ(*vault->keys_for(subjects, any_subject), first);
  EXPECT_EQ(*vault->find("account:a/2"), first[1]);
}

TEST_F(VaultTest, MakesNoKeyWhereItMayNot) {
  auto vault = Vault::open(path_);
  const std::vector<std::string> subjects{"account:a/1", "account:a/2"};
  const auto keys = vault->keys_for(subjects, [](const std::string& subject) -> Result<void> {
    if (subject == "account:a/1") return {};
    return fail(ErrorCode::kRefused, "known");
  });
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().message, "known");
  EXPECT_EQ(*vault->find("account:a/1"), std::nullopt);
  EXPECT_EQ(*vault->find("account:a/2"), std::nullopt);
}

TEST_F(VaultTest, FindMakesNoKey) {
  auto vault = Vault::open(path_);
  EXPECT_EQ(*vault->find("account:a/1"), std::nullopt);
  EXPECT_EQ(*vault->find("account:a/1"), std::nullopt);
}

TEST_F(VaultTest, IsForItsOwnerOnly) {
  struct stat about {};
  ASSERT_EQ(::stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0600U);
  std::filesystem::permissions(path_, std::filesystem::perms(0644));
  const auto vault = Vault::open(path_);
  ASSERT_FALSE(vault);
  EXPECT_EQ(vault.error().code, ErrorCode::kRefused);
}

TEST_F(VaultTest, IsNotMadeTwice) {
  const auto again = Vault::create(path_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
}

TEST_F(VaultTest, AbsentFileIsNotFound) {
  const auto vault = Vault::open(dir_.path() / "other.db");
  ASSERT_FALSE(vault);
  EXPECT_EQ(vault.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tidewaiter
