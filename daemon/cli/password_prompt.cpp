#include "daemon/cli/password_prompt.h"

#include <cerrno>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

constexpr char kControlC = '\x03';

/// A descriptor that is closed when it goes, if it is ours.
class OpenFile {
 public:
  OpenFile(int fd, bool ours) : fd_(fd), ours_(ours) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (ours_ && fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  bool ours_;
};

std::string system_reason() { return std::generic_category().message(errno); }

/// The next byte; nothing at the end. Errors: kUnavailable.
Result<std::optional<char>> next_byte(int fd) {
  for (;;) {
    char byte = 0;
    const ssize_t got = ::read(fd, &byte, 1);
    if (got == 1) return std::optional(byte);
    if (got == 0) return std::optional<char>();
    if (errno != EINTR) {
      return fail(ErrorCode::kUnavailable, "cannot read the password: " + system_reason());
    }
  }
}

/// A byte at a time: what follows the line is for somebody else, and lies in no buffer.
Result<Password> read_line(int fd) {
  Password password;
  for (;;) {
    const Result<std::optional<char>> byte = next_byte(fd);
    if (!byte) return tl::unexpected(byte.error());
    if (*byte == kControlC || (!*byte && password.text().empty())) {
      return fail(ErrorCode::kRefused, "no password was given");
    }
    if (!*byte || **byte == '\n') break;
    if (!password.add(**byte)) {
      return fail(ErrorCode::kInvalidInput, "no password is longer than 1,024 bytes");
    }
  }
  if (password.text().empty()) {
    return fail(ErrorCode::kInvalidInput, "the password is empty");
  }
  return password;
}

/// Shows nothing of what is typed until it goes. Control-C ends the line in the place of the
/// process, which would leave the terminal as it is here.
class Unseen {
 public:
  explicit Unseen(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal, &before_) != 0) return;
    termios unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ISIG);
    unseen.c_lflag |= static_cast<tcflag_t>(ECHONL | ICANON);
    unseen.c_cc[VEOL] = static_cast<cc_t>(kControlC);
    changed_ = ::tcsetattr(terminal, TCSAFLUSH, &unseen) == 0;
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool holds() const { return changed_; }

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

bool write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<Password> read_password_file(const std::string& path) {
  const bool standard_input = path == "-";
  const OpenFile file(
      standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY),
      !standard_input);
  if (file.fd() < 0) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
    return fail(code,
                "cannot open the password file " + in_backticks(path) + ": " + system_reason());
  }
  struct stat about {};
  if (::fstat(file.fd(), &about) != 0) {
    return fail(ErrorCode::kUnavailable, "cannot look at the password file: " + system_reason());
  }
  // Who may read it in the group is for systemd, which lends credentials so.
  if (!standard_input && S_ISREG(about.st_mode) && (about.st_mode & 0027U) != 0) {
    return fail(ErrorCode::kRefused, "the password file " + in_backticks(path) +
                                         " is open to others: make its mode 0400");
  }
  return read_line(file.fd());
}

Result<Password> ask_on_terminal(int terminal, const std::string& question) {
  const Unseen unseen(terminal);
  if (!unseen.holds()) {
    return fail(ErrorCode::kNotFound, "this is no terminal on which a password could be typed");
  }
  if (!write_whole(terminal, question)) {
    return fail(ErrorCode::kUnavailable, "cannot write to the terminal: " + system_reason());
  }
  return read_line(terminal);
}

Result<Password> ask_for_password(const std::string& question) {
  const OpenFile terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), true);
  if (terminal.fd() < 0) {
    return fail(ErrorCode::kNotFound,
                "a password is asked for, and there is no terminal: name a file that has it with "
                "`--password-file`");
  }
  return ask_on_terminal(terminal.fd(), question);
}

}  // namespace tidewaiter
