#include "storage/people/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::StartsWith;

constexpr const char* kWords = "eleven grüne Häuser am Kai";

// Made with another implementation, the Argon2id of Python's `cryptography`, from the words, the
// salt 00 01 … 0f, 32 bytes of output and one lane.
const std::string kInteractive =
    "$argon2id$v=19$m=65536,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Z0UmDW8WsM/krni7/ZijXLw8E/"
    "3LdlUJusaXKeGwn/4";
const std::string kModerate =
    "$argon2id$v=19$m=262144,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$"
    "97RQOvQq3lKng0N3IaNJgWf3ceSpxT8gz7aDxd8QyBU";

TEST(PasswordHash, IsWhatAnotherImplementationMakesOfIt) {
  EXPECT_TRUE(is_password(Password(kWords), kInteractive).value());
  EXPECT_TRUE(is_password(Password(kWords), kModerate).value());
  EXPECT_FALSE(is_password(Password("eleven grüne Häuser am Kai "), kInteractive).value());
  EXPECT_FALSE(is_password(Password(""), kInteractive).value());
}

TEST(PasswordHash, SaysItsCost) {
  EXPECT_FALSE(needs_rehash(kModerate).value());
  EXPECT_TRUE(needs_rehash(kInteractive).value());
  EXPECT_FALSE(needs_rehash(kInteractive, kLeastPasswordCost).value());
}

TEST(PasswordHash, HasASaltOfItsOwn) {
  const auto one = hash_password(Password(kWords), kLeastPasswordCost);
  const auto other = hash_password(Password(kWords), kLeastPasswordCost);
  ASSERT_TRUE(one && other);
  EXPECT_NE(*one, *other);
  EXPECT_THAT(*one, StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(is_password(Password(kWords), *one).value());
}

TEST(PasswordHash, IsMadeAtTheCostThatDocsName) {
  const auto hash = hash_password(Password(kWords));
  ASSERT_TRUE(hash);
  EXPECT_THAT(*hash, StartsWith("$argon2id$v=19$m=262144,t=3,p=1$"));
}

TEST(PasswordHash, CostsNoLessThanTheLeast) {
  for (const PasswordCost cost : {PasswordCost{1, kLeastPasswordCost.memory},
                                  PasswordCost{2, kLeastPasswordCost.memory - 1024}}) {
    const auto hash = hash_password(Password(kWords), cost);
    ASSERT_FALSE(hash);
    EXPECT_EQ(hash.error().code, ErrorCode::kInvalidInput);
  }
}

TEST(PasswordHash, RefusesWhatIsNoHash) {
  const std::string cut = kInteractive.substr(0, kInteractive.size() - 20);
  for (const std::string& text :
       {std::string(), std::string("eleven"), cut, "x" + kInteractive, kInteractive + "\n",
        std::string("$argon2i$v=19$m=65536,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA"),
        std::string(500, '$'), kInteractive + std::string(1, '\0')}) {
    const auto right = is_password(Password(kWords), text);
    ASSERT_FALSE(right) << text;
    EXPECT_EQ(right.error().code, ErrorCode::kCorruption) << text;
  }
}

TEST(Password, HoldsNoMoreThanItsMost) {
  Password password;
  for (std::size_t i = 0; i < Password::kMostBytes; ++i) ASSERT_TRUE(password.add('a'));
  EXPECT_FALSE(password.add('a'));
  EXPECT_EQ(password.text().size(), Password::kMostBytes);
  Password moved = std::move(password);
  EXPECT_EQ(moved.text().size(), Password::kMostBytes);
}

}  // namespace
}  // namespace tidewaiter
