#include "storage/files/durable_file.h"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tidewaiter {
namespace {

std::string quoted(const std::filesystem::path& path) { return "`" + path.string() + "`"; }

std::string errno_text(int number) { return std::generic_category().message(number); }

/// Closes a descriptor when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(ErrorCode::kUnavailable, errno_text(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return fail(ErrorCode::kUnavailable, errno_text(errno));
  return {};
}

}  // namespace

Result<bool> is_there(const std::filesystem::path& path) {
  std::error_code failure;
  const bool there = std::filesystem::exists(path, failure);
  if (!failure) return there;
  return fail(ErrorCode::kUnavailable,
              "cannot look for `" + path.string() + "`: " + failure.message());
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const std::filesystem::path named = folder.empty() ? "." : folder;
  const Descriptor directory(::open(named.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
    return fail(ErrorCode::kUnavailable,
                "cannot sync the folder " + quoted(named) + ": " + errno_text(errno));
  }
  return {};
}

Result<void> create_file(const std::filesystem::path& path, mode_t mode, std::string_view bytes) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (file.get() < 0) {
    if (errno == EEXIST) {
      return fail(ErrorCode::kRefused, quoted(path) + " is there already; nothing was changed");
    }
    return fail(ErrorCode::kUnavailable,
                "cannot create " + quoted(path) + ": " + errno_text(errno));
  }
  auto done = write_all(file.get(), bytes);
  if (done) done = sync_folder(path.parent_path());
  if (!done) {
    ::unlink(path.c_str());
    done.error().message = "cannot write " + quoted(path) + ": " + done.error().message;
  }
  return done;
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code failure;
  const std::filesystem::path target = std::filesystem::canonical(path, failure);
  struct stat status {};
  if (!failure && ::stat(target.c_str(), &status) != 0) {
    failure = std::error_code(errno, std::generic_category());
  }
  if (failure == std::errc::no_such_file_or_directory || failure == std::errc::not_a_directory) {
    return fail(ErrorCode::kNotFound, "there is no file " + quoted(path) + " to write to");
  }
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot look for " + quoted(path) + ": " + failure.message());
  }
  std::filesystem::path fresh = target;
  fresh += ".new";
  ::unlink(fresh.c_str());  // what cannot be removed is in the way of the next call, which says so
  if (auto made = create_file(fresh, status.st_mode & 07777U, bytes); !made) return made;
  const bool moved = ::chmod(fresh.c_str(), status.st_mode & 07777U) == 0 &&
                     ::rename(fresh.c_str(), target.c_str()) == 0;
  if (!moved) {
    auto refused =
        fail(ErrorCode::kUnavailable, "cannot write " + quoted(path) + ": " + errno_text(errno));
    ::unlink(fresh.c_str());
    return refused;
  }
  return sync_folder(target.parent_path());
}

Result<void> place_file(const std::filesystem::path& path, mode_t mode, std::string_view bytes) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  ::unlink(fresh.c_str());  // what cannot be removed is in the way of the next call, which says so
  if (auto made = create_file(fresh, mode, bytes); !made) return made;
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    auto refused =
        fail(ErrorCode::kUnavailable, "cannot write " + quoted(path) + ": " + errno_text(errno));
    ::unlink(fresh.c_str());
    return refused;
  }
  return sync_folder(path.parent_path());
}

Result<void> remove_file(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::remove(path, failure);
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable, "cannot remove " + quoted(path) + ": " + failure.message());
}

Result<std::string> read_whole_file(const std::filesystem::path& path, std::size_t most) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever; on a file it is idle.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.get() < 0) {
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    return fail(absent ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                "cannot open " + quoted(path) + ": " + errno_text(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return fail(ErrorCode::kUnavailable, "cannot read " + quoted(path) + ": " + errno_text(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kInvalidInput, quoted(path) + " is not a file: name a regular file");
  }
  std::string bytes;
  std::array<char, 65'536> part{};
  while (true) {
    const ssize_t got = ::read(file.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return fail(ErrorCode::kUnavailable,
                  "cannot read " + quoted(path) + ": " + errno_text(errno));
    }
    if (got == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    if (bytes.size() > most) {
      return fail(ErrorCode::kInvalidInput, quoted(path) + " has more than " +
                                                std::to_string(most) + " bytes; expected no more");
    }
  }
}

}  // namespace tidewaiter
