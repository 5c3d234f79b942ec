#include "storage/people/password_table.h"

#include <future>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "storage/files/durable_file.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kRight = "eleven grüne Häuser am Kai";
constexpr uid_t kUser = 1000;
constexpr UtcTime kNow{1'791'208'800'000'000};  // 2026-10-05T14:00:00Z

class PasswordTableTest : public testing::Test {
 protected:
  PasswordTableTest() {
    EXPECT_TRUE(set_password(folder(), "ada", Password(kRight), kLeastPasswordCost));
  }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }
  [[nodiscard]] Result<bool> tried(const char* password, UtcTime at = kNow) const {
    return try_password(folder(), {"ada", kUser}, Password(password), at);
  }
  [[nodiscard]] PasswordTries tries(UtcTime at = kNow) const {
    return password_tries(folder(), {"ada", kUser}, at).value();
  }
  void say_tries(std::string_view text) const {
    ASSERT_TRUE(place_file(folder() / "ada.1000.tries", 0600, text));
  }
  [[nodiscard]] std::string kept() const {
    return read_whole_file(folder() / "ada.password", 4096).value();
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(PasswordTableTest, KnowsTheRightOne) {
  EXPECT_TRUE(tried(kRight).value());
  EXPECT_FALSE(tried("eleven grüne Häuser am Kap").value());
  EXPECT_EQ(tries().wrong, 1);
  EXPECT_TRUE(tried(kRight).value());
  EXPECT_EQ(tries().wrong, 0);
}

TEST_F(PasswordTableTest, KeepsNoPasswordAndForNobodyElse) {
  struct stat about {};
  ASSERT_EQ(::stat((folder() / "ada.password").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_THAT(kept(), StartsWith("$argon2id$"));
  EXPECT_EQ(kept().find("Kai"), std::string::npos);
}

TEST_F(PasswordTableTest, SaysWhoHasOne) {
  EXPECT_TRUE(has_password(folder(), "ada").value());
  EXPECT_FALSE(has_password(folder(), "jo").value());
  EXPECT_TRUE(uses_passwords(folder()).value());
  ASSERT_TRUE(remove_password(folder(), "ada"));
  EXPECT_TRUE(uses_passwords(folder()).value()) << "somebody has had one";
  std::filesystem::remove(folder() / "passwords");
  EXPECT_FALSE(uses_passwords(folder()).value());
  EXPECT_FALSE(uses_passwords(folder() / "none").value());
  const auto gone = tried(kRight);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
}

// By hand: 30 s after five, then 60, 120, 240, …, 30 · 2^7 = 3,840 s is more than an hour.
TEST_F(PasswordTableTest, WaitsLongerEachTime) {
  EXPECT_EQ(wait_after(4).us, 0);
  EXPECT_EQ(wait_after(5).us, 30'000'000);
  EXPECT_EQ(wait_after(6).us, 60'000'000);
  EXPECT_EQ(wait_after(11).us, 1'920'000'000);
  EXPECT_EQ(wait_after(12).us, 3'600'000'000);
  EXPECT_EQ(wait_after(1'000'000).us, 3'600'000'000);
}

TEST_F(PasswordTableTest, LooksAtNothingBeforeTheWaitIsOver) {
  say_tries("4 2026-10-05T13:59:00Z\n");
  EXPECT_FALSE(tried("wrong one, the fifth").value());
  const auto early = tried(kRight, kNow + Duration{29'999'999});
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::kRefused);
  EXPECT_THAT(early.error().message, HasSubstr("5 wrong passwords in a row"));
  EXPECT_THAT(early.error().message, HasSubstr("2026-10-05T14:00:30Z"));
  EXPECT_EQ(tries(kNow).until, UtcTime{kNow.us + 30'000'000});
  EXPECT_EQ(tries().wrong, 5);  // what was not looked at does not count
  EXPECT_TRUE(tried(kRight, kNow + Duration{30'000'000}).value());
}

// Each takes about a second to look at, and the folder's lock is waited for for two.
TEST_F(PasswordTableTest, LooksAtThoseOfFourPeopleAtOnce) {
  const std::vector<std::string> handles{"one", "two", "three", "four"};
  for (const std::string& handle : handles) {
    ASSERT_TRUE(set_password(folder(), handle, Password(kRight)));
  }
  std::vector<std::future<Result<bool>>> tries;
  for (const std::string& handle : handles) {
    tries.push_back(std::async(std::launch::async, [this, handle] {
      return try_password(folder(), {handle, kUser}, Password(kRight), kNow);
    }));
  }
  for (auto& one : tries) {
    const Result<bool> right = one.get();
    ASSERT_TRUE(right) << right.error().message;
    EXPECT_TRUE(*right);
  }
}

TEST_F(PasswordTableTest, GivesNothingForAClockThatWasPutBack) {
  say_tries("5 2026-10-06T00:00:00Z\n");
  EXPECT_EQ(tries().until, UtcTime{kNow.us + 30'000'000});
  EXPECT_FALSE(tried(kRight));
}

TEST_F(PasswordTableTest, EndsAfterAHundredUntilItIsSetAnew) {
  say_tries("99 2026-10-01T00:00:00Z\n");
  EXPECT_FALSE(tries().locked());
  EXPECT_FALSE(tried("the hundredth wrong one").value());
  EXPECT_TRUE(tries().locked());
  const auto never = tried(kRight, kNow + Duration{365 * kDay.us});
  ASSERT_FALSE(never);
  EXPECT_THAT(never.error().message, HasSubstr("until an admin sets it anew"));
  ASSERT_TRUE(set_password(folder(), "ada", Password("another one entirely"), kLeastPasswordCost));
  EXPECT_TRUE(tried("another one entirely").value());
}

TEST_F(PasswordTableTest, RefusesACountThatItDidNotWrite) {
  for (const char* text : {"", "0 2026-10-05T13:59:00Z\n", "-1 2026-10-05T13:59:00Z\n", "5\n",
                           "5 yesterday\n", "5 2026-10-05T13:59:00Z", "x 2026-10-05T13:59:00Z\n"}) {
    say_tries(text);
    const auto any = tried(kRight);
    ASSERT_FALSE(any) << text;
    EXPECT_EQ(any.error().code, ErrorCode::kCorruption) << text;
  }
}

// Else whoever knows a handle keeps its owner out.
TEST_F(PasswordTableTest, CountsByTheUnixUserWhoTries) {
  say_tries("100 2026-10-05T13:59:00Z\n");
  EXPECT_FALSE(tried(kRight)) << "that user is locked out";
  EXPECT_TRUE(try_password(folder(), {"ada", kUser + 1}, Password(kRight), kNow).value());
  EXPECT_FALSE(try_password(folder(), {"ada", kUser + 1}, Password("wrong"), kNow).value());
  const auto most = most_password_tries(folder(), "ada", kNow).value();
  EXPECT_EQ(most.wrong, 100);
  EXPECT_EQ(most.user, kUser);
  ASSERT_TRUE(set_password(folder(), "ada", Password(kRight), kLeastPasswordCost));
  EXPECT_EQ(most_password_tries(folder(), "ada", kNow).value().wrong, 0);
  EXPECT_TRUE(tried(kRight).value());
}

TEST_F(PasswordTableTest, HashesAnewWhatCostLess) {
  EXPECT_THAT(kept(), HasSubstr("m=65536,t=2,"));
  EXPECT_FALSE(tried("a wrong one changes nothing").value());
  EXPECT_THAT(kept(), HasSubstr("m=65536,t=2,"));
  EXPECT_TRUE(tried(kRight).value());
  EXPECT_THAT(kept(), HasSubstr("m=262144,t=3,"));
  EXPECT_TRUE(tried(kRight).value());
}

}  // namespace
}  // namespace tidewaiter
