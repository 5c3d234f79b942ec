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
