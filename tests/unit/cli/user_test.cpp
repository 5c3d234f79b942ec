#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app/state.h"
#include "tests/unit/cli/user_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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
  EXPECT_EQ(attempt()["type"], "evidence.viewed");
  EXPECT_EQ(attempt()["case"], id_);
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
  EXPECT_EQ(site_({"cluster", "list"}).status, 4) << "and reads as nobody";
  set(name, kJo);
  EXPECT_EQ(comment({"--password-file", "wrong"}).status, 4);
  EXPECT_EQ(comment({"--password-file", "jo"}).status, 0);
  EXPECT_EQ(site_.entries("case.commented").back()["proof"], "password");
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

// Before the verb it is as much the admin who does it: their password is no guess of the other's.
TEST_F(UserTest, TakesWhoActsFromBeforeTheVerb) {
  use_passwords();
  secret("new", "the ferry leaves at seven");
  const Answer done = site_({"--as", "root-admin", "--password-file", "root", "user", "password",
                             "jo", "--new-password-file", "new"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_TRUE(site_.entries("case.refused").empty());
  EXPECT_EQ(comment({"--as", "jo", "--password-file", "new"}).status, 0);
  // A half may stand on either side.
  const Answer half =
      site_({"--as", "jo", "case", "comment", id_, "Looked at", "--password-file", "new"});
  EXPECT_EQ(half.status, 0) << half.err;
  EXPECT_EQ(site_.entries("case.commented").size(), 2U);
}

TEST_F(UserTest, RefusesTwoWhoAct) {
  use_passwords();
  const Answer two = site_(
      {"--as", "root-admin", "case", "comment", id_, "x", "--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(two.status, 2);
  EXPECT_THAT(two.err, HasSubstr("--as: `root-admin` stands before the command and `jo` behind it: "
                                 "name one"));
  EXPECT_TRUE(site_.entries("case.commented").empty());
  const Answer same =
      site_({"--as", "jo", "case", "comment", id_, "x", "--as", "jo", "--password-file", "jo"});
  EXPECT_EQ(same.status, 0) << same.err;
}

TEST_F(UserTest, AsksForThePasswordToPublish) {
  use_passwords();
  const Answer answer = site_(
      {"policy", "publish", "--as", "root-admin", "--title", "x", "--password-file", "wrong"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("a wrong password was given for `root-admin`"));
  EXPECT_EQ(attempt()["type"], "policy.publish");
  // Who signs may stand before the verb: it is no list of what is published then.
  const Answer before = site_(
      {"--as", "root-admin", "--password-file", "wrong", "policy", "publish", "--title", "x"});
  EXPECT_EQ(before.status, 4);
  EXPECT_EQ(site_.entries("case.refused").size(), 2U);
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
