#include "storage/files/shown_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/files/durable_file.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kVaultKey(64, 'a');

TEST(ShownFile, KnowsWhatNobodyIsShown) {
  for (const std::string& secret :
       {std::string("PRIVATE+KEY+ada+00000000+zqcanary\n"), std::string("$argon2id$v=19$zqcanary"),
        std::string("\r\n \tPRIVATE+KEY+"), kVaultKey, kVaultKey + "\n"}) {
    EXPECT_TRUE(is_secret_text(secret)) << secret;
  }
  for (const std::string& text :
       {std::string(), std::string("policy: a"), std::string("# PRIVATE+KEY+"), kVaultKey + "a",
        kVaultKey + "\nb", std::string("PRIVATE+KEY")}) {
    EXPECT_FALSE(is_secret_text(text)) << text;
  }
}

// The first lines of what ssh-keygen, openssl, gpg, age-keygen and puttygen write.
TEST(ShownFile, KnowsPrivateKeysOfOthers) {
  for (const std::string first :
       {"-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----", "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----", "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        "AGE-SECRET-KEY-1QQPQ", "PuTTY-User-Key-File-3: ssh-ed25519"}) {
    EXPECT_TRUE(is_secret_text(first)) << first;
    EXPECT_TRUE(is_secret_text("# created: 2026\r\n\r\n  " + first + "\nb3Bl\n")) << first;
    EXPECT_FALSE(is_secret_text("the line `" + first + "` begins one")) << first;
  }
  for (const char* const open :
       {"-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----", "-----BEGIN PRIVATE KEY",
        "-----END PRIVATE KEY-----", "age1qqpq", "ssh-ed25519 AAAA jo@example.org"}) {
    EXPECT_FALSE(is_secret_text(open)) << open;
  }
}

// The forms of crypt(5), with its own examples' parameters.
TEST(ShownFile, KnowsHashesOfPasswords) {
  for (const std::string hash :
       {"$1$saltsalt$0123456789abcdefghijkl", "$2a$05$abcdefghijklmnopqrstuu",
        "$2b$12$abcdefghijklmnopqrstuu", "$2y$10$abcdefghijklmnopqrstuu",
        "$5$rounds=5000$salt$zqcanary", "$6$salt$zqcanary", "$7$CU..../salt$zqcanary",
        "$y$j9T$salt$zqcanary", "$gy$j9T$salt$zqcanary", "$apr1$salt$zqcanary"}) {
    EXPECT_TRUE(is_secret_text(hash)) << hash;
    EXPECT_TRUE(is_secret_text("daemon:*:19000:0:99999:7:::\nroot:" + hash + ":19000:0:::\n"))
        << hash;
    EXPECT_TRUE(is_secret_text("root:!" + hash)) << hash;
    EXPECT_FALSE(is_secret_text("note: " + hash)) << hash;
  }
  for (const char* const text :
       {"root:*:19000:0:99999:7:::\njo:!:19000:::::", "$5$", "$5 a month, $6 a year",
        "price:$5 a month", "$x$salt$hash", ":$6$salt$hash", "a b:$6$salt$hash"}) {
    EXPECT_FALSE(is_secret_text(text)) << text;
  }
}

TEST(ShownFile, IsReadUnlessItIsOne) {
  const TemporaryFolder folder;
  ASSERT_TRUE(create_file(folder.path() / "text", 0600, "policy: a\n"));
  EXPECT_EQ(read_shown_file(folder.path() / "text", 100).value(), "policy: a\n");
  ASSERT_TRUE(create_file(folder.path() / "key", 0600, "PRIVATE+KEY+ada+1+zqcanary\n"));
  const auto key = read_shown_file(folder.path() / "key", 100);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::kRefused);
  EXPECT_THAT(key.error().message, AllOf(HasSubstr("key`"), Not(HasSubstr("zqcanary"))));
  EXPECT_EQ(read_shown_file(folder.path() / "none", 100).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tidewaiter
