#include "daemon/cli/password_prompt.h"

#include <array>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <termios.h>
#include <unistd.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A terminal, and the other end of it, where a person types and reads.
class Desk {
 public:
  Desk() : person_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(::grantpt(person_), 0);
    EXPECT_EQ(::unlockpt(person_), 0);
    std::array<char, 128> name{};
    EXPECT_EQ(::ptsname_r(person_, name.data(), name.size()), 0);
    terminal_ = ::open(name.data(), O_RDWR | O_NOCTTY);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() {
    ::close(terminal_);
    ::close(person_);
  }
  [[nodiscard]] int terminal() const { return terminal_; }
  void type(std::string_view text) const {
    EXPECT_EQ(::write(person_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  /// What the person sees, until `last` was shown.
  [[nodiscard]] std::string seen_until(std::string_view last) const {
    std::string seen;
    std::array<char, 256> buffer{};
    while (seen.find(last) == std::string::npos) {
      const ssize_t got = ::read(person_, buffer.data(), buffer.size());
      if (got <= 0) break;
      seen.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return seen;
  }
  [[nodiscard]] tcflag_t flags() const {
    termios now{};
    EXPECT_EQ(::tcgetattr(terminal_, &now), 0);
    return now.c_lflag;
  }

 private:
  int person_;
  int terminal_ = -1;
};

/// Answers the question once it is shown: what was typed before it is thrown away.
Result<Password> answered(const Desk& desk, std::string_view with, std::string& seen) {
  std::thread person([&] {
    seen = desk.seen_until("word: ");
    desk.type(with);
    seen += desk.seen_until("\n");
  });
  Result<Password> given = ask_on_terminal(desk.terminal(), "Password: ");
  if (!given) {  // nothing else ends the line that the person waits for
    EXPECT_GT(::write(desk.terminal(), "\n", 1), 0);
  }
  person.join();
  return given;
}

TEST(PasswordPrompt, ShowsNothingOfWhatIsTyped) {
  const Desk desk;
  const tcflag_t before = desk.flags();
  std::string seen;
  const auto given = answered(desk, "zq canary words\n", seen);
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->text(), "zq canary words");
  EXPECT_THAT(seen, HasSubstr("Password: "));
  EXPECT_THAT(seen, Not(HasSubstr("zq")));
  EXPECT_EQ(desk.flags(), before);
}

TEST(PasswordPrompt, LetsMistakesBeRubbedOut) {
  const Desk desk;
  std::string seen;
  const auto given = answered(desk, "elevex\x7Fn\n", seen);
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->text(), "eleven");
}

TEST(PasswordPrompt, LeavesTheTerminalAsItWasWhenAPersonEndsIt) {
  const Desk desk;
  const tcflag_t before = desk.flags();
  std::string seen;
  const auto given = answered(desk, "elev\x03", seen);
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, ErrorCode::kRefused);
  EXPECT_EQ(desk.flags(), before);
}

TEST(PasswordPrompt, AsksNobodyWhereThereIsNoTerminal) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  const auto given = ask_on_terminal(nowhere, "Password: ");
  ::close(nowhere);
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, ErrorCode::kNotFound);
}

TEST(PasswordFile, IsReadFromADescriptorToTheEndOfItsFirstLine) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "eleven green\nnext\n", 18), 18);
  ::close(ends[1]);
  const auto given = read_password_file("/dev/fd/" + std::to_string(ends[0]));
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->text(), "eleven green");
  std::array<char, 8> rest{};
  EXPECT_EQ(::read(ends[0], rest.data(), rest.size()), 5);
  EXPECT_EQ(std::string_view(rest.data(), 5), "next\n");
  ::close(ends[0]);
}

TEST(PasswordFile, RefusesWhatIsTooLong) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const std::string text(Password::kMostBytes + 1, 'a');
  ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  const auto given = read_password_file("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  ASSERT_FALSE(given);
  EXPECT_THAT(given.error().message, HasSubstr("1,024 bytes"));
}

}  // namespace
}  // namespace tidewaiter
