#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/cli/user_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The same site, whose table of users is changed.
class UserChangeTest : public UserTest {};

TEST_F(UserChangeTest, EnrolsBesideADaemonAndWithAPassword) {
  const Answer answer =
      site_({"user", "add", "Di Wu=admin", "--new-password-file", "jo", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.json()["handle"], "di-wu");
  EXPECT_EQ(answer.json()["password"], true);
  EXPECT_EQ(has_password(site_.path("state/people"), "di-wu").value(), true);
  const Answer again =
      site_({"user", "add", "Di Wu=admin", "--as", "di-wu", "--password-file", "jo"});
  EXPECT_EQ(again.status, 4);
  EXPECT_THAT(again.err, HasSubstr("enrolled already"));
}

TEST_F(UserChangeTest, EnrolsNobodyWithAPasswordThatMayNotBeOne) {
  secret("easy", "di wu di wu di wu");
  const Answer answer = site_({"user", "add", "Di Wu=admin", "--new-password-file", "easy"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("among the first that anybody tries"));
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/people/di-wu.yaml")));
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/people/di-wu.key")));
}

TEST_F(UserChangeTest, LetsOnlyAnAdminEnrolOnceOneHasAPassword) {
  use_passwords();
  const Answer officer =
      site_({"user", "add", "Di Wu=approver", "--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(officer.status, 4);
  EXPECT_THAT(officer.err, HasSubstr("`jo` is no admin"));
  EXPECT_EQ(attempt()["type"], "user.add");
  EXPECT_EQ(attempt()["case"], "di-wu");
  EXPECT_EQ(attempt()["by"], "jo");
  EXPECT_EQ(site_({"user", "add", "Di Wu=approver"}).status, 2) << "nobody says who it is";
  const Answer past = site_({"init", "--person", "Di Wu=approver"});
  EXPECT_EQ(past.status, 4);
  EXPECT_THAT(past.err, HasSubstr("this site uses passwords"));
  EXPECT_EQ(site_({"init", "--person", "Jo=officer"}).status, 0)
      << "who is enrolled is passed over";
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/people/di-wu.yaml")));
  const Answer admin =
      site_({"user", "add", "Di Wu=approver", "--as", "root-admin", "--password-file", "root"});
  EXPECT_EQ(admin.status, 0) << admin.err;
}

TEST_F(UserChangeTest, ExchangesOnesOwnPasswordForTheOldOne) {
  use_passwords();
  secret("new", "the ferry leaves at seven");
  EXPECT_EQ(
      site_({"user", "password", "jo", "--password-file", "wrong", "--new-password-file", "new"})
          .status,
      4);
  EXPECT_EQ(attempt()["type"], "user.password");
  const Answer done =
      site_({"user", "password", "jo", "--password-file", "jo", "--new-password-file", "new"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "jo"}).status, 4);
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "new"}).status, 0);
}

TEST_F(UserChangeTest, LetsAnAdminSetAPasswordAnew) {
  use_passwords();
  secret("new", "the ferry leaves at seven");
  const std::vector<std::string> as_admin = {"--as", "root-admin",          "--password-file",
                                             "root", "--new-password-file", "new"};
  for (const char* whose : {"jo", "kim"}) {
    std::vector<std::string> all = {"user", "password", whose};
    all.insert(all.end(), as_admin.begin(), as_admin.end());
    EXPECT_EQ(site_(all).status, 0) << whose;
    EXPECT_EQ(comment({"--as", whose, "--password-file", "new"}).status, 0) << whose;
  }
  const Answer officer = site_({"user", "password", "kim", "--as", "jo", "--password-file", "new",
                                "--new-password-file", "jo"});
  EXPECT_EQ(officer.status, 4);
  EXPECT_THAT(officer.err, HasSubstr("`jo` is no admin"));
}

// Otherwise another handle would be all that it takes to get at a password.
TEST_F(UserChangeTest, LetsNobodyButAnAdminExchangeAnothers) {
  use_passwords();
  const Answer answer =
      site_({"user", "password", "jo", "--as", "kim", "--new-password-file", "root"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("`kim` has no password"));
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "jo"}).status, 0);
}

// Else nobody could be asked who changes the table, or there would be nobody who may.
TEST_F(UserChangeTest, GivesTheFirstPasswordToAnAdmin) {
  for (const Answer& answer :
       {site_({"user", "password", "jo", "--new-password-file", "jo"}),
        site_({"user", "add", "Di Wu=officer", "--new-password-file", "jo"})}) {
    EXPECT_EQ(answer.status, 4);
    EXPECT_THAT(answer.err, HasSubstr("the first password is an admin's"));
  }
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/people/di-wu.yaml")));
  EXPECT_EQ(site_({"user", "password", "root-admin", "--new-password-file", "root"}).status, 0);
  EXPECT_EQ(site_({"user", "password", "jo", "--new-password-file", "jo", "--as", "root-admin",
                   "--password-file", "root"})
                .status,
            0);
}

TEST_F(UserChangeTest, GivesTheFirstPasswordToAnybodyWhereAnAdminHasTheirKey) {
  std::filesystem::rename(site_.path("state/people/root-admin.key"), site_.path("root-admin.key"));
  EXPECT_EQ(site_({"user", "password", "jo", "--new-password-file", "jo"}).status, 0);
  EXPECT_EQ(site_({"user", "add", "Di Wu=officer"}).status, 2) << "nobody says who it is";
  const Answer admin =
      site_({"user", "add", "Di Wu=officer", "--as", "root-admin", "--key", "root-admin.key"});
  EXPECT_EQ(admin.status, 0) << admin.err;
}

TEST_F(UserChangeTest, AsksForAnAdminAfterTheLastPasswordIsGone) {
  use_passwords();
  for (const char* handle : {"jo", "root-admin"}) {
    ASSERT_TRUE(remove_password(site_.path("state/people"), handle));
  }
  EXPECT_EQ(site_({"user", "add", "Di Wu=admin"}).status, 2);
  const Answer claimed = site_({"user", "add", "Di Wu=admin", "--as", "root-admin"});
  EXPECT_EQ(claimed.status, 4);
  EXPECT_THAT(claimed.err, HasSubstr("`root-admin` has no password"));
  EXPECT_EQ(site_({"init", "--person", "Di Wu=admin"}).status, 4);
  EXPECT_EQ(comment({"--as", "jo"}).status, 4);
}

TEST_F(UserChangeTest, KeepsTheLastAdmin) {
  EXPECT_EQ(site_({"user", "disable", "root-admin"}).status, 4);
  ASSERT_EQ(site_({"user", "add", "Second Admin=admin"}).status, 0);
  use_passwords();
  const std::vector<std::string> disable = {"user",       "disable",         "root-admin", "--as",
                                            "root-admin", "--password-file", "root"};
  const Answer last = site_(disable);
  EXPECT_EQ(last.status, 4) << "the second has nothing to prove it with";
  EXPECT_THAT(last.err, HasSubstr("is the last admin who can prove it"));
  EXPECT_TRUE(has_password(site_.path("state/people"), "root-admin").value());
  set("second-admin", kRoot);
  EXPECT_EQ(site_(disable).status, 0);
  EXPECT_EQ(
      site_({"user", "disable", "second-admin", "--as", "second-admin", "--password-file", "root"})
          .status,
      4)
      << "a disabled admin does not count";
}

TEST_F(UserChangeTest, DisablesForGood) {
  use_passwords();
  EXPECT_EQ(site_({"user", "disable", "jo", "--as", "jo", "--password-file", "jo"}).status, 4);
  const Answer done =
      site_({"user", "disable", "jo", "--as", "root-admin", "--password-file", "root"});
  ASSERT_EQ(done.status, 0) << done.err;
  const Answer act = comment({"--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(act.status, 4);
  EXPECT_THAT(act.err, HasSubstr("was retired on 2026-10-05T14:00:00Z"));
  const std::size_t tried = site_.entries("case.refused").size();
  // Who names another key file has not tried to sign with the retired one.
  for (const char* const file : {"state/people/root-admin.key", "state/people/none.key"}) {
    const Answer other = comment({"--as", "jo", "--key", file, "--password-file", "jo"});
    EXPECT_NE(other.status, 0);
    EXPECT_THAT(other.err, Not(HasSubstr("was retired"))) << file;
  }
  EXPECT_EQ(site_.entries("case.refused").size(), tried);
  const Answer own =
      comment({"--as", "jo", "--key", "state/people/jo.key", "--password-file", "jo"});
  EXPECT_THAT(own.err, HasSubstr("was retired"));
  EXPECT_EQ(site_.entries("case.refused").size(), tried + 1);
  EXPECT_FALSE(has_password(site_.path("state/people"), "jo").value());
  EXPECT_THAT(site_({"user", "list"}).out, HasSubstr("disabled since 2026-10-05"));
  EXPECT_EQ(
      site_({"user", "disable", "jo", "--as", "root-admin", "--password-file", "root"}).status, 4);
}

// Who sets another's password could act as them, and leave nothing behind.
TEST_F(UserChangeTest, RecordsWhoChangesTheTable) {
  use_passwords();
  secret("new", "the ferry leaves at seven");
  ASSERT_EQ(site_({"user", "password", "jo", "--as", "root-admin", "--password-file", "root",
                   "--new-password-file", "new"})
                .status,
            0);
  auto changes = site_.entries("config.changed");
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0]["change"], "user-password");
  EXPECT_EQ(changes[0]["user"], "jo");
  EXPECT_EQ(changes[0]["by"], "root-admin");
  EXPECT_EQ(changes[0]["proof"], "password");
  EXPECT_EQ(changes[0].dump().find("argon2"), std::string::npos);
  EXPECT_THAT(site_({"user", "list"}, 200).out,
              HasSubstr("set by root-admin on 2026-10-05, not changed since"));
  const auto listed = site_({"user", "list", "--json"}).json()["users"][0];
  EXPECT_EQ(listed["password_set"]["by"], "root-admin");
  EXPECT_EQ(listed["password_set"]["at"], "2026-10-05T14:00:00Z");
  ASSERT_EQ(site_({"user", "password", "jo", "--password-file", "new", "--new-password-file", "jo"})
                .status,
            0);
  EXPECT_THAT(site_({"user", "list"}, 200).out, Not(HasSubstr("not changed since")));
  ASSERT_EQ(
      site_({"user", "disable", "jo", "--as", "root-admin", "--password-file", "root"}).status, 0);
  changes = site_.entries("config.changed");
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[1]["by"], "jo");
  EXPECT_EQ(changes[2]["change"], "user-disabled");
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
}

TEST_F(UserChangeTest, ListsEverybodyBesideACountThatCannotBeRead) {
  use_passwords();
  site_.write("state/people/jo." + std::to_string(::getuid()) + ".tries", "?\n");
  const Answer answer = site_(as_root({"user", "list"}), 200);
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, AllOf(HasSubstr("kim"), HasSubstr("the count of tries cannot be read"),
                                HasSubstr("fewer than two admins have a password")));
  set("kim", kJo);
  ASSERT_EQ(
      site_(as_root({"user", "add", "Second Admin=admin", "--new-password-file", "jo"})).status, 0);
  EXPECT_THAT(site_({"user", "list"}, 200).out, Not(HasSubstr("fewer than two admins")));
}

}  // namespace
}  // namespace tidewaiter
