#include "storage/people/password_rules.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

/// "" if it may be the password of Ada Byron, else what the error says.
std::string verdict(std::string_view password) {
  static const std::array<std::string, 3> about{"Ada Byron", "ada-byron", "policy-writer"};
  const auto good = check_password(Password(password), about);
  return good ? "" : good.error().message;
}

TEST(PasswordRules, TakeWhatIsLongAndUnknown) {
  for (const char* good : {"eleven grüne Häuser am Kai", "correct horse battery staple",
                           "mQ3vT9xLw2pZr8K", "только вечером тихо", "   spaces  count too ",
                           "no property in the north", "ada went to sea in 1843"}) {
    EXPECT_EQ(verdict(good), "") << good;
  }
}

// Characters are counted, not bytes: these are 14 and 15 of two bytes each.
TEST(PasswordRules, CountCharacters) {
  EXPECT_THAT(verdict("тихоевечернеее"), HasSubstr("at least 15 characters"));
  EXPECT_EQ(verdict("тихоевечернееее"), "");
  EXPECT_THAT(verdict(""), HasSubstr("at least 15 characters"));
  EXPECT_THAT(verdict("mQ3vT9xLw2pZr8"), HasSubstr("at least 15 characters"));
}

TEST(PasswordRules, RefuseWhatIsTriedFirst) {
  const std::array<std::pair<const char*, const char*>, 21> easy{{
      {"aaaaaaaaaaaaaaaaaaaa", "few different characters"},
      {"abababababababababab", "few different characters"},
      {"kiosk kiosk kiosk kiosk kiosk", "over and over"},
      {"rivets7rivets7rivets7", "over and over"},
      {"123456789012345", "in order"},
      {"5432109876543210", "in order"},
      {"abcdefghijklmnop", "in order"},
      {"PONMLKJIHGFEDCBA", "in order"},
      {"qwertyuiopasdfg", "in order"},
      {"123456789012345a", "in order"},
      {"qwertyuiopasdf1", "in order"},
      {"mQ3v56789abcdefg", "in order"},
      {"kju9876kjabcdxx", "in order"},
      {"1qaz2wsx3edc-mQ", "in order"},
      {"administrator123", "a name or a common word"},
      {"iloveyou1234567", "a name or a common word"},
      {"Password-2026!!", "a name or a common word"},
      {"ada-byron-ada-byron1", "a name or a common word"},
      {"AdaByronTidewaiter", "a name or a common word"},
      {"policy-writer-123", "a name or a common word"},
      {"welcome tidewaiter", "a name or a common word"},
  }};
  for (const auto& [password, why] : easy)
    EXPECT_THAT(verdict(password), HasSubstr(why)) << password;
}

TEST(PasswordRules, RefuseWhatIsNoText) {
  EXPECT_THAT(verdict("eleven grune H\xE4user"), HasSubstr("UTF-8"));
  EXPECT_THAT(verdict("eleven\tgreen houses"), HasSubstr("control characters"));
  EXPECT_THAT(verdict(std::string_view("eleven\0green houses", 19)),
              HasSubstr("control characters"));
}

// What is refused may be shown, and is not to show what was typed.
TEST(PasswordRules, SayNothingOfThePassword) {
  for (const char* wrong : {"zqcanary", "zqcanaryzqcanary", "zqcanary\nzqcanary."}) {
    EXPECT_THAT(verdict(wrong), Not(HasSubstr("zq"))) << wrong;
    EXPECT_NE(verdict(wrong), "");
  }
}

}  // namespace
}  // namespace tidewaiter
