#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app/state.h"
#include "storage/people/password_table.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kJo = "eleven green houses by the quay";
constexpr const char* kRoot = "nobody waters these tulips";

/// A site with a case, where `root-admin` and `jo`, an officer, have passwords, and `kim`, an
/// approver, has none. The hashes are cheap ones: the first right password makes them anew.
class UserTest : public testing::Test {
 protected:
  UserTest() {
    EXPECT_EQ(site_({"init", "--person", "Jo=officer", "--person", "Kim=approver", "--person",
                     "Root Admin=admin"})
                  .status,
              0);
    site_.cycle();
    id_ = site_({"case", "list", "--json"}).json()["cases"][0]["id"].get<std::string>();
    secret("jo", kJo);
    secret("root", kRoot);
    secret("wrong", "not the one that it is");
  }
  void use_passwords() const {
    set("jo", kJo);
    set("root-admin", kRoot);
  }
  void set(const std::string& handle, const char* password) const {
    ASSERT_TRUE(
        set_password(site_.path("state/people"), handle, Password(password), kLeastPasswordCost));
  }
  /// A file with a password, for nobody else.
  void secret(const std::string& name, std::string_view text) const {
    site_.write(name, std::string(text) + "\nwhat follows is not read\n");
    ASSERT_EQ(::chmod(site_.path(name).c_str(), 0400), 0);
  }
  [[nodiscard]] Answer comment(std::vector<std::string> how) const {
    std::vector<std::string> all = {"case", "comment", id_, "Looked at"};
    all.insert(all.end(), how.begin(), how.end());
    return site_(all);
  }
  [[nodiscard]] static std::vector<std::string> as_root(std::vector<std::string> command) {
    command.insert(command.begin(), {"--as", "root-admin", "--password-file", "root"});
    return command;
  }
  [[nodiscard]] nlohmann::json attempt() const {
    const auto all = site_.entries("case.refused");
    return all.empty() ? nlohmann::json() : all.back()["attempt"];
  }

  SmallSite site_;
  std::string id_;
};

TEST_F(UserTest, AsksNothingWhileNobodyHasAPassword) {
  const Answer answer = comment({"--as", "jo"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(site_.entries("case.commented").back()["proof"], "state-folder");
  EXPECT_THAT(site_({"user", "list"}).out, HasSubstr("nobody has a password"));
}

TEST_F(UserTest, TakesAnActWithTheRightPassword) {
  use_passwords();
  const Answer answer = comment({"--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(site_.entries("case.commented").back()["proof"], "password");
  EXPECT_TRUE(site_.entries("case.refused").empty());
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
}

TEST_F(UserTest, RefusesAWrongPasswordAndRecordsTheAttempt) {
  use_passwords();
  const Answer answer = comment({"--as", "jo", "--password-file", "wrong"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err,
              AllOf(HasSubstr("a wrong password was given for `jo`"),
                    HasSubstr("the ledger has the attempt"), Not(HasSubstr("not the one"))));
  EXPECT_TRUE(site_.entries("case.commented").empty());
  EXPECT_EQ(attempt()["by"], "jo");
  EXPECT_EQ(attempt()["type"], "case.commented");
  EXPECT_EQ(attempt()["case"], id_);
  EXPECT_EQ(attempt()["reason"], "a wrong password was given for `jo`");
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
  EXPECT_THAT(site_(as_root({"user", "list"}), 200).out, HasSubstr("1 wrong password since"));
  EXPECT_THAT(site_({"user", "list"}, 200).out, Not(HasSubstr("wrong password since")));
}

TEST_F(UserTest, SaysThatADaemonHasYetToRecordTheAttempt) {
  use_passwords();
  {
    const auto daemon = StateLock::take(site_.path("state/lock"));
    ASSERT_TRUE(daemon);
    const Answer answer = comment({"--as", "jo", "--password-file", "wrong"});
    EXPECT_EQ(answer.status, 4);
    EXPECT_THAT(answer.err, AllOf(HasSubstr("the attempt is handed in, for the daemon to record"),
                                  Not(HasSubstr("the ledger has the attempt"))));
    EXPECT_TRUE(site_.entries("case.refused").empty());
  }
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "jo"}).status, 0);
  EXPECT_EQ(site_.entries("case.refused").size(), 1U);
}

// Who reads says who they are before anything is shown.
TEST_F(UserTest, ShowsNoEvidenceForAWrongPassword) {
  use_passwords();
  const Answer answer =
      site_({"case", "show", id_, "--evidence", "--as", "jo", "--password-file", "wrong"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(attempt()["type"], "read");
  EXPECT_TRUE(site_.entries("evidence.viewed").empty());
}

TEST_F(UserTest, LooksAtNothingAfterFiveWrongOnes) {
  use_passwords();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(comment({"--as", "jo", "--password-file", "wrong"}).status, 4);
  const Answer early = comment({"--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(early.status, 4);
  EXPECT_THAT(early.err, HasSubstr("the next one is tried after 2026-10-05T14:00:30Z"));
  EXPECT_EQ(site_.entries("case.refused").size(), 5U);  // a sixth was never tried
  const auto users = site_(as_root({"user", "list", "--json"})).json()["users"];
  EXPECT_EQ(users[0]["handle"], "jo");
  EXPECT_EQ(users[0]["wrong_passwords"], 5);
  EXPECT_EQ(users[0]["waits_until"], "2026-10-05T14:00:30Z");
  site_.now = {site_.now.us + 30'000'000};
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "jo"}).status, 0);
}

TEST_F(UserTest, LetsNobodyActWithoutOneWhereOthersHaveOne) {
  use_passwords();
  const Answer answer = comment({"--as", "kim"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err,
              AllOf(HasSubstr("`kim` has no password"), HasSubstr("tidewaiter user password kim")));
  EXPECT_EQ(attempt()["by"], "kim");
  EXPECT_EQ(attempt()["reason"], "`kim` has no password, and this site uses them");
}

TEST_F(UserTest, TakesAKeyFromElsewhereAndNotTheOneInTheState) {
  use_passwords();
  const std::filesystem::path key = site_.path("state/people/jo.key");
  const Answer same = comment({"--as", "jo", "--key", key.string(), "--password-file", "wrong"});
  EXPECT_EQ(same.status, 4) << "the state's own key proves nothing";
  std::filesystem::create_hard_link(key, site_.path("linked.key"));
  EXPECT_EQ(comment({"--as", "jo", "--key", "linked.key", "--password-file", "wrong"}).status, 4);
  std::filesystem::remove(site_.path("linked.key"));
  std::filesystem::rename(key, site_.path("jo.key"));  // handed over
  const Answer own = comment({"--as", "jo", "--key", "jo.key"});
  EXPECT_EQ(own.status, 0) << own.err;
  EXPECT_EQ(site_.entries("case.commented").back()["proof"], "key");
}

// The site is this process's user's, as which many may run the program.
TEST_F(UserTest, TakesTheUnixUserOfTheNameUntilPasswordsAreUsed) {
  const passwd* const me = ::getpwuid(::geteuid());
  if (me == nullptr) GTEST_SKIP() << "this process's user has no name";
  const std::string name = me->pw_name;
  ASSERT_EQ(site_({"user", "add", name + "=officer"}).status, 0);
  const Answer before = comment({});
  EXPECT_EQ(before.status, 0) << before.err;
  EXPECT_EQ(site_.entries("case.commented").back()["by"], name);
  EXPECT_EQ(site_.entries("case.commented").back()["proof"], "unix-user");
  use_passwords();
  EXPECT_THAT(comment({"--as", name}).err, HasSubstr("`" + name + "` has no password"));
  EXPECT_EQ(site_({"records", "show", "1"}).status, 4) << "and reads as nobody";
  set(name, kJo);
  EXPECT_EQ(comment({"--password-file", "wrong"}).status, 4);
  EXPECT_EQ(comment({"--password-file", "jo"}).status, 0);
  EXPECT_EQ(site_.entries("case.commented").back()["proof"], "password");
}

TEST_F(UserTest, EnrolsBesideADaemonAndWithAPassword) {
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

TEST_F(UserTest, EnrolsNobodyWithAPasswordThatMayNotBeOne) {
  secret("easy", "di wu di wu di wu");
  const Answer answer = site_({"user", "add", "Di Wu=admin", "--new-password-file", "easy"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("among the first that anybody tries"));
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/people/di-wu.yaml")));
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/people/di-wu.key")));
}

TEST_F(UserTest, LetsOnlyAnAdminEnrolOnceOneHasAPassword) {
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

TEST_F(UserTest, ExchangesOnesOwnPasswordForTheOldOne) {
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

TEST_F(UserTest, LetsAnAdminSetAPasswordAnew) {
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
TEST_F(UserTest, LetsNobodyButAnAdminExchangeAnothers) {
  use_passwords();
  const Answer answer =
      site_({"user", "password", "jo", "--as", "kim", "--new-password-file", "root"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("`kim` has no password"));
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "jo"}).status, 0);
}

// Else nobody could be asked who changes the table, or there would be nobody who may.
TEST_F(UserTest, GivesTheFirstPasswordToAnAdmin) {
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

TEST_F(UserTest, GivesTheFirstPasswordToAnybodyWhereAnAdminHasTheirKey) {
  std::filesystem::rename(site_.path("state/people/root-admin.key"), site_.path("root-admin.key"));
  EXPECT_EQ(site_({"user", "password", "jo", "--new-password-file", "jo"}).status, 0);
  EXPECT_EQ(site_({"user", "add", "Di Wu=officer"}).status, 2) << "nobody says who it is";
  const Answer admin =
      site_({"user", "add", "Di Wu=officer", "--as", "root-admin", "--key", "root-admin.key"});
  EXPECT_EQ(admin.status, 0) << admin.err;
}

TEST_F(UserTest, AsksForAnAdminAfterTheLastPasswordIsGone) {
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

TEST_F(UserTest, KeepsTheLastAdmin) {
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

TEST_F(UserTest, DisablesForGood) {
  use_passwords();
  EXPECT_EQ(site_({"user", "disable", "jo", "--as", "jo", "--password-file", "jo"}).status, 4);
  const Answer done =
      site_({"user", "disable", "jo", "--as", "root-admin", "--password-file", "root"});
  ASSERT_EQ(done.status, 0) << done.err;
  const Answer act = comment({"--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(act.status, 4);
  EXPECT_THAT(act.err, HasSubstr("was retired on 2026-10-05T14:00:00Z"));
  EXPECT_FALSE(has_password(site_.path("state/people"), "jo").value());
  EXPECT_THAT(site_({"user", "list"}).out, HasSubstr("disabled since 2026-10-05"));
  EXPECT_EQ(
      site_({"user", "disable", "jo", "--as", "root-admin", "--password-file", "root"}).status, 4);
}

// Another folder with the same ledger in it would have people of the caller's choice.
TEST_F(UserTest, TakesNoPeopleOfAnotherPlaceOrLedger) {
  use_passwords();
  const std::filesystem::path people = site_.path("state/people");
  std::filesystem::rename(people, site_.path("people"));
  std::filesystem::create_directory_symlink(site_.path("people"), people);
  const Answer linked = comment({"--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(linked.status, 4);
  EXPECT_THAT(linked.err, HasSubstr("is a symbolic link"));
  std::filesystem::remove(people);
  std::filesystem::rename(site_.path("people"), people);
  site_.write("state/people/origin", "other.example/ledger\n");
  const Answer other = comment({"--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(other.status, 4);
  EXPECT_THAT(other.err, HasSubstr("are enrolled for another ledger"));
  std::filesystem::remove(people / "origin");  // as a state of before
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "jo"}).status, 0);
  EXPECT_FALSE(std::filesystem::exists(people / "origin"));
  EXPECT_EQ(site_({"user", "add", "Di Wu=viewer", "--as", "root-admin", "--password-file", "root"})
                .status,
            0);
  EXPECT_TRUE(std::filesystem::exists(people / "origin"));
}

// Who sets another's password could act as them, and leave nothing behind.
TEST_F(UserTest, RecordsWhoChangesTheTable) {
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

TEST_F(UserTest, ListsEverybodyBesideACountThatCannotBeRead) {
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

TEST_F(UserTest, AsksForThePasswordToPublish) {
  use_passwords();
  const Answer answer = site_(
      {"policy", "publish", "--as", "root-admin", "--title", "x", "--password-file", "wrong"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("a wrong password was given for `root-admin`"));
  EXPECT_EQ(attempt()["type"], "policy.publish");
}

TEST_F(UserTest, TellsApartTheFilesThatPasswordsComeFrom) {
  use_passwords();
  const Answer none = comment({"--as", "jo", "--password-file", "nowhere"});
  EXPECT_EQ(none.status, 2);
  ASSERT_EQ(::chmod(site_.path("jo").c_str(), 0444), 0);
  const Answer open = comment({"--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(open.status, 4);
  EXPECT_THAT(open.err, HasSubstr("is open to others: make its mode 0400"));
  secret("empty", "");
  EXPECT_THAT(comment({"--as", "jo", "--password-file", "empty"}).err, HasSubstr("is empty"));
  EXPECT_TRUE(site_.entries("case.refused").empty());  // no password was tried
}

}  // namespace
}  // namespace tidewaiter
