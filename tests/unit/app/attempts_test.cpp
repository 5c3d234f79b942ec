#include "daemon/app/attempts.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/app/act_file.h"
#include "daemon/app/user_changes.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

const TriedAct kGuess{"case.commented", "c-1", "jo", AttemptFault::kWrongPassword};

class PendingAttemptTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path state() const { return folder_.path() / "state"; }
  /// What would be taken in now.
  [[nodiscard]] std::vector<std::filesystem::path> waiting() const {
    std::int64_t unreadable = 0;
    auto all = handed_in_by_time(state(), "small.example/ledger", unreadable);
    EXPECT_EQ(unreadable, 0);
    return all.value();
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(PendingAttemptTest, IsNotTakenInBeforeItIsKnown) {
  auto pending = PendingAttempt::begin(state(), kGuess);
  ASSERT_TRUE(pending) << pending.error().message;
  EXPECT_TRUE(waiting().empty());
  ASSERT_TRUE(std::move(*pending).withdraw());
  EXPECT_TRUE(waiting().empty());
  EXPECT_TRUE(std::filesystem::is_empty(incoming_acts_folder(state())));
}

TEST_F(PendingAttemptTest, IsTakenInUnlessItIsWithdrawn) {
  { const auto pending = PendingAttempt::begin(state(), kGuess); }
  const auto all = waiting();
  ASSERT_EQ(all.size(), 1U);
  const auto one = read_handed_in(all[0], "small.example/ledger");
  ASSERT_TRUE(one && *one && (*one)->attempt);
  EXPECT_EQ((*one)->attempt->by, "jo");
  EXPECT_EQ((*one)->attempt->about, "c-1");
}

// As by Control-C while the password is looked at.
TEST_F(PendingAttemptTest, IsTakenInOfAProcessThatWasKilled) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto pending = PendingAttempt::begin(state(), kGuess);
    ::kill(::getpid(), SIGINT);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
  EXPECT_EQ(waiting().size(), 1U);
}

TEST(ParseAttempt, TakesTheMembersOfAnAttemptAndNoOther) {
  const std::string whole = R"("attempt":{"typ":"read","case":"","by":"jo"},"fault":"no-password")";
  EXPECT_TRUE(parse_attempt("{" + whole + R"(,"salt":"AA"})"));
  for (const std::string& wrong :
       {"{" + whole + "}", "{" + whole + R"(,"salt":1})",
        "{" + whole + R"(,"salt":"AA","typ":"x"})", "{" + whole + R"(,"salt":"AA","entry":{}})",
        std::string(R"({"attempt":{"typ":"read","case":"","by":"jo","at":""},)"
                    R"("fault":"no-password","salt":"AA"})"),
        std::string(R"({"attempt":{"typ":"read","case":"","by":1},)"
                    R"("fault":"no-password","salt":"AA"})"),
        std::string(R"({"attempt":{"typ":"read","by":"jo"},"fault":"no-password","salt":"AA"})"),
        std::string(R"({"attempt":[],"fault":"no-password","salt":"AA"})")}) {
    EXPECT_FALSE(parse_attempt(wrong)) << wrong;
  }
}

TEST(ParseUserChange, TakesItsMembersAndNoOther) {
  const std::string begin = R"({"salt":"AA","user_change":{"by":"","change":"user-added",)";
  const auto whole = parse_user_change(begin + R"("proof":"key","unix_user":"a","user":"jo"}})");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->user, "jo");
  for (const std::string& wrong :
       {begin + R"("proof":"key","user":"jo"}})",
        begin + R"("proof":"key","unix_user":1,"user":"jo"}})",
        begin + R"("proof":"key","unix_user":"a","user":"jo","hash":"x"}})",
        begin + R"("proof":"key","unix_user":"a","user":"jo"},"fault":"x"})",
        begin + R"("proof":"key","unix_user":"a","user":")" + std::string(81, 'a') + "\"}}",
        std::string(R"({"salt":"AA","user_change":{"by":"","change":"x","proof":"","unix_user":"",)"
                    R"("user":""}})")}) {
    EXPECT_FALSE(parse_user_change(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tidewaiter
