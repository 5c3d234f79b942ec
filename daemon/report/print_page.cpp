#include "daemon/report/print_page.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tidewaiter {
namespace {

constexpr std::size_t kMostPdfBytes = std::size_t{1} << 30U;
constexpr std::size_t kMostComplaint = 200;
constexpr std::chrono::milliseconds kLook{20};
constexpr int kNotInstalled = 3;
constexpr int kAskedForMore = 4;

/// The fetcher is what keeps the printing off the network and off the disk: WeasyPrint opens
/// addresses through it alone.
constexpr const char* kProgram = R"(
import sys
try:
    import weasyprint
except (ImportError, OSError):
    sys.exit(3)
asked = []
def refuse(url, *rest, **named):
    asked.append(url)
    raise ValueError('a report asks for nothing')
page = weasyprint.HTML(string=sys.stdin.buffer.read().decode('utf-8'), base_url='https://page.invalid/',
                       url_fetcher=refuse)
pdf = page.write_pdf(variant='pdf/a-3b', identifier=sys.argv[1].encode('ascii'))
if asked:
    sys.exit(4)
sys.stdout.buffer.write(pdf)
)";

tl::unexpected<Error> not_printed(const std::string& why) {
  return fail(ErrorCode::kUnavailable, "the page could not be printed: " + why);
}

tl::unexpected<Error> not_installed() {
  return fail(ErrorCode::kNotFound,
              "WeasyPrint is not installed: `apt install weasyprint fonts-noto-core "
              "fonts-noto-cjk`");
}

/// Bytes in memory that a child can read and write, and that no folder has.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : fd_(::memfd_create(name, MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

  /// From the beginning, which is where a reader then starts.
  [[nodiscard]] bool put(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
      if (done < 0 && errno != EINTR) return false;
      if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return ::lseek(fd_, 0, SEEK_SET) == 0;
  }

  /// All of it; nothing if it is longer than `most` or cannot be read.
  [[nodiscard]] std::optional<std::string> bytes(std::size_t most) const {
    const off_t end = ::lseek(fd_, 0, SEEK_END);
    if (end < 0 || static_cast<std::size_t>(end) > most) return std::nullopt;
    std::string all(static_cast<std::size_t>(end), '\0');
    std::size_t read = 0;
    while (read < all.size()) {
      const ssize_t done =
          ::pread(fd_, all.data() + read, all.size() - read, static_cast<off_t>(read));
      if (done == 0 || (done < 0 && errno != EINTR)) return std::nullopt;
      if (done > 0) read += static_cast<std::size_t>(done);
    }
    return all;
  }

 private:
  int fd_;
};

/// What a child is started with besides its program: its three files, and no other of ours.
class SpawnSettings {
 public:
  SpawnSettings(const MemoryFile& in, const MemoryFile& out, const MemoryFile& err) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, in.fd(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, out.fd(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, err.fd(), STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  /// 0 and the child's number, or what posix_spawn() says.
  int start(std::vector<std::string> arguments, std::vector<std::string> environment, pid_t& pid) {
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> all;
      all.reserve(texts.size() + 1);
      for (std::string& text : texts) all.push_back(text.data());
      all.push_back(nullptr);
      return all;
    };
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    return ::posix_spawn(&pid, argv.front(), &actions_, &attributes_, argv.data(), envp.data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// The child's status as waitpid() has it; nothing if it took too long, and is killed.
std::optional<int> ended_within(pid_t pid, Duration limit) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(limit.us);
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    if (ended < 0 && errno != EINTR) return -1;
    if (until <= std::chrono::steady_clock::now()) break;
    std::this_thread::sleep_for(kLook);
  }
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

/// The last line of what a child complained of: Python's name of the fault.
std::string complaint(const MemoryFile& err) {
  std::string text = err.bytes(std::size_t{1} << 20U).value_or("");
  text.erase(text.find_last_not_of(" \r\n") + 1);
  text.erase(0, text.rfind('\n') + 1);
  return text.empty() ? "it does not say why" : "`" + text.substr(0, kMostComplaint) + "`";
}

}  // namespace

Result<std::string> print_page(const std::string& html, const std::string& id, UtcTime drawn,
                               const PagePrinter& printer) {
  const MemoryFile in("page");
  const MemoryFile out("document");
  const MemoryFile err("complaints");
  if (in.fd() < 0 || out.fd() < 0 || err.fd() < 0 || !in.put(html)) {
    return not_printed(std::strerror(errno));
  }
  pid_t pid = -1;
  const int failure = SpawnSettings(in, out, err)
                          .start({printer.interpreter, "-I", "-B", "-c", kProgram, id},
                                 {"LANG=C.UTF-8", "PATH=/usr/bin:/bin",
                                  "SOURCE_DATE_EPOCH=" + std::to_string(drawn.us / kSecond.us)},
                                 pid);
  if (failure == ENOENT) return not_installed();
  if (failure != 0) return not_printed(std::strerror(failure));
  const std::optional<int> status = ended_within(pid, printer.limit);
  if (!status) {
    return not_printed("it took longer than " + format_duration(printer.limit));
  }
  const int code = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
  if (code == kNotInstalled) return not_installed();
  if (code == kAskedForMore) {
    return fail(ErrorCode::kInvalidInput, "the page asks for something that is not in it");
  }
  if (code != 0) return not_printed(complaint(err));
  std::optional<std::string> pdf = out.bytes(kMostPdfBytes);
  if (!pdf || !pdf->starts_with("%PDF-")) return not_printed("what came of it is no PDF");
  return std::move(*pdf);
}

}  // namespace tidewaiter
